namespace Lakehouse.Storage;

/// <summary>Tells a full disk or an exhausted quota from other failures.</summary>
internal static class DiskSpace
{
    const int Enospc = 28;
    const int EdquotLinux = 122;
    const int EdquotMac = 69;
    const int WindowsDiskFull = unchecked((int)0x80070070);
    const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsExhausted(IOException exception) =>
        OperatingSystem.IsWindows()
            ? exception.HResult is WindowsDiskFull or WindowsHandleDiskFull
            : exception.HResult is Enospc || exception.HResult == (OperatingSystem.IsMacOS() ? EdquotMac : EdquotLinux);
}
