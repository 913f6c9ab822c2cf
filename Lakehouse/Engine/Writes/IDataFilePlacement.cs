namespace Lakehouse.Engine.Writes;

/// <summary>Where the data files of a table go. Files are written to a local folder first, and placed when they are whole.</summary>
public interface IDataFilePlacement
{
    /// <summary>Local folder to write to; best on the same file system as the destination.</summary>
    string StagingRoot { get; }

    /// <summary>Puts a whole file in its place, durably, and gives its location. The staged file may be moved.</summary>
    /// <param name="stagedPath">Local path of the file.</param>
    /// <param name="fileName">Name that it is to have below the data folder of the table; unique.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<string> PlaceAsync(string stagedPath, string fileName, CancellationToken cancellationToken = default);

    /// <summary>Takes back a placed file that no commit will name.</summary>
    Task RemoveAsync(string location, CancellationToken cancellationToken = default);
}
