namespace LakeAspire.Catalog.Access;

/// <summary>What access logs. Event ids 2060 to 2069.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(EventId = 2060, Level = LogLevel.Warning, Message = "{Rows} rows of the audit log could not be written yet; trying again")]
    public static partial void AuditDelayed(ILogger logger, Exception exception, int rows);

    [LoggerMessage(EventId = 2061, Level = LogLevel.Information, Message = "Tokens are signed with the new key {KeyId}")]
    public static partial void KeyRotated(ILogger logger, string keyId);

    [LoggerMessage(EventId = 2062, Level = LogLevel.Warning, Message = "When keys were last used, or which were forgotten, could not be written; trying again later")]
    public static partial void CareFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2063, Level = LogLevel.Warning, Message = "Signing key {KeyId} cannot be opened with the key of this installation; another one is made")]
    public static partial void KeySealed(ILogger logger, string keyId);
}
