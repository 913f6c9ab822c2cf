namespace LakeAspire.Catalog.History;

/// <summary>What differs between two states of the lake. <c>Truncated</c>: there is more than is shown.</summary>
internal sealed record DiffBody(string From, string To, long? FromHead, long? ToHead, IReadOnlyList<DiffChangeBody> Changes, bool Truncated);

/// <summary>A table, view or namespace that differs. <c>Change</c>: added, removed, renamed (and maybe changed too) or changed. Figures are those of tables; null is unknown, or not there.</summary>
internal sealed record DiffChangeBody(
    string Kind,
    string Namespace,
    string Name,
    string Change,
    string? RenamedFrom,
    long? RowsBefore,
    long? RowsAfter,
    long? FilesBefore,
    long? FilesAfter,
    long? BytesBefore,
    long? BytesAfter,
    long? Commit);
