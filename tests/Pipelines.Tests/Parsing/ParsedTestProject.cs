using LakeAspire.Testing;
using Lakehouse.Pipelines.Artifacts;
using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Profiles;
using Lakehouse.Pipelines.Selection;

namespace Lakehouse.Pipelines.Tests.Parsing;

/// <summary>A dbt project written for one test.</summary>
internal sealed class ParsedTestProject : IDisposable
{
    readonly TempFolder folder = new();

    public ParsedTestProject(params (string Path, string Text)[] files)
    {
        Write("dbt_project.yml", "name: shop\nprofile: any\n");
        foreach (var (path, text) in files)
        {
            Write(path, text);
        }
    }

    public string Cache => folder.Below("target", "partial_parse.bin");

    public string State => folder.Below("state");

    public void Write(string path, string text)
    {
        var full = folder.Below(["project", .. path.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public ParseOptions Options(params (string Name, string Value)[] environment) => new()
    {
        ProjectDir = folder.Below("project"),
        Target = new ProfileTarget { ProfileName = "any", Name = "dev", Schema = "main" },
        Environment = environment.ToDictionary(e => e.Name, e => e.Value),
        InvocationId = "id",
    };

    public ParsedProject Parse(params (string Name, string Value)[] environment) => ProjectParser.Parse(Options(environment));

    public PipelineException Refused() => Assert.Throws<PipelineException>(() => Parse());

    /// <summary>Keeps the manifest as it is now as the state to compare with.</summary>
    public void KeepState() => ManifestWriter.Write(Path.Combine(State, "manifest.json"), Parse(), "id", DateTimeOffset.UnixEpoch);

    public string[] Select(params string[] select) =>
        [.. new NodeSelector(Parse().Manifest, Directory.Exists(State) ? PreviousState.Read(State) : null).Select(SelectionParser.Parse(select, null)).Ids.Order(StringComparer.Ordinal)];

    public void Dispose() => folder.Dispose();
}
