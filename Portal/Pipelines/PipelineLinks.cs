using System.Globalization;

namespace LakeAspire.Portal.Pipelines;

internal static class PipelineLinks
{
    public static string To(string pipeline, long? run = null, string? model = null)
    {
        var query = new List<string>();
        if (run is { } id)
        {
            query.Add("run=" + id.ToString(CultureInfo.InvariantCulture));
        }

        if (model is not null)
        {
            query.Add("model=" + Uri.EscapeDataString(model));
        }

        return "pipelines/" + Uri.EscapeDataString(pipeline) + (query.Count == 0 ? "" : "?" + string.Join('&', query));
    }
}
