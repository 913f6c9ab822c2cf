using System.Text.Json;
using LakeAspire.Testing;

namespace LakeAspire.Golden.Tests;

/// <summary>A table that another implementation wrote, with what its own engine read back.</summary>
public sealed class GoldenCase
{
    readonly JsonElement root;

    GoldenCase(string folder)
    {
        Folder = folder;
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        root = document.RootElement.Clone();
    }

    public string Folder { get; }

    public string Format => root.GetProperty("format").GetString()!;

    /// <summary>Where the table lay when it was written, and where that is now.</summary>
    public IReadOnlyList<(string Old, string New)> Relocations =>
        [.. new[] { (Location, Path.Combine(Folder, "table")) }.Where(pair => pair.Item1.Length > 0).Concat(Others)];

    public string Table => Path.Combine(Folder, "table");

    /// <summary>Why opening the table at all must fail; null when it must not.</summary>
    public string? Fails => root.TryGetProperty("fails", out var fails) && fails.ValueKind == JsonValueKind.String ? fails.GetString() : null;

    public IEnumerable<GoldenRead> Reads => Objects("reads").Select(read => new GoldenRead(this, read));

    /// <summary>Reads that must fail.</summary>
    public IEnumerable<GoldenRead> FailingReads =>
        Objects("failsAt").Select(read => new GoldenRead(this, read)).Concat(Objects("fails").Select(read => new GoldenRead(this, read.GetProperty("at"))));

    public IEnumerable<GoldenChanges> Changes => Objects("changes").Select(changes => new GoldenChanges(this, changes));

    public IEnumerable<GoldenChanges> FailingChanges => Objects("changesFail").Select(changes => new GoldenChanges(this, changes));

    /// <summary>Columns that name a row, for updates in the change log.</summary>
    public IReadOnlyList<string> Identifier => [.. Strings("identifier")];

    public override string ToString() => $"{Path.GetFileName(Path.GetDirectoryName(Folder))}/{Path.GetFileName(Folder)}";

    string Location => root.GetProperty("location").GetString()!;

    IEnumerable<(string, string)> Others => root.TryGetProperty("otherLocations", out var others)
        ? others.EnumerateObject().Select(other => (other.Name, Path.Combine(Folder, other.Value.GetString()!)))
        : [];

    /// <summary>The case in that folder of the golden data, for instance <c>spark-delta/restore</c>.</summary>
    public static GoldenCase Open(string name) => new(Needs.Golden(name));

    /// <summary>Names of all cases of a format, by listing the folders.</summary>
    public static IEnumerable<string> Names(string format)
    {
        var golden = Path.GetDirectoryName(Needs.FindGolden("iceberg-metadata"));
        return golden is null ? [] : Directory.EnumerateDirectories(golden).SelectMany(Directory.EnumerateDirectories)
            .Where(folder => File.Exists(Path.Combine(folder, "case.json")))
            .Select(folder => new GoldenCase(folder)).Where(golden => golden.root.TryGetProperty("reads", out _) && golden.Format == format)
            .Select(golden => golden.ToString()).Order(StringComparer.Ordinal);
    }

    internal IEnumerable<string> Strings(string name) => Strings(root, name);

    internal static IEnumerable<string> Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(item => item.GetString()!) : [];

    IEnumerable<JsonElement> Objects(string name) =>
        root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
