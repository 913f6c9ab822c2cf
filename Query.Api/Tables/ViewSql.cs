using LakeAspire.Query.Expansion;
using LakeAspire.Query.Policies;
using Lakehouse.Engine;

namespace LakeAspire.Query.Tables;

/// <summary>The SQL that makes a view of the catalog.</summary>
internal static class ViewSql
{
    /// <summary>The view with the names that the catalog has for its columns.</summary>
    public static string Of(ViewRelation view)
    {
        var columns = view.Columns.Count == 0 ? "" : $"({string.Join(", ", view.Columns.Select(column => SqlText.Identifier(column.Name)))})";
        return $"SELECT * FROM (\n{view.Sql}\n) AS {SqlText.Identifier(view.Name.Name)}{columns}";
    }

    /// <summary>The same with what the caller must not see hidden.</summary>
    public static string Walled(ViewRelation view) => view.Guard is { } guard ? guard.Around($"({Of(view)})") : Of(view) + (view.IsBarrier ? Wall.Limit : "");
}
