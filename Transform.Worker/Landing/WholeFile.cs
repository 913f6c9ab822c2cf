using Lakehouse.Engine;
using Lakehouse.Rules.Quarantine;
using Lakehouse.Sources.Landing;
using Lakehouse.Tables;

namespace LakeAspire.Transform.Landing;

/// <summary>A file that cannot be taken apart, as one row of the quarantine: with its bytes, or, when they are too many for a row, with the place where they are kept.</summary>
internal static class WholeFile
{
    const long MaxBytesInRow = 16 << 20;

    public static async Task<string> SelectAsync(LandingManifest file, string rule, string reason, int version, LandingZone landing, CachedFiles local, CancellationToken cancellationToken)
    {
        var location = landing.DataLocation(file);
        var data = await landing.Store.StatAsync(location, cancellationToken);
        var fits = data is { Size: <= MaxBytesInRow };
        if (data is not null && !fits)
        {
            reason += $"; its {data.Size} bytes are kept at {await landing.SetAsideAsync(file, cancellationToken)}";
        }

        var paths = fits && data!.Size > 0 ? await local.PathsAsync([location], cancellationToken) : [];
        return QuarantineTable.Select(
            new QuarantineRow
            {
                Scope = SqlText.Literal(file.Id),
                Rule = SqlText.Literal(rule),
                Reason = SqlText.Literal(reason.Replace("\0", "", StringComparison.Ordinal)),
                Raw = paths.Count > 0 ? "content" : fits ? "''::BLOB" : "NULL::BLOB",
                Source = SqlText.Literal(file.Source),
                SchemaVersion = version,
                IngestedAt = FileList.Timestamp(file.ReceivedAt),
            },
            paths is [var path] ? $"read_blob({SqlText.Literal(path)})" : "(SELECT 1)");
    }
}
