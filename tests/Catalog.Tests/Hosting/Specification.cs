using System.Runtime.CompilerServices;
using LakeAspire.Conformance.Catalog;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Hosting;

/// <summary>The specification of Iceberg REST, which every client of these tests is held against where it is at hand.</summary>
internal static class Specification
{
    const string Folder = "iceberg-rest";

    static readonly Lazy<IReadOnlyList<OpenApiDocument>?> Found = new(() => Needs.FindGolden(Folder) is { } folder ? ValidatingHandler.Load(folder) : null);

    /// <summary>The description of the catalog; a test that asks for it is not run without.</summary>
    public static OpenApiDocument Catalog
    {
        get
        {
            Needs.Golden(Folder);
            return Found.Value![0];
        }
    }

    /// <summary>The description of the signer of S3 requests.</summary>
    public static OpenApiDocument Signer
    {
        get
        {
            Needs.Golden(Folder);
            return Found.Value![1];
        }
    }

#pragma warning disable CA2255 // This is an application: its tests.
    [ModuleInitializer]
    internal static void Install() => CatalogServer.Through = () => Found.Value is { } documents ? new ValidatingHandler(documents, "/iceberg", "main") : null;
#pragma warning restore CA2255
}
