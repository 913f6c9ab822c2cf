using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Lakehouse.Pipelines.Running;

/// <summary>Traces and metrics of pipeline runs.</summary>
internal static class PipelineTelemetry
{
    public const string Name = "Lakehouse.Pipelines";

    public static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);

    public static readonly Histogram<double> ModelDuration = Meter.CreateHistogram<double>("lakehouse.pipeline.model.duration", "s", "Time to build a model");

    public static readonly Counter<long> ModelRows = Meter.CreateCounter<long>("lakehouse.pipeline.model.rows", "{row}", "Rows of models that were built");

    public static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>("lakehouse.pipeline.run.duration", "s", "Time of a pipeline run");

    public static void Fail(this Activity? activity, string message) => activity?.SetStatus(ActivityStatusCode.Error, message);
}
