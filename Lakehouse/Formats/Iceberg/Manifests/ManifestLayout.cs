using System.Runtime.CompilerServices;
using Lakehouse.Formats.Avro;

namespace Lakehouse.Formats.Iceberg;

/// <summary>How a manifest's writer laid its entries out: finds their parts without decoding them.</summary>
internal sealed class ManifestLayout
{
    private readonly (int Id, AvroType Type)[] entryFields;
    private readonly (int Id, AvroType Type, bool IsPairs)[] fileFields;

    public ManifestLayout(AvroType record)
    {
        Schema = record;
        entryFields = record.Kind == AvroKind.Record ? ManifestEntryDecoder.FieldsOf(record) : throw AvroValues.Wrong("a manifest_entry struct", record);
        var file = Array.Find(entryFields, field => field.Id == 2).Type ?? throw LakehouseException.InvalidData("the Avro schema has no data_file");
        var files = DataFileDecoder.NotNull(file);
        fileFields = files.Kind == AvroKind.Record
            ? [.. DataFileDecoder.FieldsOf(files).Select(field => (field.Id, field.Type, ManifestMaps.IsPairs(field.Type)))]
            : throw AvroValues.Wrong("a data_file struct", files);
        Maps = [.. Enum.GetValues<ManifestMap>().Select(map => Array.Find(fileFields, field => field.Id == IdOf(map)).Type is { } type ? DataFileDecoder.NotNull(type) : null)];
        PairMaps = [.. Maps.Select(map => map is not null && ManifestMaps.IsPairs(map))];
    }

    /// <summary>The Avro schema of an entry.</summary>
    public AvroType Schema { get; }

    /// <summary>By <see cref="ManifestMap"/>: the type of the map; null when entries have none.</summary>
    public AvroType?[] Maps { get; }

    /// <summary>By <see cref="ManifestMap"/>: whether its items are plain pairs of key and value.</summary>
    public bool[] PairMaps { get; }

    /// <summary>Passes over one entry and notes where its parts are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Walk(ref AvroReader reader, ManifestBlock block, int index)
    {
        int? status = null;
        var inherits = true;
        block.PartitionStarts[index] = -1;
        foreach (var map in block.Maps)
        {
            map[index] = -1;
        }

        foreach (var (id, type) in entryFields)
        {
            switch (id)
            {
                case 0:
                    status = AvroValues.Int(ref reader, type);
                    break;
                case 2:
                    inherits = reader.Enter(type) is null ? throw LakehouseException.InvalidData("manifest_entry.data_file is missing") : WalkFile(ref reader, block, index);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        if (status is not (>= 0 and <= 2))
        {
            throw LakehouseException.InvalidData($"manifest_entry.status is {status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}");
        }

        block.IsLive[index] = status != (int)ManifestEntryStatus.Deleted;
        block.InheritsRowId[index] = inherits && block.IsLive[index];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool WalkFile(ref AvroReader reader, ManifestBlock block, int index)
    {
        var isData = true;
        long? firstRowId = null;
        block.Records[index] = -1;
        foreach (var (id, type, isPairs) in fileFields)
        {
            switch (id)
            {
                case 134:
                    isData = AvroValues.Int(ref reader, type) is null or 0;
                    break;
                case 103:
                    block.Records[index] = AvroValues.Long(ref reader, type) ?? -1;
                    break;
                case 142:
                    firstRowId = AvroValues.Long(ref reader, type);
                    break;
                case 102:
                    block.PartitionStarts[index] = reader.Position;
                    reader.Skip(type);
                    block.PartitionLengths[index] = reader.Position - block.PartitionStarts[index];
                    break;
                case 109 or 110 or 137 or 125 or 128 or 108:
                    WalkMap(ref reader, type, isPairs, block, index, id);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return block.Records[index] >= 0 ? isData && firstRowId is null : throw LakehouseException.InvalidData("data_file.record_count is missing or negative");
    }

    private static void WalkMap(ref AvroReader reader, AvroType type, bool isPairs, ManifestBlock block, int index, int id)
    {
        if (reader.Enter(type) is not { } map)
        {
            return;
        }

        var isUsual = ReferenceEquals(map, DataFileDecoder.NotNull(type));
        if (isUsual && MapOf(id) is { } place)
        {
            block.Maps[(int)place][index] = reader.Position;
        }

        if (isPairs && isUsual)
        {
            ManifestMaps.SkipPairs(ref reader, map);
        }
        else
        {
            reader.Skip(map);
        }
    }

    private static ManifestMap? MapOf(int id) => id switch
    {
        109 => ManifestMap.ValueCounts,
        110 => ManifestMap.NullCounts,
        137 => ManifestMap.NanCounts,
        125 => ManifestMap.LowerBounds,
        128 => ManifestMap.UpperBounds,
        _ => null,
    };

    private static int IdOf(ManifestMap map) => map switch
    {
        ManifestMap.ValueCounts => 109,
        ManifestMap.NullCounts => 110,
        ManifestMap.NanCounts => 137,
        ManifestMap.LowerBounds => 125,
        _ => 128,
    };
}
