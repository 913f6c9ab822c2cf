using Lakehouse.Engine;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Transform.Landing;

/// <summary>Tells failures of a file's content, which no second attempt cures, from those of the machine.</summary>
internal static class ContentErrors
{
    /// <summary>Whether a failure can come from what is in the files. A failure to read is only that of a format with a structure of its own: lines can always be read.</summary>
    public static bool IsOfContent(EngineException exception, IReadOnlyList<LandingManifest> files) => exception.EngineKind switch
    {
        EngineErrorKind.OutOfMemory or EngineErrorKind.Interrupted or EngineErrorKind.Fatal or EngineErrorKind.Permission => false,
        EngineErrorKind.InputOutput => files.Any(f => f.Format is LandingFormat.Parquet or LandingFormat.Csv && exception.Message.Contains(f.Data[(f.Data.LastIndexOf('/') + 1)..], StringComparison.Ordinal)),
        _ => true,
    };

    /// <summary>What DuckDB says, with the name that the sender gave the file in place of our path.</summary>
    public static string Reason(EngineException exception, LandingManifest file, string path)
    {
        var text = exception.Message.Split("\nLINE ")[0].TrimEnd().Replace(path, file.Source, StringComparison.Ordinal);
        return text.Length <= 1000 ? text : text[..1000] + "…";
    }
}
