namespace Lakehouse.Pipelines.Manifests;

/// <summary>What a resource of a project is.</summary>
public enum ResourceType
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>A CSV file that becomes a table.</summary>
    Seed,

    /// <summary>A table that keeps the history of another.</summary>
    Snapshot,

    /// <summary>A data test, generic or singular.</summary>
    Test,

    /// <summary>A query that is compiled only.</summary>
    Analysis,

    /// <summary>A hook of a run (<c>on-run-start</c>, <c>on-run-end</c>).</summary>
    Operation,

    /// <summary>A table that the project reads and does not make.</summary>
    Source,

    /// <summary>A use of the project's tables outside of it.</summary>
    Exposure,

    /// <summary>A test of a model's logic with rows of its own.</summary>
    UnitTest,

    /// <summary>A metric.</summary>
    Metric,

    /// <summary>A semantic model.</summary>
    SemanticModel,

    /// <summary>A saved query.</summary>
    SavedQuery,

    /// <summary>A macro.</summary>
    Macro,

    /// <summary>A block of documentation.</summary>
    Doc,

    /// <summary>A group of owners.</summary>
    Group,

    /// <summary>A user-defined function.</summary>
    Function,
}

/// <summary>dbt's words for types of resources.</summary>
public static class ResourceTypes
{
    static readonly Dictionary<ResourceType, string> Names = Enum.GetValues<ResourceType>().ToDictionary(t => t, t => t switch
    {
        ResourceType.UnitTest => "unit_test",
        ResourceType.SemanticModel => "semantic_model",
        ResourceType.SavedQuery => "saved_query",
        _ => t.ToString().ToLowerInvariant(),
    });

    /// <summary>dbt's word, as unique ids begin with.</summary>
    public static string Word(this ResourceType type) => Names[type];

    /// <summary>The type of dbt's word.</summary>
    public static bool TryParse(string word, out ResourceType type)
    {
        foreach (var (known, name) in Names)
        {
            if (name == word)
            {
                type = known;
                return true;
            }
        }

        type = default;
        return false;
    }
}
