using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Which append a snapshot is, on whichever branch: a rebased one names the snapshot that it was made from (specification, Appendix F, <c>source-snapshot-id</c>).</summary>
internal static class SnapshotOrigin
{
    public const string Property = "source-snapshot-id";

    public static long Of(Snapshot snapshot) => snapshot.SummaryNumber(Property) ?? snapshot.SnapshotId;

    public static string Text(Snapshot snapshot) => Of(snapshot).ToString(CultureInfo.InvariantCulture);
}
