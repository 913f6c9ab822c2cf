using Lakehouse.Pipelines;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Pipelines;

/// <summary>The pipelines of this worker. A project that is not valid is said in the log, and the others are run.</summary>
internal sealed class PipelineRegistry(IOptions<PipelineOptions> options, ILogger<PipelineRegistry> logger)
{
    volatile IReadOnlyDictionary<string, Pipeline> pipelines = new Dictionary<string, Pipeline>(StringComparer.Ordinal);

    /// <summary>The pipelines by name; none before <see cref="Load"/>.</summary>
    public IReadOnlyDictionary<string, Pipeline> Pipelines => pipelines;

    /// <summary>Reads all projects.</summary>
    public void Load()
    {
        var loaded = new Dictionary<string, Pipeline>(StringComparer.Ordinal);
        foreach (var folder in options.Value.Folders)
        {
            try
            {
                var pipeline = Read(folder);
                if (!loaded.TryAdd(pipeline.Name, pipeline))
                {
                    Log.ProjectRefused(logger, folder, $"a project named '{pipeline.Name}' is loaded already");
                    continue;
                }

                Log.ProjectLoaded(logger, pipeline.Name, pipeline.Models.Count);
                foreach (var notice in pipeline.Project.Notices)
                {
                    Log.ProjectNotice(logger, pipeline.Name, notice);
                }
            }
            catch (PipelineException error)
            {
                Log.ProjectRefused(logger, folder, error.Message);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Log.ProjectRefused(logger, folder, error.Message);
            }
        }

        pipelines = loaded;
    }

    /// <summary>The pipeline as its files are now: what is edited between two runs counts from the next one.</summary>
    /// <returns>The pipeline, and whether it is another than before.</returns>
    /// <exception cref="PipelineException">It is not valid any more.</exception>
    public (Pipeline Pipeline, bool Changed) Reload(string name)
    {
        var known = pipelines[name];
        var now = Read(known.Project.Folder);
        if (now.Name != name)
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"the project is named '{now.Name}' now, and was '{name}' when the worker started");
        }

        if (now.Plan.ProjectHash == known.Plan.ProjectHash)
        {
            return (known, false);
        }

        pipelines = new Dictionary<string, Pipeline>(pipelines, StringComparer.Ordinal) { [name] = now };
        return (now, true);
    }

    /// <summary>Each pipeline with each table that it reads.</summary>
    public IEnumerable<(string Pipeline, string Namespace, string Table)> Sources() =>
        pipelines.Values.SelectMany(p => p.Plan.Sources.Select(s => (p.Name, s.Namespace, s.Name)));

    Pipeline Read(string folder)
    {
        var variables = options.Value.Environment
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(v => v.Value is not null)
            .ToDictionary(v => v.Name, v => v.Value!, StringComparer.Ordinal);
        var target = new PipelineTarget { Environment = variables, Threads = options.Value.Parallel };
        return Pipeline.Load(folder, target, message => Log.ModelMessage(logger, message));
    }
}
