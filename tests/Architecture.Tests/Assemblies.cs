using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LakeAspire.Architecture.Tests;

/// <summary>What compiled assemblies use, read without loading them.</summary>
internal static class Assemblies
{
    public static IReadOnlyList<string> TypesUsedBy(string path) => Read(path, metadata => metadata.TypeReferences
        .Select(handle => metadata.GetTypeReference(handle))
        .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"));

    public static IReadOnlyList<string> ReferencedBy(string path) => Read(path, metadata => metadata.AssemblyReferences
        .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)));

    static List<string> Read(string path, Func<MetadataReader, IEnumerable<string>> select)
    {
        using var file = new PEReader(File.OpenRead(path));
        return [.. select(file.GetMetadataReader())];
    }
}
