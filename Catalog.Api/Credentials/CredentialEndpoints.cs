using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Signing;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Credentials;

/// <summary>Credentials of Iceberg REST.</summary>
internal static class CredentialEndpoints
{
    public static void AddDelegation(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DelegationOptions>().BindConfiguration(DelegationOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RawTables>();
        builder.Services.AddSingleton<TablePlaces>();
        builder.Services.AddSingleton<NeededFiles>();
        builder.Services.AddSingleton<RequestSigning>();
        builder.Services.AddSingleton<Delegations>();
    }

    public static void MapCredentials(this IEndpointRouteBuilder routes) => routes.MapGet(
        "/namespaces/{ns}/tables/{table}/credentials",
        async (string ns, string table, LakeView view, Caller caller, RawTables tables, MetadataFiles files, Delegations delegations, CancellationToken cancellationToken) =>
        {
            var pointer = await tables.ReadableAsync(view, TableName.Parse(NamespaceName.ParseRoute(ns), table), caller, cancellationToken);
            var metadata = await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
            return Results.Json(new LoadCredentialsResponse(await delegations.CredentialsAsync(view, pointer, metadata, caller, cancellationToken)), IcebergBodies.Json);
        }).ForPrincipals();
}
