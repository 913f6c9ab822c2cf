namespace LakeAspire.Testing;

/// <summary>A folder of one test's own, removed with it.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("lakeaspire-").FullName;

    /// <summary>A path below it.</summary>
    public string Below(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process of the test may still hold a file; the system's temp cleaner takes the rest.
        }
    }
}
