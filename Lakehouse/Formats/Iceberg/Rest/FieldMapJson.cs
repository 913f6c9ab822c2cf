using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>Maps from field ids (REST catalog specification, schemas "CountMap" and "ValueMap"): an array of keys and one of values.</summary>
internal static class FieldMapJson
{
    public static void Write<T>(Utf8JsonWriter json, string name, IReadOnlyDictionary<int, T>? map, IReadOnlySet<int> wanted, Action<T> write)
    {
        if (map is null)
        {
            return;
        }

        var kept = map.Where(pair => wanted.Contains(pair.Key)).OrderBy(pair => pair.Key).ToList();
        json.WriteStartObject(name);
        json.WriteStartArray("keys");
        foreach (var (key, _) in kept)
        {
            json.WriteNumberValue(key);
        }

        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var (_, value) in kept)
        {
            write(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static Dictionary<int, long>? ReadCounts(JsonFields fields, string name) => fields.Has(name) ? Pair(fields.Object(name), map => map.Longs("values")) : null;

    public static Dictionary<int, byte[]>? ReadBounds(JsonFields fields, string name) =>
        fields.Has(name) ? Pair(fields.Object(name), map => map.Strings("values").ConvertAll(text => Bytes(text, map.Path))) : null;

    public static byte[] Bytes(string text, string what)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException error)
        {
            throw LakehouseException.InvalidData($"{what}: a binary value is not hexadecimal", error);
        }
    }

    private static Dictionary<int, T> Pair<T>(JsonFields map, Func<JsonFields, List<T>> read)
    {
        var (keys, values) = (map.Ints("keys"), read(map));
        if (keys.Count != values.Count)
        {
            throw LakehouseException.InvalidData($"{map.Path}: {keys.Count} keys and {values.Count} values");
        }

        var pairs = new Dictionary<int, T>();
        for (var i = 0; i < keys.Count; i++)
        {
            pairs[keys[i]] = values[i];
        }

        return pairs;
    }
}
