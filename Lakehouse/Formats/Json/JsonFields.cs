using System.Text.Json;

namespace Lakehouse.Formats.Json;

/// <summary>Reads the members of a JSON object strictly: a failure names the object, the member and the reason. A member that is null counts as absent.</summary>
internal readonly struct JsonFields
{
    private readonly JsonElement element;

    public JsonFields(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw LakehouseException.InvalidData($"{path}: expected an object, found {Describe(element)}");
        }

        this.element = element;
        Path = path;
    }

    /// <summary>Name of the object in messages.</summary>
    public string Path { get; }

    public JsonElement Element => element;

    public bool Has(string name) => Find(name) is not null;

    public JsonElement? Find(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonElement Required(string name) => Find(name) ?? throw Wrong(name, "is missing");

    public string String(string name) => OptionalString(name) ?? throw Wrong(name, "is missing");

    public string? OptionalString(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? Text(value, name) : throw Wrong(name, $"must be a string, found {Describe(value)}");
    }

    public int Int(string name) => OptionalInt(name) ?? throw Wrong(name, "is missing");

    public int? OptionalInt(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(name, $"must be a 32-bit integer, found {Describe(value)}");
    }

    public long Long(string name) => OptionalLong(name) ?? throw Wrong(name, "is missing");

    public long? OptionalLong(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Wrong(name, $"must be a 64-bit integer, found {Describe(value)}");
    }

    public long SnapshotId(string name) => OptionalSnapshotId(name) ?? throw Wrong(name, "is missing");

    /// <summary>A snapshot id. Some writers drew them from all 64 bits and wrote them unsigned here, while manifests hold them signed.</summary>
    public long? OptionalSnapshotId(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetUInt64(out var unsigned) ? unchecked((long)unsigned) : OptionalLong(name);

    public bool Bool(string name) => OptionalBool(name) ?? throw Wrong(name, "is missing");

    public bool? OptionalBool(string name) => Find(name)?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "must be true or false"),
    };

    public Guid Uuid(string name) => OptionalUuid(name) ?? throw Wrong(name, "is missing");

    public Guid? OptionalUuid(string name)
    {
        if (OptionalString(name) is not { } text)
        {
            return null;
        }

        return Guid.TryParse(text, out var uuid) ? uuid : throw Wrong(name, "must be a UUID");
    }

    public JsonFields Object(string name) => new(Required(name), $"{Path}.{name}");

    /// <summary>The elements of an array member, each with its name for messages.</summary>
    public IEnumerable<(JsonElement Element, string Path)> Array(string name) => Elements(Required(name), name);

    /// <summary>As <see cref="Array"/>, empty when the member is absent.</summary>
    public IEnumerable<(JsonElement Element, string Path)> OptionalArray(string name) => Find(name) is { } value ? Elements(value, name) : [];

    public List<int> Ints(string name) => Array(name).Select(item =>
        item.Element.ValueKind == JsonValueKind.Number && item.Element.TryGetInt32(out var number)
            ? number
            : throw LakehouseException.InvalidData($"{item.Path} must be a 32-bit integer, found {Describe(item.Element)}")).ToList();

    public List<long> Longs(string name) => Array(name).Select(item =>
        item.Element.ValueKind == JsonValueKind.Number && item.Element.TryGetInt64(out var number)
            ? number
            : throw LakehouseException.InvalidData($"{item.Path} must be a 64-bit integer, found {Describe(item.Element)}")).ToList();

    public List<string> Strings(string name) => Array(name).Select(item =>
        item.Element.ValueKind == JsonValueKind.String
            ? item.Element.GetString()!
            : throw LakehouseException.InvalidData($"{item.Path} must be a string, found {Describe(item.Element)}")).ToList();

    /// <summary>A member that maps texts to texts; empty when absent.</summary>
    public Dictionary<string, string> OptionalTexts(string name) => Find(name) is null ? new(StringComparer.Ordinal) : Texts(name);

    public Dictionary<string, string> Texts(string name)
    {
        var fields = Object(name);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in fields.Element.EnumerateObject())
        {
            texts[property.Name] = property.Value.ValueKind == JsonValueKind.String ? Text(property.Value, name) : throw fields.Wrong(property.Name, $"must be a string, found {Describe(property.Value)}");
        }

        return texts;
    }

    /// <summary>The failure of a member.</summary>
    public LakehouseException Wrong(string name, string reason) => LakehouseException.InvalidData($"{Path}: field \"{name}\" {reason}");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {Short(value.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    private string Text(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "is not valid UTF-8");
        }
    }

    private IEnumerable<(JsonElement Element, string Path)> Elements(JsonElement array, string name)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, $"must be an array, found {Describe(array)}");
        }

        var path = $"{Path}.{name}";
        return array.EnumerateArray().Select((item, index) => (item, $"{path}[{index}]"));
    }
}
