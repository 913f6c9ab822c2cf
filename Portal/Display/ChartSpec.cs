namespace LakeAspire.Portal.Display;

/// <summary>What a chart shows; drawn in the browser by charts.js.</summary>
/// <param name="Type">bar, line, area or scatter.</param>
/// <param name="Labels">Of the x axis.</param>
/// <param name="Series">One or more, each as long as the labels.</param>
/// <param name="XTitle">Title of the x axis, if it needs one.</param>
public sealed record ChartSpec(string Type, IReadOnlyList<string> Labels, IReadOnlyList<ChartSeries> Series, string? XTitle = null)
{
    /// <summary>Whether drawing it anew would change nothing.</summary>
    public bool Shows(ChartSpec? other) =>
        other is not null && Type == other.Type && XTitle == other.XTitle && Labels.SequenceEqual(other.Labels, StringComparer.Ordinal)
        && Series.Count == other.Series.Count && Series.Zip(other.Series).All(pair => pair.First.Name == pair.Second.Name && pair.First.Values.SequenceEqual(pair.Second.Values));
}

public sealed record ChartSeries(string Name, IReadOnlyList<double?> Values);
