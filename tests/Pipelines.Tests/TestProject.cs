using LakeAspire.Testing;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Tests;

/// <summary>A project written for one test. Files with a path below it; <c>dbt_project.yml</c> has a default.</summary>
internal sealed class TestProject : IDisposable
{
    readonly TempFolder folder = new();

    public TestProject(params (string Path, string Text)[] files)
    {
        if (files.All(f => f.Path != "dbt_project.yml"))
        {
            Write("dbt_project.yml", "name: shop\nmodels:\n  +materialized: table\n");
        }

        foreach (var (path, text) in files)
        {
            Write(path, text);
        }
    }

    public string Folder => folder.Path;

    public void Write(string path, string text)
    {
        var full = folder.Below(path.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public Pipeline Load(PipelineTarget? target = null, Action<string>? log = null) => Pipeline.Load(Folder, target ?? new PipelineTarget(), log);

    public PipelineException Refused() => Assert.Throws<PipelineException>(() => Load());

    public string Compiled(string model, PipelineTarget? target = null)
    {
        var pipeline = Load(target);
        return pipeline.Compiler.Compile(pipeline.Models.Single(m => m.Name == model));
    }

    public void Dispose() => folder.Dispose();
}
