using Lakehouse.Jinja;

namespace Lakehouse.Pipelines;

/// <summary>What is wrong with a pipeline project or a run of it.</summary>
public enum PipelineErrorKind
{
    /// <summary>A file of the project is not valid.</summary>
    InvalidProject,

    /// <summary>The project uses something that is not supported; the message names it.</summary>
    Unsupported,

    /// <summary>A model depends on something that does not exist.</summary>
    MissingDependency,

    /// <summary>Models depend on each other in a circle.</summary>
    Cycle,

    /// <summary>A template fails.</summary>
    Template,

    /// <summary>A model's SQL fails.</summary>
    Sql,

    /// <summary>A source table does not exist, or cannot be read.</summary>
    Source,

    /// <summary>Two resources have one name, or one relation.</summary>
    Duplicate,

    /// <summary>A node refers to one that it may not.</summary>
    Access,

    /// <summary>A config has a value that it cannot have.</summary>
    Config,

    /// <summary>A selection cannot be read, or names a selector that does not exist.</summary>
    Selection,

    /// <summary>The profile or its target does not exist or is not valid.</summary>
    Profile,

    /// <summary>Packages are not installed, or cannot be.</summary>
    Packages,
}

/// <summary>A failure of a pipeline project, with the file and line where it is.</summary>
/// <param name="kind">What is wrong.</param>
/// <param name="message">The message without the place.</param>
/// <param name="file">File, relative to the project's folder; null when it is about the project as a whole.</param>
/// <param name="line">Line in the file, from 1; 0 when unknown.</param>
/// <param name="lineText">Text of the line; null when unknown.</param>
/// <param name="inner">What it comes from.</param>
public sealed class PipelineException(PipelineErrorKind kind, string message, string? file = null, int line = 0, string? lineText = null, Exception? inner = null)
    : Exception(Describe(message, file, line, lineText), inner)
{
    /// <summary>What is wrong.</summary>
    public PipelineErrorKind Kind => kind;

    /// <summary>The message without the place.</summary>
    public string Reason => message;

    /// <summary>File, relative to the project's folder; null when it is about the project as a whole.</summary>
    public string? File => file;

    /// <summary>Line in the file, from 1; 0 when unknown.</summary>
    public int Line => line;

    /// <summary>Text of the line; null when unknown.</summary>
    public string? LineText => lineText;

    /// <summary>The failure of a template.</summary>
    internal static PipelineException From(JinjaException error, string file) =>
        new(PipelineErrorKind.Template, error.Message, error.Template ?? file, error.Line, error.LineText?.Trim(), error);

    static string Describe(string message, string? file, int line, string? lineText)
    {
        var place = file is null ? "" : line > 0 ? $"{file}:{line}: " : $"{file}: ";
        return lineText is null ? place + message : $"{place}{message}\n    {lineText}";
    }
}
