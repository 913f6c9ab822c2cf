namespace Lakehouse.Pipelines.Selection;

/// <summary>What becomes of tests whose parents are selected and that are not selected themselves.</summary>
public enum IndirectSelection
{
    /// <summary>Taken when any parent is selected.</summary>
    Eager,

    /// <summary>Taken when all parents are selected.</summary>
    Cautious,

    /// <summary>Taken when all parents are selected or stand above what is.</summary>
    Buildable,

    /// <summary>Not taken.</summary>
    Empty,
}

/// <summary>What a command is to work on.</summary>
public abstract record SelectionSpec
{
    /// <summary>Reads dbt's word for the treatment of tests.</summary>
    /// <exception cref="PipelineException">It is none.</exception>
    public static IndirectSelection ParseIndirect(string word) => word switch
    {
        "eager" => IndirectSelection.Eager,
        "cautious" => IndirectSelection.Cautious,
        "buildable" => IndirectSelection.Buildable,
        "empty" => IndirectSelection.Empty,
        _ => throw new PipelineException(PipelineErrorKind.Selection, $"'{word}' is not a valid indirect selection: it must be eager, cautious, buildable or empty"),
    };
}

/// <summary>One criterion: a method, a value, and which relatives come along.</summary>
/// <param name="Raw">The text as it is written.</param>
/// <param name="Method">Name of the method.</param>
/// <param name="Arguments">What stands behind the method's name, as in <c>config.meta.owner</c>.</param>
/// <param name="Value">What is looked for.</param>
/// <param name="ChildrensParents">Whether all below comes along with all that it needs (<c>@</c>).</param>
/// <param name="Parents">Whether what stands above comes along (<c>+</c> in front).</param>
/// <param name="ParentsDepth">How far up; null for all the way.</param>
/// <param name="Children">Whether what stands below comes along (<c>+</c> behind).</param>
/// <param name="ChildrenDepth">How far down; null for all the way.</param>
/// <param name="Indirect">What becomes of tests.</param>
public sealed record SelectionCriteria(
    string Raw,
    string Method,
    IReadOnlyList<string> Arguments,
    string Value,
    bool ChildrensParents,
    bool Parents,
    int? ParentsDepth,
    bool Children,
    int? ChildrenDepth,
    IndirectSelection Indirect) : SelectionSpec;

/// <summary>How the parts of a group come together.</summary>
public enum SelectionOperator
{
    /// <summary>What any part selects.</summary>
    Union,

    /// <summary>What all parts select.</summary>
    Intersection,

    /// <summary>What the first part selects and no other.</summary>
    Difference,
}

/// <summary>A group of selections.</summary>
/// <param name="Operator">How they come together.</param>
/// <param name="Parts">The selections.</param>
/// <param name="Indirect">What becomes of tests.</param>
/// <param name="ExpectExists">Text to warn with when nothing is selected; null: nothing may be selected.</param>
public sealed record SelectionGroup(SelectionOperator Operator, IReadOnlyList<SelectionSpec> Parts, IndirectSelection Indirect, string? ExpectExists = null) : SelectionSpec;
