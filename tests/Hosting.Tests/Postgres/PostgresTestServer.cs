using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Processes;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.Postgres;

/// <summary>A server as a resource of a test's application.</summary>
internal static class PostgresTestServer
{
    public const string Password = "correct horse battery staple";

    public static string Programs
    {
        get
        {
            var folder = typeof(AppHostProject).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "NativePart:postgresql")?.Value;
            Needs.Require(Directory.Exists(folder), "the native part postgresql");
            Needs.Require(!UserSwitch.IsRoot || UserSwitch.Find("postgres", "nobody") is not null, "a user to run PostgreSQL as");
            return folder!;
        }
    }

    public static IResourceBuilder<PostgresServerResource> AddTo(TestApp test, string? data = null)
    {
        // PostgreSQL's user must get through the folder of the test.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(test.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        test.Builder.ConfigureHosting(options =>
        {
            options.PostgresFolder = Programs;
            options.InstallationId = "test";
            options.Fallback = new(test.Below("fallback-data"), test.Below("fallback-programs"));
        });
        var password = test.Builder.AddParameter("password", Password, secret: true);
        return test.Builder.AddPostgres("pg", password: password).WithDataBindMount(data ?? test.Below("postgres"));
    }

    /// <summary>The state in <c>pg_control</c> (<c>DBState</c> in PostgreSQL's <c>pg_control.h</c>): 1 is "shut down".</summary>
    public static int ControlState(string data) => BitConverter.ToInt32(File.ReadAllBytes(Path.Combine(data, "global", "pg_control")), 16);
}
