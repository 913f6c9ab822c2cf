using Npgsql;

namespace LakeAspire.Catalog.Backup;

/// <summary>Values as text, the same in every database: what a transaction sets before it copies.</summary>
internal static class CopySettings
{
    const string Statements = """
        SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex';
        SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = 0
        """;

    public static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
