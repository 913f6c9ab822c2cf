using Lakehouse.Formats;

namespace Lakehouse.Engine;

/// <summary>What DuckDB says is wrong. Closed; what callers don't tell apart is <see cref="Other"/>.</summary>
public enum EngineErrorKind
{
    /// <summary>Any other failure.</summary>
    Other,

    /// <summary>The text is not SQL.</summary>
    Parser,

    /// <summary>A column, function or type does not fit.</summary>
    Binder,

    /// <summary>A table, view, function or other named thing does not exist, or exists already.</summary>
    Catalog,

    /// <summary>A value cannot be converted to a type.</summary>
    Conversion,

    /// <summary>A value is outside of what a type or function takes.</summary>
    OutOfRange,

    /// <summary>An argument is wrong.</summary>
    InvalidInput,

    /// <summary>A constraint does not hold.</summary>
    Constraint,

    /// <summary>The memory limit, or the limit of temporary space, does not suffice.</summary>
    OutOfMemory,

    /// <summary>A file cannot be read or written.</summary>
    InputOutput,

    /// <summary>The configuration forbids it.</summary>
    Permission,

    /// <summary>DuckDB does not have it.</summary>
    NotImplemented,

    /// <summary>The query was interrupted.</summary>
    Interrupted,

    /// <summary>A bug in DuckDB, or a database that an earlier one broke: open another.</summary>
    Fatal,
}

/// <summary>A failure of the engine, with DuckDB's kind of error.</summary>
public sealed class EngineException : LakehouseException
{
    static readonly (string Prefix, EngineErrorKind Engine, LakehouseErrorKind Kind)[] Kinds =
    [
        ("Parser Error: ", EngineErrorKind.Parser, LakehouseErrorKind.InvalidData),
        ("Syntax Error: ", EngineErrorKind.Parser, LakehouseErrorKind.InvalidData),
        ("Binder Error: ", EngineErrorKind.Binder, LakehouseErrorKind.InvalidData),
        ("Catalog Error: ", EngineErrorKind.Catalog, LakehouseErrorKind.NotFound),
        ("Conversion Error: ", EngineErrorKind.Conversion, LakehouseErrorKind.InvalidData),
        ("Mismatch Type Error: ", EngineErrorKind.Conversion, LakehouseErrorKind.InvalidData),
        ("Out of Range Error: ", EngineErrorKind.OutOfRange, LakehouseErrorKind.InvalidData),
        ("Invalid Input Error: ", EngineErrorKind.InvalidInput, LakehouseErrorKind.InvalidData),
        ("Constraint Error: ", EngineErrorKind.Constraint, LakehouseErrorKind.InvalidData),
        ("Out of Memory Error: ", EngineErrorKind.OutOfMemory, LakehouseErrorKind.Unavailable),
        ("IO Error: ", EngineErrorKind.InputOutput, LakehouseErrorKind.Unavailable),
        ("Permission Error: ", EngineErrorKind.Permission, LakehouseErrorKind.Denied),
        ("Not implemented Error: ", EngineErrorKind.NotImplemented, LakehouseErrorKind.Unsupported),
        ("INTERRUPT Error: ", EngineErrorKind.Interrupted, LakehouseErrorKind.Unavailable),
        ("FATAL Error: ", EngineErrorKind.Fatal, LakehouseErrorKind.Unavailable),
        ("INTERNAL Error: ", EngineErrorKind.Fatal, LakehouseErrorKind.Unavailable),
    ];

    EngineException(LakehouseErrorKind kind, EngineErrorKind engineKind, string message)
        : base(kind, message) => EngineKind = engineKind;

    /// <summary>What DuckDB says is wrong.</summary>
    public EngineErrorKind EngineKind { get; }

    /// <summary>From DuckDB's text, which begins with the kind of error whether it comes from a statement or from a result.</summary>
    internal static EngineException From(string? text)
    {
        text ??= "DuckDB failed without saying why.";
        foreach (var (prefix, engine, kind) in Kinds)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return new EngineException(kind, engine, text);
            }
        }

        return new EngineException(LakehouseErrorKind.InvalidData, EngineErrorKind.Other, text);
    }
}
