using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>
/// The file of a parse cache: magic, key, length and hash of the rest; then the outcomes of SQL, then the YAML documents. Values are a tag and what follows from it; a mapping says its line first.
/// </summary>
internal sealed record ParseCacheFile(
    IReadOnlyDictionary<string, (string Hash, SqlOutcome Outcome)> Sql, IReadOnlyDictionary<string, (string Hash, YamlDocument Document)> Yaml)
{
    const string Magic = "lake-parse-1";

    public static ParseCacheFile Empty { get; } = new(
        new Dictionary<string, (string, SqlOutcome)>(StringComparer.Ordinal), new Dictionary<string, (string, YamlDocument)>(StringComparer.Ordinal));

    /// <summary>Reads a file; what is not there, not whole, or of another key is empty.</summary>
    public static ParseCacheFile Read(string path, string key)
    {
        try
        {
            if (!File.Exists(path))
            {
                return Empty;
            }

            var bytes = File.ReadAllBytes(path);
            using var header = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            if (header.ReadString() != Magic || header.ReadString() != key)
            {
                return Empty;
            }

            var check = header.ReadBytes(32);
            var start = (int)header.BaseStream.Position;
            if (!CryptographicOperations.FixedTimeEquals(check, SHA256.HashData(bytes.AsSpan(start))))
            {
                return Empty;
            }

            using var reader = new BinaryReader(new MemoryStream(bytes, start, bytes.Length - start), Encoding.UTF8);
            return new ParseCacheFile(ReadSql(reader), ReadYaml(reader));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or OverflowException or ArgumentException)
        {
            return Empty;
        }
    }

    /// <summary>Writes the file; a reader sees the old one or the new one. That it can't be written fails no parse.</summary>
    public void Write(string path, string key)
    {
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            WriteSql(writer);
            WriteYaml(writer);
        }

        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var file = new BinaryWriter(File.Create(temporary), Encoding.UTF8))
            {
                file.Write(Magic);
                file.Write(key);
                file.Write(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
                file.Write(body.GetBuffer(), 0, (int)body.Length);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
        }
    }

    void WriteSql(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(Sql.Count);
        foreach (var (id, (hash, outcome)) in Sql)
        {
            writer.Write(id);
            writer.Write(hash);
            WriteValue(writer, outcome.ConfigCall, null);
            writer.Write7BitEncodedInt(outcome.Refs.Count);
            foreach (var reference in outcome.Refs)
            {
                writer.Write(reference.Name);
                WriteValue(writer, reference.Package, null);
                WriteValue(writer, reference.Version, null);
                WriteValue(writer, reference.File, null);
                writer.Write7BitEncodedInt(reference.Line);
            }

            writer.Write7BitEncodedInt(outcome.Sources.Count);
            foreach (var source in outcome.Sources)
            {
                writer.Write(source.SourceName);
                writer.Write(source.Table);
                WriteValue(writer, source.File, null);
                writer.Write7BitEncodedInt(source.Line);
            }

            writer.Write7BitEncodedInt(outcome.Macros.Count);
            foreach (var macro in outcome.Macros)
            {
                writer.Write(macro);
            }

            writer.Write7BitEncodedInt(outcome.Env.Count);
            foreach (var (name, value) in outcome.Env)
            {
                writer.Write(name);
                WriteValue(writer, value, null);
            }
        }
    }

    static Dictionary<string, (string, SqlOutcome)> ReadSql(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        var all = new Dictionary<string, (string, SqlOutcome)>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var id = reader.ReadString();
            var hash = reader.ReadString();
            var config = (JinjaDict)ReadValue(reader, null)!;
            var refs = Many(reader, r => new NodeRef(r.ReadString(), (string?)ReadValue(r, null), ReadValue(r, null), (string?)ReadValue(r, null), r.Read7BitEncodedInt()));
            var sources = Many(reader, r => new SourceRef(r.ReadString(), r.ReadString(), (string?)ReadValue(r, null), r.Read7BitEncodedInt()));
            var macros = Many(reader, r => r.ReadString());
            var env = Many(reader, r => KeyValuePair.Create(r.ReadString(), (string?)ReadValue(r, null)));
            all[id] = (hash, new SqlOutcome(config, refs, sources, macros, env.ToDictionary(StringComparer.Ordinal)));
        }

        return all;
    }

    static T[] Many<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.Read7BitEncodedInt()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }

    void WriteYaml(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(Yaml.Count);
        foreach (var (id, (hash, document)) in Yaml)
        {
            writer.Write(id);
            writer.Write(hash);
            writer.Write(document.Path);
            writer.Write7BitEncodedInt(document.Duplicates.Count);
            foreach (var (key, line, column) in document.Duplicates)
            {
                writer.Write(key);
                writer.Write7BitEncodedInt(line);
                writer.Write7BitEncodedInt(column);
            }

            WriteValue(writer, document.Root, document);
        }
    }

    static Dictionary<string, (string, YamlDocument)> ReadYaml(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        var all = new Dictionary<string, (string, YamlDocument)>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var id = reader.ReadString();
            var hash = reader.ReadString();
            var path = reader.ReadString();
            var duplicates = Many(reader, r => (r.ReadString(), r.Read7BitEncodedInt(), r.Read7BitEncodedInt()));
            var lines = new Dictionary<JinjaDict, int>(ReferenceEqualityComparer.Instance);
            var root = ReadValue(reader, lines);
            all[id] = (hash, YamlDocument.Restore(path, root, lines, duplicates));
        }

        return all;
    }

    static void WriteValue(BinaryWriter writer, object? value, YamlDocument? document)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)'0');
                break;
            case bool flag:
                writer.Write((byte)(flag ? 't' : 'f'));
                break;
            case long number:
                writer.Write((byte)'i');
                writer.Write7BitEncodedInt64(number);
                break;
            case double number:
                writer.Write((byte)'d');
                writer.Write(number);
                break;
            case BigInteger number:
                writer.Write((byte)'b');
                writer.Write(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case JinjaDict dict:
                writer.Write((byte)'m');
                writer.Write7BitEncodedInt(document?.LineOf(dict) ?? 0);
                writer.Write7BitEncodedInt(dict.Count);
                foreach (var (key, item) in dict.Entries)
                {
                    WriteValue(writer, key, document);
                    WriteValue(writer, item, document);
                }

                break;
            case JinjaList or JinjaTuple or JinjaSet:
                var items = Dicts.Items(value);
                writer.Write((byte)'l');
                writer.Write7BitEncodedInt(items.Count);
                foreach (var item in items)
                {
                    WriteValue(writer, item, document);
                }

                break;
            default:
                writer.Write((byte)'s');
                writer.Write(Jinja.Values.Text.Of(value));
                break;
        }
    }

    static object? ReadValue(BinaryReader reader, Dictionary<JinjaDict, int>? lines)
    {
        switch ((char)reader.ReadByte())
        {
            case '0':
                return null;
            case 't':
                return true;
            case 'f':
                return false;
            case 'i':
                return reader.Read7BitEncodedInt64();
            case 'd':
                return reader.ReadDouble();
            case 'b':
                return BigInteger.Parse(reader.ReadString(), System.Globalization.CultureInfo.InvariantCulture);
            case 's':
                return reader.ReadString();
            case 'l':
                var items = new List<object?>();
                for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
                {
                    items.Add(ReadValue(reader, lines));
                }

                return new JinjaList(items);
            case 'm':
                var dict = new JinjaDict();
                var line = reader.Read7BitEncodedInt();
                if (lines is not null && line > 0)
                {
                    lines[dict] = line;
                }

                for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
                {
                    var key = ReadValue(reader, lines);
                    dict.Set(key, ReadValue(reader, lines));
                }

                return dict;
            case var other:
                throw new FormatException($"unknown tag '{other}'");
        }
    }
}
