using Lakehouse.Jinja;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Reads blocks of documentation.</summary>
internal static class DocFiles
{
    public static IEnumerable<DocBlock> Read(ScannedFile file)
    {
        if (!file.Text!.Contains("docs", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (var block in BlockScanner.Scan(file.OriginalFilePath, file.Text, "docs"))
        {
            string contents;
            try
            {
                contents = TemplateEnvironments.Macros.Parse(file.OriginalFilePath, block.Contents).Render(new Dictionary<string, object?>(StringComparer.Ordinal)).Trim();
            }
            catch (JinjaException error)
            {
                throw PipelineException.From(error, file.OriginalFilePath);
            }

            yield return new DocBlock($"doc.{file.Package.Name}.{block.Name}", block.Name, file.Package.Name, file.RelativePath, file.OriginalFilePath, contents);
        }
    }
}
