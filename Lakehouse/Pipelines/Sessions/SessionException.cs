using Lakehouse.Engine;
using Lakehouse.Formats;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>A failure of a statement of a session: the engine's or the catalog's own words, with the place of the statement.</summary>
public sealed class SessionException : LakehouseException
{
    internal SessionException(LakehouseErrorKind kind, string message, int statement = 0, int line = 0, Exception? inner = null)
        : base(kind, message, inner) => (Statement, Line, EngineKind) = (statement, line, (inner as EngineException)?.EngineKind);

    /// <summary>Which statement of the text it is, from 1; 0 when it is about none.</summary>
    public int Statement { get; }

    /// <summary>Line of the text on which that statement begins, from 1; 0 when it is about none.</summary>
    public int Line { get; }

    /// <summary>What DuckDB says is wrong; null when it is not DuckDB that refuses.</summary>
    public EngineErrorKind? EngineKind { get; }

    internal static new SessionException Unsupported(string what) => new(LakehouseErrorKind.Unsupported, $"Unsupported: {what}");

    internal static SessionException Invalid(string message) => new(LakehouseErrorKind.InvalidData, message);

    /// <summary>The same with the place of its statement.</summary>
    internal static SessionException At(LakehouseException error, int statement, int line) =>
        error is SessionException { Statement: > 0 } placed ? placed : new SessionException(error.Kind, error.Message, statement, line, error is SessionException { InnerException: { } inner } ? inner : error);
}
