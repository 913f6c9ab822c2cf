using Lakehouse.Engine;
using Lakehouse.Formats;

namespace Lakehouse.Tables.Folders;

internal sealed class DeltaFolder
{
    public static Task<FolderTable> OpenAsync(FolderSource source, CancellationToken cancellationToken) => throw LakehouseException.Unsupported("Delta tables are not read from folders");
}
