using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lakehouse.Pipelines.Profiles;
using Lakehouse.Pipelines.Projects;
using Text = Lakehouse.Jinja.Values.Text;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>
/// What files gave when they were parsed last: a file that is the same, in a project that is otherwise the same, is not parsed again. What is kept is a pure function of the file's text and of what its
/// key says: the project files, macros, target, variables and the engine's build; environment variables are kept with what read them. A cache that can't be read is as good as none.
/// </summary>
internal sealed class ParseCache
{
    readonly string? path;
    readonly IncrementalHash key = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IReadOnlyDictionary<string, string> environment;
    readonly ConcurrentDictionary<string, (string Hash, SqlOutcome Outcome)> sql = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, (string Hash, YamlDocument Document)> yaml = new(StringComparer.Ordinal);
    ParseCacheFile known = ParseCacheFile.Empty;
    string hash = "";
    int misses;

    ParseCache(ParseOptions options)
    {
        path = options.CacheFile;
        environment = options.Environment;
    }

    /// <summary>Opens the cache of a parse.</summary>
    public static ParseCache Open(ParseOptions options, Project root, IReadOnlyList<Project> packages, ProfileTarget target)
    {
        var cache = new ParseCache(options);
        cache.Add(
            typeof(ParseCache).Assembly.ManifestModule.ModuleVersionId.ToString(),
            ProjectParser.DbtVersion,
            options.Command,
            options.FullRefresh ? "full" : "",
            Text.Of(options.Vars),
            target.ProfileName,
            target.Name,
            target.Type,
            target.Database,
            target.Schema,
            $"{target.Threads}",
            Text.Of(target.Settings));
        foreach (var project in packages.Prepend(root))
        {
            cache.Add(project.Name, Text.Of(project.Raw), string.Concat(project.Configs.Select(c => $"{c.Key}={Text.Of(c.Value)}")));
        }

        return cache;
    }

    void Add(params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            key.AppendData(Encoding.UTF8.GetBytes(part));
            key.AppendData([0]);
        }
    }

    /// <summary>Any macro may change what any file gives.</summary>
    public void UseMacros(IEnumerable<ScannedFile> files)
    {
        foreach (var file in files)
        {
            Add(file.FileId, file.Text!);
        }

        hash = Convert.ToHexStringLower(key.GetHashAndReset());
        known = path is null ? ParseCacheFile.Empty : ParseCacheFile.Read(path, hash);
    }

    public SqlOutcome Render(SqlPiece piece)
    {
        var content = piece.Checksum.Value;
        if (known.Sql.TryGetValue(piece.CacheKey, out var kept) && kept.Hash == content && kept.Outcome.Holds(environment))
        {
            sql[piece.CacheKey] = kept;
            return kept.Outcome;
        }

        var outcome = piece.Render();
        Interlocked.Increment(ref misses);
        sql[piece.CacheKey] = (content, outcome);
        return outcome;
    }

    public YamlDocument ReadYaml(ScannedFile file)
    {
        var content = Checksums.Of(file.Text!);
        if (known.Yaml.TryGetValue(file.FileId, out var kept) && kept.Hash == content)
        {
            yaml[file.FileId] = kept;
            return kept.Document;
        }

        var document = YamlDocument.Parse(file.OriginalFilePath, file.Text!);
        Interlocked.Increment(ref misses);
        yaml[file.FileId] = (content, document);
        return document;
    }

    /// <summary>Keeps what this parse gave, if any of it is new.</summary>
    public void Save()
    {
        if (path is not null && (misses > 0 || sql.Count != known.Sql.Count || yaml.Count != known.Yaml.Count))
        {
            new ParseCacheFile(sql, yaml).Write(path, hash);
        }
    }
}
