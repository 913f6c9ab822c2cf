using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Metadata;

namespace LakeAspire.Catalog.Resolution;

/// <summary>What views are, as queries need it.</summary>
internal sealed class ViewDefinitions(MetadataFiles files)
{
    const string Dialect = "duckdb";

    /// <param name="location">The view's metadata file.</param>
    /// <param name="definer">Who wrote its current version.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ViewBody> ReadAsync(string location, string? definer, CancellationToken cancellationToken)
    {
        var metadata = await files.ReadViewAsync(location, cancellationToken);
        var version = metadata.CurrentVersion;
        var sql = version.SqlFor(Dialect);
        return new ViewBody(
            sql.Sql, sql.Dialect, string.IsNullOrEmpty(definer) ? null : definer, version.DefaultNamespace.Count == 0 ? null : DottedName.Join(version.DefaultNamespace),
            [.. metadata.CurrentSchema.Fields.Select(field => new ColumnBody(field.Name, (field.Type as PrimitiveType)?.ToString()))]);
    }
}
