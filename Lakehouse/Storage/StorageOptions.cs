namespace Lakehouse.Storage;

/// <summary>Where a lake keeps its objects.</summary>
public sealed class StorageOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Storage";

    /// <summary>Location below which tables are kept, <c>file:///…</c>. Required by services that read or write tables.</summary>
    public string Warehouse { get; set; } = "";

    /// <summary>Location of the landing zone, <c>file:///…</c>. Required by services that take data in.</summary>
    public string Landing { get; set; } = "";

    /// <summary>Absolute path of a local folder for spilling and other short-lived files. Required by services with an engine.</summary>
    public string Scratch { get; set; } = "";

    /// <summary>Everything that is wrong with these options, for a service that needs the ones named; empty when all is well.</summary>
    /// <param name="required">Names of the properties that must be set.</param>
    public IReadOnlyList<string> Problems(params string[] required)
    {
        var problems = new List<string>();
        Check(nameof(Warehouse), Warehouse, required, LocationProblem, problems);
        Check(nameof(Landing), Landing, required, LocationProblem, problems);
        Check(nameof(Scratch), Scratch, required, v => Path.IsPathFullyQualified(v) ? null : "is not an absolute path", problems);
        return problems;
    }

    static void Check(string name, string value, string[] required, Func<string, string?> problemOf, List<string> problems)
    {
        var problem = value.Length > 0 ? problemOf(value) : required.Contains(name) ? "is not set" : null;
        if (problem is not null)
        {
            problems.Add($"{SectionName}:{name} {problem}");
        }
    }

    static string? LocationProblem(string value)
    {
        try
        {
            LocalPath.FromLocation(value);
            return null;
        }
        catch (Formats.LakehouseException e)
        {
            return $"is no usable location: {e.Message}";
        }
    }
}
