using Lakehouse.Rules.Contracts;
using Lakehouse.Tables;

namespace Lakehouse.Sources.Declarations;

/// <summary>A stream as a pipeline project declares it.</summary>
/// <param name="Contract">What its events look like, and the columns that they become.</param>
/// <param name="Table">Table that it fills.</param>
/// <param name="File">File that declares it; null for a stream that nobody declared.</param>
public sealed record StreamDeclaration(StreamContract Contract, TableIdentifier Table, string? File)
{
    /// <summary>Namespace of the tables that streams fill.</summary>
    public const string Bronze = "bronze";

    /// <summary>The declaration of a stream that nobody declared.</summary>
    public static StreamDeclaration Undeclared(StreamName stream) =>
        new(StreamContract.Undeclared(stream.Value), new TableIdentifier(Bronze, stream.Value), File: null);

    /// <summary>The table for events that break the contract.</summary>
    public TableIdentifier Quarantine => new(Table.Namespace, Rules.Quarantine.QuarantineTable.NameFor(Table.Name));
}
