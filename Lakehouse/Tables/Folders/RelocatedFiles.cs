using Lakehouse.Engine.Scans;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Folders;

/// <summary>Local paths of files whose locations are spelled as they were when the table was written.</summary>
internal sealed class RelocatedFiles(RelocatedStore store, ILocalFiles files) : ILocalFiles
{
    public async ValueTask<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> locations, CancellationToken cancellationToken = default)
    {
        var resolved = new string[locations.Count];
        for (var i = 0; i < resolved.Length; i++)
        {
            resolved[i] = await store.ResolveAsync(locations[i], cancellationToken);
        }

        return await files.PathsAsync(resolved, cancellationToken);
    }
}
