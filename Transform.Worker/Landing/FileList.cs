using System.Globalization;
using Lakehouse.Engine;
using Lakehouse.Rules.Contracts;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Transform.Landing;

/// <summary>The files of a load as a relation: what their events share.</summary>
internal static class FileList
{
    /// <summary>A SELECT with the number of each file, and its columns of <see cref="EventRelation"/>.</summary>
    public static string Select(IReadOnlyList<LandingManifest> files)
    {
        var rows = files.Select((f, i) => $"({SqlText.Literal(i)}, {SqlText.Literal(f.Id)}, {SqlText.Literal(f.Source)}, {Timestamp(f.ReceivedAt)})");
        return $"SELECT * FROM (VALUES {string.Join(", ", rows)}) AS v(file, {EventRelation.Scope}, {EventRelation.Source}, {EventRelation.IngestedAt})";
    }

    public static string Timestamp(DateTimeOffset at) =>
        $"CAST({SqlText.Literal(at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00")} AS TIMESTAMPTZ)";
}
