namespace LakeAspire.AppHost.Installation;

/// <summary>The ports, as distances from the first.</summary>
internal enum LakePort
{
    /// <summary>Any free port, wherever the others are.</summary>
    Free = -1,
    Portal = 0,
    Catalog = 1,
    Ingest = 2,
    Query = 3,

    // 4 is kept for queries over the PostgreSQL protocol.
    Postgres = 5,
    Otlp = 6,
    ResourceService = 7,
    Dashboard = 8,
}
