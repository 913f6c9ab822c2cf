using Lakehouse.Tables.Folders;

namespace LakeAspire.Golden.Tests;

/// <summary>Reads Delta tables.</summary>
internal sealed class DeltaReader : FolderReader
{
    protected override TableFormat Format => TableFormat.Delta;
}
