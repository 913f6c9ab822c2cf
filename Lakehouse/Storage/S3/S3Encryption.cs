using Amazon.S3;

namespace Lakehouse.Storage.S3;

/// <summary>The encryption that writes ask the server for.</summary>
internal static class S3Encryption
{
    /// <summary>Null for the bucket's own setting.</summary>
    public static ServerSideEncryptionMethod? Of(S3Options options) => options.Encryption.Length == 0 ? null : ServerSideEncryptionMethod.FindValue(options.Encryption);

    public static string? KeyOf(S3Options options) => options.KmsKeyId.Length == 0 ? null : options.KmsKeyId;
}
