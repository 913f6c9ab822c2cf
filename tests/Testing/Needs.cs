using Xunit;

namespace LakeAspire.Testing;

/// <summary>What a bare machine may lack. A test that needs it says so, and is an error where CI promises to have it.</summary>
public static class Needs
{
    /// <summary>Ends the test as "not run: needs X" when <paramref name="present"/> is false; fails it when <c>LAKEASPIRE_CI=1</c>.</summary>
    public static void Require(bool present, string what)
    {
        if (present)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("LAKEASPIRE_CI") == "1")
        {
            Assert.Fail($"needs {what}, which CI installs");
        }

        Assert.Skip($"not run: needs {what}");
    }

    /// <summary>Debian's Chromium.</summary>
    public static string Chromium()
    {
        const string path = "/usr/bin/chromium";
        Require(File.Exists(path), "Chromium (/usr/bin/chromium)");
        return path;
    }

    /// <summary>The folder of golden data: <c>LAKEASPIRE_GOLDEN</c>, or <c>../shared/golden</c> beside the repository.</summary>
    public static string Golden(string folder)
    {
        var path = FindGolden(folder);
        Require(path is not null, $"golden data ({folder} below LAKEASPIRE_GOLDEN)");
        return path!;
    }

    /// <summary>The folder of golden data, or null where there is none: for tests that say less without it, beside one that says that it was missing.</summary>
    public static string? FindGolden(string folder)
    {
        var root = Environment.GetEnvironmentVariable("LAKEASPIRE_GOLDEN") ?? Path.Combine(Repository.Root, "..", "shared", "golden");
        var path = Path.GetFullPath(Path.Combine(root, folder));
        return Directory.Exists(path) ? path : null;
    }
}
