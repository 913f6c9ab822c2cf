using System.Globalization;
using System.Text.RegularExpressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>How the rows of a table that a statement creates are laid out, and what is said of it: a model's config.</summary>
public sealed partial record TableLayout
{
    /// <summary>Partitioning: columns or transforms of columns, such as <c>country</c>, <c>day(ts)</c>, <c>bucket(16, id)</c>, <c>truncate(4, name)</c>.</summary>
    public IReadOnlyList<string> PartitionBy { get; init; } = [];

    /// <summary>Order of rows within files: columns or transforms, each with <c>ASC</c> or <c>DESC</c> and <c>NULLS FIRST</c> or <c>LAST</c>, if wanted.</summary>
    public IReadOnlyList<string> SortBy { get; init; } = [];

    /// <summary>Columns to cluster by (Z-order).</summary>
    public IReadOnlyList<string> ClusterBy { get; init; } = [];

    /// <summary>Properties of the table.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Comment of the table; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>Comments of columns by name.</summary>
    public IReadOnlyDictionary<string, string> ColumnComments { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>This layout with what another names instead.</summary>
    internal TableLayout With(TableLayout? other) => other is null ? this : this with
    {
        PartitionBy = other.PartitionBy.Count > 0 ? other.PartitionBy : PartitionBy,
        SortBy = other.SortBy.Count > 0 ? other.SortBy : SortBy,
        ClusterBy = other.ClusterBy.Count > 0 ? other.ClusterBy : ClusterBy,
        Properties = Properties.Concat(other.Properties).GroupBy(p => p.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal),
    };

    internal PartitionSpec Spec(Schema schema)
    {
        if (PartitionBy.Count == 0)
        {
            return PartitionSpec.Unpartitioned;
        }

        var fields = new List<PartitionField>();
        foreach (var item in PartitionBy)
        {
            var (column, transform, _) = Term(item, schema);
            var name = transform.Kind switch
            {
                TransformKind.Identity => column.Name,
                TransformKind.Bucket => $"{column.Name}_bucket",
                TransformKind.Truncate => $"{column.Name}_trunc",
                _ => $"{column.Name}_{transform.Text}",
            };
            fields.Add(new PartitionField(column.Id, PartitionSpec.FirstFieldId + fields.Count, name, transform));
        }

        return new PartitionSpec(0, fields);
    }

    internal SortOrder Order(Schema schema)
    {
        if (SortBy.Count == 0)
        {
            return SortOrder.Unsorted;
        }

        return new SortOrder(1, [.. SortBy.Select(item =>
        {
            var (column, transform, rest) = Term(item, schema);
            var descends = rest.Contains("DESC", StringComparison.OrdinalIgnoreCase);
            var nullsFirst = rest.Contains("FIRST", StringComparison.OrdinalIgnoreCase) || (!descends && !rest.Contains("LAST", StringComparison.OrdinalIgnoreCase));
            return new SortField(column.Id, transform, descends ? SortDirection.Descending : SortDirection.Ascending, nullsFirst ? NullOrder.NullsFirst : NullOrder.NullsLast);
        })]);
    }

    internal IReadOnlyDictionary<string, string> AllProperties()
    {
        var all = new Dictionary<string, string>(Properties, StringComparer.Ordinal);
        if (ClusterBy.Count > 0)
        {
            all["lakeaspire.cluster-by"] = string.Join(',', ClusterBy);
        }

        if (Comment is { Length: > 0 })
        {
            all["comment"] = Comment;
        }

        return all;
    }

    static (NestedField Column, Transform Transform, string Direction) Term(string text, Schema schema)
    {
        var match = TermText().Match(text);
        if (!match.Success)
        {
            throw SessionException.Invalid($"'{text}' is no column or transform to partition or sort by; write for instance country, day(ts) or bucket(16, id)");
        }

        var (function, arguments) = (match.Groups["function"].Value, match.Groups["arguments"].Value.Split(',', StringSplitOptions.TrimEntries));
        var rest = match.Groups["rest"].Value;
        if (function.Length == 0)
        {
            return (Column(match.Groups["column"].Value), Transform.Identity, rest);
        }

        // Spark writes bucket(16, id), Iceberg bucket(id, 16).
        var number = arguments.FirstOrDefault(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        var column = arguments.FirstOrDefault(a => a != number) ?? "";
        var name = function.ToLowerInvariant();
        return (Column(column), (name, number) switch
        {
            ("identity", null) => Transform.Identity,
            ("year" or "years", null) => Transform.Year,
            ("month" or "months", null) => Transform.Month,
            ("day" or "days" or "date", null) => Transform.Day,
            ("hour" or "hours", null) => Transform.Hour,
            ("bucket", { } count) => Transform.Bucket(int.Parse(count, CultureInfo.InvariantCulture)),
            ("truncate", { } width) => Transform.Truncate(int.Parse(width, CultureInfo.InvariantCulture)),
            _ => throw SessionException.Invalid($"'{text}' is no transform; there are year, month, day, hour, bucket(N, column) and truncate(N, column)"),
        }, rest);

        NestedField Column(string column) => schema.Fields.FirstOrDefault(f => f.Name.Equals(column.Trim('"'), StringComparison.OrdinalIgnoreCase))
            ?? throw SessionException.Invalid($"there is no column {column} to partition or sort by; there are {string.Join(", ", schema.Fields.Select(f => f.Name))}");
    }

    [GeneratedRegex("""^\s*(?:(?<function>[A-Za-z]+)\s*\((?<arguments>[^()]+)\)|(?<column>"[^"]+"|[^\s()]+))(?<rest>(?:\s+(?:ASC|DESC|NULLS|FIRST|LAST))*)\s*\z""", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TermText();
}
