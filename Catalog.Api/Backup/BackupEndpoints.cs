using System.Globalization;
using System.Text;
using LakeAspire.Catalog.Http;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Backup;

internal sealed record RestoredBody(DateTimeOffset CreatedAt, long Tables, long Rows, BackupHead? Head, IReadOnlyList<string> MigrationsApplied)
{
    public required string Warehouse { get; init; }
}

/// <summary><c>POST /api/backup</c> and <c>POST /api/restore</c>: for who runs the installation, not for its users.</summary>
internal static class BackupEndpoints
{
    /// <summary>The passphrase of an archive, as base64 of UTF-8; without it the key of the installation.</summary>
    public const string PassphraseHeader = "LakeAspire-Passphrase";

    const int MinPassphrase = 12;

    public static void MapBackup(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/backup", async (HttpContext context, BackupWriter writer, IOptions<LakeAuthOptions> keys, TimeProvider time, CancellationToken cancellationToken) =>
        {
            var secret = SecretOf(context.Request, keys.Value);
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Response.ContentType = "application/zip";
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"lake-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.zip\"";
            await writer.WriteAsync(context.Response.BodyWriter.AsStream(leaveOpen: true), secret, cancellationToken);
        }).RequireAuthorization(LakeRoles.User).WithMetadata(new AnswersIn("application/zip"));

        routes.MapPost("/api/restore", async (HttpContext context, bool? replace, bool? unsigned, RestoreRunner runner, IOptions<LakeAuthOptions> keys, CancellationToken cancellationToken) =>
        {
            var secret = SecretOf(context.Request, keys.Value);
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            await using var spool = await SpoolAsync(context.Request.Body, cancellationToken);
            try
            {
                var restored = await runner.RestoreAsync(spool, secret.Text, replace ?? false, unsigned ?? false, cancellationToken);
                return Results.Json(BodyOf(restored));
            }
            catch (BackupException exception)
            {
                throw new ApiException(409, exception.Message, "RestoreRefusedException");
            }
        }).RequireAuthorization(LakeRoles.User);

        routes.MapPost("/api/backup/verify", async (HttpContext context, RestoreRunner runner, IOptions<LakeAuthOptions> keys, CancellationToken cancellationToken) =>
        {
            var secret = SecretOf(context.Request, keys.Value);
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            await using var spool = await SpoolAsync(context.Request.Body, cancellationToken);
            try
            {
                return Results.Json(BodyOf(await runner.VerifyAsync(spool, secret.Text, cancellationToken)));
            }
            catch (BackupException exception)
            {
                throw new ApiException(409, exception.Message, "BackupRefusedException");
            }
        }).RequireAuthorization(LakeRoles.User);
    }

    static RestoredBody BodyOf(Restored restored) =>
        new(restored.Manifest.CreatedAt, restored.Manifest.Tables.Count, restored.Rows, restored.Manifest.Head, restored.MigrationsApplied) { Warehouse = restored.Manifest.Warehouse };

    static BackupSecret SecretOf(HttpRequest request, LakeAuthOptions keys)
    {
        if (request.Headers[PassphraseHeader].ToString() is not { Length: > 0 } header)
        {
            return new BackupSecret(BackupSecret.Installation, keys.UserKey);
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(header));
            return text.Length >= MinPassphrase ? new BackupSecret(BackupSecret.Passphrase, text) : throw CatalogErrors.BadRequest($"the passphrase has fewer than {MinPassphrase} characters");
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw CatalogErrors.BadRequest($"the header {PassphraseHeader} is not base64 of UTF-8");
        }
    }

    /// <summary>An archive is read twice, checked and then restored, from a file that nobody else sees and that goes with its handle.</summary>
    static async Task<FileStream> SpoolAsync(Stream body, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"lake-restore-{Guid.CreateVersion7():N}"), options);
        try
        {
            await body.CopyToAsync(file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
