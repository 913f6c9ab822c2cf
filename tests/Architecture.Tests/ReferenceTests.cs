using System.Xml.Linq;
using LakeAspire.Testing;

namespace LakeAspire.Architecture.Tests;

/// <summary>References point inward only: services → Pipelines, Sources → Rules → Tables → Engine, Storage → Formats; Pipelines → Jinja.</summary>
public class ReferenceTests
{
    static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Lakehouse.Compression.Snappy"] = [],
        ["Lakehouse.Compression.Zstandard"] = [],
        ["Lakehouse.Formats"] = ["Lakehouse.Compression.Snappy", "Lakehouse.Compression.Zstandard"],
        ["Lakehouse.Jinja"] = [],
        ["Lakehouse.Storage"] = ["Lakehouse.Formats"],
        ["Lakehouse.Engine"] = ["Lakehouse.Formats"],
        ["Lakehouse.Tables"] = ["Lakehouse.Engine", "Lakehouse.Storage", "Lakehouse.Formats"],
        ["Lakehouse.Rules"] = ["Lakehouse.Tables", "Lakehouse.Engine", "Lakehouse.Formats"],
        ["Lakehouse.Pipelines"] = ["Lakehouse.Rules", "Lakehouse.Jinja", "Lakehouse.Tables", "Lakehouse.Engine", "Lakehouse.Formats", "Lakehouse.Storage"],
        ["Lakehouse.Sources"] = ["Lakehouse.Rules", "Lakehouse.Tables", "Lakehouse.Engine", "Lakehouse.Formats", "Lakehouse.Storage"],
        ["ServiceDefaults"] = [],
        ["Catalog.Api"] = ["ServiceDefaults", "Lakehouse.Storage", "Lakehouse.Formats"],
        ["Ingest.Api"] = ["ServiceDefaults", "Lakehouse.Sources", "Lakehouse.Storage", "Lakehouse.Formats"],
        ["Transform.Worker"] =
            ["ServiceDefaults", "Lakehouse.Pipelines", "Lakehouse.Sources", "Lakehouse.Rules", "Lakehouse.Tables", "Lakehouse.Engine", "Lakehouse.Storage", "Lakehouse.Formats"],
        ["Query.Api"] = ["Query.Worker", "ServiceDefaults", "Lakehouse.Tables", "Lakehouse.Engine", "Lakehouse.Storage", "Lakehouse.Formats"],
        ["Query.Worker"] = ["Lakehouse.Engine", "Lakehouse.Formats"],
        ["Portal"] = ["ServiceDefaults"],
        ["Cli"] = ["Lakehouse.Tables", "Lakehouse.Engine", "Lakehouse.Storage", "Lakehouse.Formats"],
        ["Hosting"] = [],
        ["WatchLog.Generator"] = ["ServiceDefaults"],
    };

    /// <summary>Projects that a project starts as processes of its own: built before it, but not referenced by its code.</summary>
    static bool IsStartedOnly(XElement reference) => reference.Attribute("ReferenceOutputAssembly")?.Value == "false";

    [Fact]
    public void Every_project_references_only_what_its_place_allows()
    {
        foreach (var project in Projects())
        {
            var name = Path.GetFileNameWithoutExtension(project);
            if (name == "AppHost")
            {
                continue; // starts everything; its references are checked below
            }

            Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} has no place in the architecture: add it to this test and to docs/architecture.md");
            var beyond = References(project).Except(allowed!, StringComparer.Ordinal).ToList();
            Assert.True(beyond.Count == 0, $"{name} must not reference {string.Join(", ", beyond)}");
        }
    }

    /// <summary>Its project file names the services, as Aspire's does, for starting them; its code knows none of them.</summary>
    [Fact]
    public void The_AppHosts_code_knows_hosting_alone()
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        var ours = Assemblies.ReferencedBy(Repository.PathOf("AppHost", "bin", configuration, "net10.0", "LakeAspire.AppHost.dll"))
            .Where(name => name.StartsWith("Lake", StringComparison.Ordinal));
        Assert.Equal(["LakeAspire.Hosting"], ours);
    }

    [Fact]
    public void The_core_libraries_reference_no_package()
    {
        foreach (var name in (string[])["Formats", "Jinja", "Engine"])
        {
            var project = XDocument.Load(Repository.PathOf("Lakehouse", name, $"Lakehouse.{name}.csproj"));
            Assert.Empty(project.Descendants("PackageReference"));
        }
    }

    /// <summary>Clients of remote stores are in one library.</summary>
    [Fact]
    public void Storage_alone_knows_the_clients_of_stores()
    {
        foreach (var project in Projects())
        {
            var packages = XDocument.Load(project).Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value).Where(p => p is not ("Polly.Core"));
            if (Path.GetFileNameWithoutExtension(project) == "Lakehouse.Storage")
            {
                Assert.Equal(["AWSSDK.S3", "AWSSDK.SecurityToken", "Azure.Identity"], packages);
            }
            else
            {
                Assert.DoesNotContain(packages, package => package.StartsWith("AWSSDK", StringComparison.Ordinal) || package.StartsWith("Azure", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Only_the_catalog_knows_the_database()
    {
        foreach (var project in Projects())
        {
            if (Path.GetFileNameWithoutExtension(project) is not "Catalog.Api")
            {
                var packages = XDocument.Load(project).Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value);
                Assert.DoesNotContain(packages, package => package.Contains("Npgsql", StringComparison.Ordinal) || package.Contains("EntityFramework", StringComparison.Ordinal));
            }
        }
    }

    static List<string> References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Where(r => !IsStartedOnly(r))
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    static IEnumerable<string> Projects() => SourceTree.Files("*.csproj").Where(path => !SourceTree.IsTestOrBench(path));
}
