using Lakehouse.Tables;

namespace LakeAspire.Query.Parsing;

/// <summary>A SELECT that is allowed.</summary>
/// <param name="Sql">Its text.</param>
/// <param name="Tables">The tables that it names, each once.</param>
/// <param name="IsExplain">Whether its plan is asked for, and not its rows.</param>
internal sealed record ParsedQuery(string Sql, IReadOnlyList<TableIdentifier> Tables, bool IsExplain);
