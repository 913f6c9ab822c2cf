using Lakehouse.Formats;
using Lakehouse.Pipelines.Running;

namespace LakeAspire.Transform.Pipelines;

/// <summary>
/// At the start: loads the projects, tells the catalog of them, and asks for a run of each pipeline whose tables are not what its project makes of the sources as they are now,
/// which covers a commit whose trigger was lost with the process.
/// </summary>
internal sealed class ProjectRegistration(
    PipelineRegistry registry, PipelineTriggers triggers, TriggerQueue queue, RunsClient runs, CatalogLake lake, TimeProvider time, ILogger<ProjectRegistration> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before any other service can commit something that a pipeline reads.
        registry.Load();
        triggers.Set(registry.Sources());
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        foreach (var pipeline in registry.Pipelines.Values)
        {
            while (true)
            {
                try
                {
                    await runs.RegisterAsync(pipeline, stoppingToken);
                    if (await lake.IsCurrentAsync(pipeline.Plan, stoppingToken) == false)
                    {
                        queue.Add(pipeline.Name);
                    }

                    break;
                }
                catch (Exception error) when (error is HttpRequestException or LakehouseException { IsTransient: true })
                {
                    Log.RegistrationFailed(logger, pipeline.Name, error.Message);
                    await Task.Delay(Pause, time, stoppingToken);
                }
                catch (LakehouseException error)
                {
                    Log.RegistrationFailed(logger, pipeline.Name, error.Message);
                    break;
                }
            }
        }
    }
}
