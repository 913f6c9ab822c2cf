using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>The protocol of a published table: readers as low as what it holds allows; writers are held off by a feature of our own.</summary>
public static class PublishedProtocol
{
    /// <summary>The writer feature by which foreign writers, VACUUM among them, refuse the table: it, and the files of branches and older snapshots, is the lake's.</summary>
    public const string Feature = "lakeaspirePublished";

    // The order in which features are listed; the first two are of writers alone.
    private static readonly string[] Known =
        [Feature, TableFeatures.InCommitTimestamp, TableFeatures.ColumnMapping, TableFeatures.TimestampNtz, TableFeatures.DeletionVectors, TableFeatures.TypeWidening];

    /// <summary>Whether a log is one that was published, and not one of another writer.</summary>
    public static bool IsOurs(ProtocolAction protocol) => protocol.WriterFeatures?.Contains(Feature, StringComparer.Ordinal) == true;

    /// <summary>The protocol for what a version needs. A feature that the log has stays.</summary>
    internal static ProtocolAction Of(PublishedSchema schema, bool isMapped, bool hasVectors, ProtocolAction? before)
    {
        var features = new HashSet<string>(before?.WriterFeatures ?? [], StringComparer.Ordinal) { Feature, TableFeatures.InCommitTimestamp };
        Add(isMapped, TableFeatures.ColumnMapping);
        Add(schema.Columns.Any(column => column.Has(DeltaType.TimestampNtz)), TableFeatures.TimestampNtz);
        Add(hasVectors, TableFeatures.DeletionVectors);
        Add(schema.Columns.Any(column => column.IsWidened), TableFeatures.TypeWidening);
        var writer = Known.Where(features.Contains).ToArray();
        var reader = writer.Skip(2).ToArray();

        // Column mapping alone has a reader version of its own, older than lists of features.
        return reader switch
        {
            [] => new ProtocolAction(1, 7, null, writer),
            [TableFeatures.ColumnMapping] => new ProtocolAction(2, 7, null, writer),
            _ => new ProtocolAction(3, 7, reader, writer),
        };

        void Add(bool isNeeded, string feature)
        {
            if (isNeeded)
            {
                features.Add(feature);
            }
        }
    }

    internal static bool Same(ProtocolAction left, ProtocolAction right) =>
        left.MinReaderVersion == right.MinReaderVersion && (left.WriterFeatures ?? []).SequenceEqual(right.WriterFeatures ?? []) && (left.ReaderFeatures ?? []).SequenceEqual(right.ReaderFeatures ?? []);
}
