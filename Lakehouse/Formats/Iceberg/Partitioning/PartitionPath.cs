using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Partitions as text: for folders of data files, and for people.</summary>
public static class PartitionPath
{
    /// <summary>
    /// A partition as text, for instance <c>day=2024-01-01/region=north%20sea</c>: names and values URL-encoded, null as <c>null</c>. Empty when unpartitioned.
    /// </summary>
    /// <param name="spec">Partition spec.</param>
    /// <param name="schemas">Where the types of source columns are looked for.</param>
    /// <param name="partition">Values, boxed as <see cref="DataFile.Partition"/> says.</param>
    public static string Of(PartitionSpec spec, IEnumerable<Schema> schemas, IReadOnlyList<object?> partition)
    {
        var types = spec.ResultTypes(schemas);
        return string.Join('/', spec.Fields.Select((field, i) => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(Text(field.Transform, types[i], partition[i]) ?? "null")}"));
    }

    /// <summary>
    /// The folders of a partition's files below the data folder: as <see cref="Of"/>, but other characters than <c>A-Z a-z 0-9 . _ -</c> become an underscore, since readers disagree
    /// on whether a percent sign in a location is an escape. Folders are a convention only: readers take partition values from manifests, and file names are unique without them.
    /// </summary>
    /// <param name="spec">Partition spec.</param>
    /// <param name="schemas">Where the types of source columns are looked for.</param>
    /// <param name="partition">Values, boxed as <see cref="DataFile.Partition"/> says.</param>
    public static string Folder(PartitionSpec spec, IEnumerable<Schema> schemas, IReadOnlyList<object?> partition)
    {
        var types = spec.ResultTypes(schemas);
        return string.Join('/', spec.Fields.Select((field, i) => $"{Safe(field.Name)}={Safe(Text(field.Transform, types[i], partition[i]) ?? "null")}"));
    }

    /// <summary>The value of one partition field for people: <c>2024-01</c> for month, <c>2024-01-01-13</c> for hour; null is null.</summary>
    public static string? Text(Transform transform, IcebergType? type, object? value) => (transform.Kind, value) switch
    {
        (_, null) => null,
        (TransformKind.Year, int years) => ValueText.Year(years + 1970L),
        (TransformKind.Month, int months) => Month(months),
        (TransformKind.Day, int days) => ValueText.Date(days),
        (TransformKind.Hour, int hours) => string.Create(CultureInfo.InvariantCulture, $"{ValueText.Date(BucketHash.FloorDivide(hours, 24))}-{hours - (BucketHash.FloorDivide(hours, 24) * 24):D2}"),
        _ => ValueText.Of(type, value),
    };

    private static string Safe(string text)
    {
        const int longest = 100;
        var safe = string.Concat(text.Take(longest).Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' ? character : '_'));
        // "." and ".." would mean other folders.
        return safe.Trim('.').Length == 0 ? new string('_', Math.Max(1, safe.Length)) : safe;
    }

    private static string Month(int months)
    {
        var years = BucketHash.FloorDivide(months, 12);
        return string.Create(CultureInfo.InvariantCulture, $"{ValueText.Year(years + 1970)}-{months - (years * 12) + 1:D2}");
    }
}
