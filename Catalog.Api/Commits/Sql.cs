using Npgsql;

namespace LakeAspire.Catalog.Commits;

/// <summary>Statements with positional parameters.</summary>
internal static class Sql
{
    public static NpgsqlBatchCommand Command(string text, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
