using System.CommandLine;
using System.Globalization;
using Lakehouse.Formats.IO;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Cli.Folders;

/// <summary>Arguments of the commands that read a table from its folder.</summary>
internal static class FolderOptions
{
    public static Argument<string> Path { get; } = new("path") { Description = "The table's folder, or (Iceberg) one of its metadata files: a path, file:, s3:// or az://." };

    public static Option<string[]> Relocate { get; } = new("--relocate") { Description = "OLD=NEW: files that the metadata names below OLD lie below NEW. May be given several times.", AllowMultipleArgumentsPerToken = false };

    public static Option<TableFormat?> Format { get; } = new("--format") { Description = "iceberg or delta. Default: the one that is there, Iceberg when both are." };

    public static Option<long?> Snapshot { get; } = new("--snapshot") { Description = "Id of an Iceberg snapshot." };

    public static Option<long?> Version { get; } = new("--version") { Description = "Version of a Delta table, or sequence number of an Iceberg snapshot." };

    public static Option<DateTimeOffset?> AsOf { get; } = new("--as-of")
    {
        Description = "What was current then: 2026-11-21T10:00:00Z; without a zone it is UTC.",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            {
                return time;
            }

            result.AddError($"--as-of: '{result.Tokens[0].Value}' is no time; write it as 2026-11-21T10:00:00Z.");
            return null;
        },
    };

    public static Option<string?> Ref { get; } = new("--ref") { Description = "An Iceberg branch or tag." };

    public static Option<bool> Json { get; } = new("--json") { Description = "As JSON." };

    /// <summary>A command with what all of them take.</summary>
    public static Command Create(string name, string description, params Option[] options)
    {
        var command = new Command(name, description) { Path, Relocate, Format };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>Adds the options that choose a state of the table.</summary>
    public static void AddPoint(Command command)
    {
        foreach (var option in new Option[] { Snapshot, Version, AsOf, Ref })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (new object?[] { result.GetValue(Snapshot), result.GetValue(Version), result.GetValue(AsOf), result.GetValue(Ref) }.Count(chosen => chosen is not null) > 1)
            {
                result.AddError("--snapshot, --version, --as-of and --ref exclude one another.");
            }
        });
    }

    public static TablePoint PointOf(ParseResult parsed) =>
        new() { Snapshot = parsed.GetValue(Snapshot), Version = parsed.GetValue(Version), AsOf = parsed.GetValue(AsOf), Ref = parsed.GetValue(Ref) };

    public static IReadOnlyList<Relocation> RelocationsOf(ParseResult parsed) => [.. (parsed.GetValue(Relocate) ?? []).Select(Absolute).Select(Relocation.Parse)];

    // A relative NEW is one of this machine's paths.
    static string Absolute(string relocation)
    {
        var at = relocation.LastIndexOf('=');
        var to = relocation[(at + 1)..];
        return at > 0 && to.Length > 0 && !to.Contains(":/", StringComparison.Ordinal) && !to.StartsWith('/') ? $"{relocation[..at]}={System.IO.Path.GetFullPath(to)}" : relocation;
    }
}
