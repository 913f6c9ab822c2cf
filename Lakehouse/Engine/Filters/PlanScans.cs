using System.Text.Json;

namespace Lakehouse.Engine.Filters;

/// <summary>A scan of a table in a plan.</summary>
/// <param name="Table">Qualified name of the table.</param>
/// <param name="Filters">Conditions that every row has to meet that leaves the scan for anything.</param>
/// <param name="Columns">Columns that leave the scan.</param>
internal sealed record PlanScan(string Table, IReadOnlyList<string> Filters, IReadOnlyList<string> Columns);

/// <summary>Finds the scans in the JSON of a plan.</summary>
internal static class PlanScans
{
    const string Optional = "optional: ";
    const int MaxDepth = 2500;

    public static IReadOnlyList<PlanScan> Read(string plan)
    {
        var scans = new List<PlanScan>();
        using var document = JsonDocument.Parse(plan, new JsonDocumentOptions { MaxDepth = MaxDepth });
        Visit(document.RootElement, above: [], scans);
        return scans;
    }

    static void Visit(JsonElement node, IReadOnlyList<string> above, List<PlanScan> scans)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in node.EnumerateArray())
            {
                Visit(item, above, scans);
            }

            return;
        }

        var information = node.TryGetProperty("extra_info", out var info) && info.ValueKind == JsonValueKind.Object ? info : default;
        if (Texts(information, "Table") is [var table])
        {
            scans.Add(new PlanScan(table, [.. above, .. Conditions(Texts(information, "Filters"))], Texts(information, "Projections")));
        }

        if (node.TryGetProperty("children", out var children))
        {
            // What a filter lets through is all that its child is asked for.
            var isFilter = node.TryGetProperty("name", out var name) && name.GetString()?.Trim() == "FILTER" && children.GetArrayLength() == 1;
            Visit(children, isFilter ? [.. Conditions(Texts(information, "Expression"))] : [], scans);
        }
    }

    /// <summary>DuckDB prints one condition a line, and lists the lines. A line break within a text or a quoted name is none.</summary>
    internal static IEnumerable<string> Conditions(IReadOnlyList<string> lines)
    {
        var text = string.Join('\n', lines);
        var (start, quote) = (0, '\0');
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == '\n' && quote == '\0'))
            {
                var condition = text[start..i].Trim();
                while (condition.StartsWith(Optional, StringComparison.Ordinal))
                {
                    // Meant for row groups, and as true for files.
                    condition = condition[Optional.Length..];
                }

                if (condition.Length > 0)
                {
                    yield return condition;
                }

                start = i + 1;
            }
            else if (quote == '\0' ? text[i] is '\'' or '"' : text[i] == quote)
            {
                quote = quote == '\0' ? text[i] : '\0';
            }
        }
    }

    static IReadOnlyList<string> Texts(JsonElement information, string name)
    {
        if (information.ValueKind != JsonValueKind.Object || !information.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? [text] : [],
            JsonValueKind.Array => [.. value.EnumerateArray().Select(item => item.GetString() ?? "")],
            _ => [],
        };
    }
}
