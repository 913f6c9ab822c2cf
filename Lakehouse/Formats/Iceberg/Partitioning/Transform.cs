using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Which function a <see cref="Transform"/> is.</summary>
public enum TransformKind
{
    /// <summary>The value itself.</summary>
    Identity,

    /// <summary>Hash of the value modulo a number of buckets.</summary>
    Bucket,

    /// <summary>The value cut to a width.</summary>
    Truncate,

    /// <summary>Years since 1970.</summary>
    Year,

    /// <summary>Months since 1970-01.</summary>
    Month,

    /// <summary>Days since 1970-01-01, a date.</summary>
    Day,

    /// <summary>Hours since 1970-01-01 00:00.</summary>
    Hour,

    /// <summary>Always null.</summary>
    Void,

    /// <summary>A transform that this version does not know; its field is ignored for filtering and nothing may be written with it.</summary>
    Unknown,
}

/// <summary>A partition or sort transform (specification, "Partition Transforms").</summary>
public sealed record Transform
{
    private Transform(TransformKind kind, int parameter, string text) => (Kind, Parameter, Text) = (kind, parameter, text);

    /// <summary>identity.</summary>
    public static Transform Identity { get; } = new(TransformKind.Identity, 0, "identity");

    /// <summary>year.</summary>
    public static Transform Year { get; } = new(TransformKind.Year, 0, "year");

    /// <summary>month.</summary>
    public static Transform Month { get; } = new(TransformKind.Month, 0, "month");

    /// <summary>day.</summary>
    public static Transform Day { get; } = new(TransformKind.Day, 0, "day");

    /// <summary>hour.</summary>
    public static Transform Hour { get; } = new(TransformKind.Hour, 0, "hour");

    /// <summary>void.</summary>
    public static Transform Void { get; } = new(TransformKind.Void, 0, "void");

    /// <summary>Which function.</summary>
    public TransformKind Kind { get; }

    /// <summary>Number of buckets or width; 0 where there is none.</summary>
    public int Parameter { get; }

    /// <summary>The form in metadata, for instance <c>bucket[16]</c>.</summary>
    public string Text { get; }

    /// <summary>bucket[N].</summary>
    public static Transform Bucket(int buckets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        return new(TransformKind.Bucket, buckets, string.Create(CultureInfo.InvariantCulture, $"bucket[{buckets}]"));
    }

    /// <summary>truncate[W].</summary>
    public static Transform Truncate(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return new(TransformKind.Truncate, width, string.Create(CultureInfo.InvariantCulture, $"truncate[{width}]"));
    }

    /// <summary>Reads the form in metadata; any text that is no known transform gives one of kind <see cref="TransformKind.Unknown"/>.</summary>
    /// <exception cref="LakehouseException">A known name has a malformed parameter.</exception>
    public static Transform Parse(string text)
    {
        // The reference implementation takes names in any case.
        switch (text.ToLowerInvariant())
        {
            case "identity": return Identity;
            case "year": return Year;
            case "month": return Month;
            case "day": return Day;
            case "hour": return Hour;
            case "void": return Void;
        }

        return Parameterized(text, "bucket") is { } buckets ? Bucket(buckets)
            : Parameterized(text, "truncate") is { } width ? Truncate(width)
            : new Transform(TransformKind.Unknown, 0, text);
    }

    /// <summary>Type of the results for a source type.</summary>
    public IcebergType ResultType(IcebergType source) => Kind switch
    {
        TransformKind.Identity or TransformKind.Truncate or TransformKind.Void => source,
        TransformKind.Day => IcebergType.Date,
        TransformKind.Unknown => IcebergType.String,
        _ => IcebergType.Int,
    };

    /// <summary>Whether the transform is defined for a source type.</summary>
    public bool CanTransform(IcebergType source) => source is PrimitiveType primitive && Kind switch
    {
        TransformKind.Identity => !IsGeo(primitive) && primitive != IcebergType.Variant,
        TransformKind.Bucket => primitive is DecimalType or FixedType || primitive.Name is "int" or "long" or "date" or "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns" or "string" or "uuid" or "binary",
        TransformKind.Truncate => primitive is DecimalType || primitive.Name is "int" or "long" or "string" or "binary",
        TransformKind.Year or TransformKind.Month or TransformKind.Day => primitive.Name is "date" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns",
        TransformKind.Hour => primitive.Name is "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns",
        TransformKind.Void => true,
        _ => false,
    };

    /// <summary>
    /// Applies the transform to a value, boxed as <see cref="DataFile.Partition"/> says (a date as int, a timestamp as long, a decimal as unscaled <see cref="Int128"/>).
    /// Null gives null.
    /// </summary>
    /// <exception cref="LakehouseException">Unsupported: the transform is unknown or not defined for the type.</exception>
    public object? Apply(object? value, IcebergType source)
    {
        if (value is null || Kind == TransformKind.Void)
        {
            return null;
        }

        if (!CanTransform(source))
        {
            throw LakehouseException.Unsupported($"transform {Text} is not defined for {source}");
        }

        return Kind switch
        {
            TransformKind.Identity => value,
            TransformKind.Bucket => (BucketHash.Of(value, source) & int.MaxValue) % Parameter,
            TransformKind.Truncate => Truncation.Apply(value, Parameter),
            _ => TimeTransforms.Apply(Kind, value, source),
        };
    }

    /// <inheritdoc />
    public override string ToString() => Text;

    private static bool IsGeo(PrimitiveType type) => type.Name.StartsWith("geo", StringComparison.Ordinal);

    private static int? Parameterized(string text, string name)
    {
        if (!text.StartsWith(name, StringComparison.OrdinalIgnoreCase) || text.Length < name.Length + 3 || text[name.Length] != '[' || text[^1] != ']')
        {
            return null;
        }

        return int.TryParse(text.AsSpan((name.Length + 1)..^1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw LakehouseException.InvalidData($"transform \"{text}\": the parameter must be a positive integer");
    }
}
