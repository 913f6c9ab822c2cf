using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Policies;

/// <summary>Asks DuckDB for the types of a policy's expressions, over one row of nulls.</summary>
/// <param name="schema">The columns of the table.</param>
/// <param name="known">Columns as the expressions know them.</param>
/// <param name="filters">Row filters.</param>
/// <param name="masks">Masks, by the column that they are for.</param>
internal sealed class PolicyProbe(Schema schema, IReadOnlyList<PolicyColumn> known, IReadOnlyList<string> filters, IReadOnlyList<(string Column, ValueMask Mask)> masks)
{
    /// <summary>The query: one row, which <see cref="Problem"/> reads.</summary>
    public string Sql
    {
        get
        {
            var columns = schema.Fields.Select(one => $"CAST(NULL AS {SqlTypes.Of(one.Type)}) AS {SqlText.Identifier(one.Name)}");
            var inside = known.Select(column => $"{column.Source} AS {SqlText.Identifier(column.Name)}").Append("NULL AS nothing");
            var types = filters.Select((filter, i) => $"typeof(TRY((\n{filter}\n))) AS filter{i}").Concat(masks.SelectMany((mask, i) => (string[])
            [
                $"typeof(TRY((\n{mask.Mask.Expression}\n))) AS mask{i}", $"typeof({mask.Mask.Sql("")}) AS cast{i}",
                $"can_cast_implicitly(TRY((\n{mask.Mask.Expression}\n)), CAST(NULL AS {mask.Mask.Type})) AS fits{i}",
            ]));
            return $"SELECT {string.Join(", ", types)} FROM (SELECT {string.Join(", ", inside)} FROM (SELECT {string.Join(", ", columns)}) AS r) AS t";
        }
    }

    /// <summary>What is wrong with the types; null when nothing is.</summary>
    /// <param name="row">The row, as a JSON object.</param>
    public string? Problem(JsonElement row)
    {
        for (var i = 0; i < filters.Count; i++)
        {
            if (row.GetProperty($"filter{i}").GetString() is not ("BOOLEAN" or "\"NULL\"") and var type)
            {
                return $"rowFilter gives {type}, and has to be true or false for a row";
            }
        }

        for (var i = 0; i < masks.Count; i++)
        {
            if (row.GetProperty($"mask{i}").GetString() is not "\"NULL\"" and var type && !row.GetProperty($"fits{i}").GetBoolean())
            {
                return $"the mask of {masks[i].Column} gives {type}, and the column is {masks[i].Mask.Type}: CAST it, or give NULL";
            }
        }

        return null;
    }
}
