using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LakeAspire.Testing;

namespace Lakehouse.Engine.Tests.Native;

/// <summary>native/fetch.mjs with the real node and npm, against a registry of our own.</summary>
public sealed partial class FetchTests : IDisposable
{
    readonly TempFolder folder = new();
    readonly FakeRegistry registry = new();

    public FetchTests()
    {
        Directory.CreateDirectory(folder.Below("native", "duckdb"));
        foreach (var file in new[] { "fetch.mjs", "parts.mjs" })
        {
            File.Copy(Repository.PathOf("native", file), folder.Below("native", file));
        }

        var lockFile = File.ReadAllText(Repository.PathOf("native", "duckdb", "package-lock.json"));
        File.WriteAllText(LockFile, LinuxEntry().Replace(lockFile, match => match.Groups[1].Value + registry.Integrity));
    }

    string LockFile => folder.Below("native", "duckdb", "package-lock.json");

    string Cache => folder.Below("cache");

    public void Dispose()
    {
        registry.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task APartIsFetchedOnceAndFoundFromThenOn()
    {
        var (code, output, _) = await FetchAsync();
        Assert.Equal(0, code);
        var part = output.Trim();
        Assert.StartsWith(Cache, part, StringComparison.Ordinal);
        Assert.Equal("not the real one", await File.ReadAllTextAsync(Path.Combine(part, "libduckdb.so"), TestContext.Current.CancellationToken));
        Assert.Equal((0, output, ""), await FetchAsync());
        Assert.Equal(1, registry.Downloads);
        Assert.Equal([part], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(part)!));
    }

    [Fact]
    public async Task SeveralAtOnceFetchOnce()
    {
        var all = await Task.WhenAll(FetchAsync(), FetchAsync(), FetchAsync());
        Assert.All(all, one => Assert.Equal(0, one.Code));
        Assert.Single(all.Select(one => one.Output).Distinct());
        Assert.Equal(1, registry.Downloads);
    }

    [Fact]
    public async Task WhatAKilledFetchLeftIsInNobodysWay()
    {
        var part = (await FetchAsync()).Output.Trim();
        File.Delete(Path.Combine(part, ".complete"));
        File.Delete(Path.Combine(part, "libduckdb.so"));
        Directory.CreateDirectory(part + ".tmp-left");
        await File.WriteAllTextAsync(part + ".lock", "", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(part + ".lock", DateTime.UnixEpoch);
        Assert.Equal(0, (await FetchAsync()).Code);
        Assert.True(File.Exists(Path.Combine(part, "libduckdb.so")));
        Assert.Equal([part], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(part)!));
    }

    [Fact]
    public async Task ACorruptDownloadIsOneLineThatSaysWhatToDo()
    {
        registry.Corrupt = true;
        await RefusedAsync("with other content than its lock file says");
        registry.Corrupt = false;
        Assert.Equal(0, (await FetchAsync()).Code);
    }

    [Fact]
    public async Task AnUnreachableRegistryIsOneLineThatSaysWhatToDo()
    {
        registry.Dispose();
        await RefusedAsync("registry cannot be reached (ECONNREFUSED); connect to the network");
    }

    [Fact]
    public async Task NoNpmIsOneLineThatSaysWhatToDo()
    {
        var only = Directory.CreateDirectory(folder.Below("bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(only, "node"), Which("node"));
        await RefusedAsync("npm is not on the PATH; install Node.js 20", path: only);
    }

    [Fact]
    public async Task APlatformWithoutAPackageIsOneLineThatNamesThoseThatHaveOne() =>
        await RefusedAsync("no package of it for linux-riscv64, only for linux-x64", arguments: ["--platform", "linux-riscv64"]);

    [Fact]
    public async Task ACacheThatCannotBeWrittenIsOneLineThatSaysWhatToDo()
    {
        await File.WriteAllTextAsync(Cache, "a file", TestContext.Current.CancellationToken);
        await RefusedAsync("set LAKEASPIRE_NATIVE");
    }

    [Fact]
    public void LockFilesPinEveryPackageByItsHashAndNameNoAddress()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("native"), "package-lock.json", SearchOption.AllDirectories).Where(file => !file.Contains("node_modules", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("resolved", text, StringComparison.Ordinal);
            Assert.Equal(Packages().Count(text), Hashes().Count(text));
            Assert.NotEmpty(Hashes().Matches(text));
        }
    }

    static string Which(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(path => Path.Combine(path, program)).First(File.Exists);

    async Task RefusedAsync(string message, string? path = null, string[]? arguments = null)
    {
        var (code, output, error) = await FetchAsync(path, arguments);
        Assert.Equal((1, ""), (code, output));
        var refusal = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith("fetching ", StringComparison.Ordinal));
        Assert.StartsWith("cannot fetch DuckDB: ", refusal, StringComparison.Ordinal);
        Assert.Contains(message, refusal, StringComparison.Ordinal);
    }

    async Task<(int Code, string Output, string Error)> FetchAsync(string? path = null, string[]? arguments = null)
    {
        Needs.Require(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "linux-x64, whose package the test's registry has");
        var start = new ProcessStartInfo(Which("node")) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[folder.Below("native", "fetch.mjs"), "duckdb", .. arguments ?? []])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LAKEASPIRE_NATIVE"] = Cache;
        start.Environment["npm_config_registry"] = registry.Address;
        start.Environment["npm_config_cache"] = folder.Below("npm");
        start.Environment["npm_config_fetch_retries"] = "0";
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    [GeneratedRegex("""("node_modules/@duckdb/node-bindings-linux-x64": \{\s*"version": "[^"]*",\s*"integrity": ")[^"]*""")]
    private static partial Regex LinuxEntry();

    [GeneratedRegex("\"node_modules/")]
    private static partial Regex Packages();

    [GeneratedRegex("\"integrity\": \"sha512-")]
    private static partial Regex Hashes();
}
