namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// geometry(C) or geography(C, A) (v3; specification, "Primitive Types", note 6 and Appendix G): shapes as well-known binary. Equal types have equal names, whether defaults were spelled out or not.
/// </summary>
public sealed record GeospatialType : PrimitiveType
{
    /// <summary>The reference system where none is stated.</summary>
    public const string DefaultCrs = "OGC:CRS84";

    /// <summary>The algorithm where none is stated.</summary>
    public const string DefaultAlgorithm = "spherical";

    private static readonly string[] Algorithms = ["spherical", "vincenty", "thomas", "andoyer", "karney"];

    private GeospatialType(string name, string crs, string? algorithm)
        : base(name)
    {
        Crs = crs;
        Algorithm = algorithm;
    }

    /// <summary>Reference system, for instance <c>srid:4326</c>.</summary>
    public string Crs { get; }

    /// <summary>How edges run between points, of geography; null of geometry.</summary>
    public string? Algorithm { get; }

    /// <summary>Whether edges run over a sphere or ellipsoid.</summary>
    public bool IsGeography => Algorithm is not null;

    /// <summary>A geometry type.</summary>
    public static GeospatialType Geometry(string crs = DefaultCrs) => IsDefault(crs) ? new("geometry", DefaultCrs, null) : new($"geometry({crs})", crs, null);

    /// <summary>A geography type.</summary>
    /// <exception cref="LakehouseException">InvalidData: the algorithm is none of the specification's.</exception>
    public static GeospatialType Geography(string crs = DefaultCrs, string algorithm = DefaultAlgorithm)
    {
        var known = Array.Find(Algorithms, name => name.Equals(algorithm, StringComparison.OrdinalIgnoreCase)) ?? throw LakehouseException.InvalidData($"geography: algorithm \"{algorithm}\" is not known");
        crs = IsDefault(crs) ? DefaultCrs : crs;
        var name = (known, crs) switch
        {
            (DefaultAlgorithm, DefaultCrs) => "geography",
            (DefaultAlgorithm, _) => $"geography({crs})",
            _ => $"geography({crs}, {known})",
        };
        return new(name, crs, known);
    }

    /// <summary>The type of that name, or null when it names none of the two.</summary>
    internal static GeospatialType? Parse(string name)
    {
        var open = name.IndexOf('(');
        var kind = (open < 0 ? name : name[..open]).TrimEnd();
        if (kind is not ("geometry" or "geography"))
        {
            return null;
        }

        if (open < 0)
        {
            return kind == "geometry" ? Geometry() : Geography();
        }

        var arguments = name[^1] == ')' ? name[(open + 1)..^1].Trim() : "";
        if (arguments.Length == 0)
        {
            throw LakehouseException.InvalidData($"type \"{name}\": the reference system is missing");
        }

        // The algorithm stands last; a reference system may hold commas of its own.
        var comma = kind == "geography" ? arguments.LastIndexOf(',') : -1;
        return kind == "geometry" ? Geometry(arguments) : comma < 0 ? Geography(arguments) : Geography(arguments[..comma].TrimEnd(), arguments[(comma + 1)..].Trim());
    }

    private static bool IsDefault(string crs) => crs.Equals(DefaultCrs, StringComparison.OrdinalIgnoreCase);
}
