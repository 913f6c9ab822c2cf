namespace Lakehouse.Engine.Scans;

/// <summary>What a relation needs beside its SQL and its files: a function of this process, to be registered in every database in which the relation is read.</summary>
/// <param name="Name">Name of the function.</param>
public abstract record RelationInput(string Name)
{
    /// <summary>Registers the function with the database of the connection.</summary>
    public abstract void Register(DuckDbConnection connection);
}
