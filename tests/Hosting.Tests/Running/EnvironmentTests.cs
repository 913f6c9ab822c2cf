using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Projects;
using LakeAspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Hosting.Tests.Running;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task Variables_with_hyphens_reach_the_program()
    {
        await using var test = new TestApp();
        test.Builder.AddExecutable("printer", "env", test.Folder).WithEnvironment("services__ingest-api__http__0", "http://127.0.0.1:1");
        await test.StartAsync();
        await test.WaitAsync("printer", KnownResourceStates.Finished);
        Assert.Contains("services__ingest-api__http__0=http://127.0.0.1:1", await test.LogOfAsync(test.Builder.Resources[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_a_program_prints_is_redacted()
    {
        await using var test = new TestApp();
        var secret = test.Builder.AddParameter("key", "s3cret-value-of-the-test", secret: true);
        var program = test.AddScript("printer", "echo \"got $KEY.\"").WithEnvironment("KEY", secret);
        await test.StartAsync();
        await test.WaitAsync("printer", KnownResourceStates.Finished);
        Assert.Contains("got [redacted].", await test.LogOfAsync(program.Resource), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", File.ReadAllText(test.Below("logs/printer.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_gets_what_Aspire_gives_it()
    {
        await using var test = new TestApp();
        var password = test.Builder.AddParameter("db-password", "p@ss/word", secret: true);
        var database = test.Builder.AddPostgres("pg", password: password).AddDatabase("catalog");
        var other = test.Builder.AddProject<Sample>("other-api", launchProfileName: null).WithHttpEndpoint();
        var project = test.Builder.AddProject<Sample>("api", launchProfileName: null).WithHttpEndpoint().WithReference(database).WithReference(other);
        foreach (var endpoint in test.Builder.Resources.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>()))
        {
            endpoint.AllocatedEndpoint = new(endpoint, "127.0.0.1", endpoint.UriScheme == "tcp" ? 5432 : 8080);
        }

        var values = await test.App.Services.GetRequiredService<EnvironmentResolver>().EnvironmentOfAsync(project.Resource, TestContext.Current.CancellationToken);
        Assert.Equal("http://127.0.0.1:8080", values["ASPNETCORE_URLS"]);
        Assert.Equal("http://127.0.0.1:8080", values["services__other-api__http__0"]);
        Assert.Equal("http://127.0.0.1:8080", values["OTHER_API_HTTP"]);
        Assert.Equal("Host=127.0.0.1;Port=5432;Username=postgres;Password=p@ss/word;Database=catalog", values["ConnectionStrings__catalog"]);
        Assert.Equal("postgresql://postgres:p%40ss%2Fword@127.0.0.1:5432/catalog", values["CATALOG_URI"]);
        Assert.Equal("catalog", values["CATALOG_DATABASENAME"]);
        Assert.Equal("true", values["LAKEASPIRE_PARENT_PIPE"]);
        Assert.Equal("0", values["DOTNET_gcServer"]);

        // Without a dashboard there is nowhere to send telemetry to.
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", values.Keys);
    }

    [Fact]
    public async Task A_parameter_without_a_value_says_how_to_give_one()
    {
        await using var test = new TestApp();
        test.Builder.AddParameter("api-key", secret: true);
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(test.StartAsync);
        Assert.Contains("Parameters__api_key", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("has space")]
    [InlineData("double--hyphen")]
    [InlineData("ends-")]
    [InlineData("dots.too")]
    public void Invalid_names_are_refused(string name) =>
        Assert.Throws<ArgumentException>(() => DistributedApplication.CreateBuilder([]).AddExecutable(name, "true", "."));

    [Fact]
    public void Two_resources_cannot_have_one_name()
    {
        var builder = DistributedApplication.CreateBuilder([]);
        builder.AddExecutable("twin", "true", ".");
        Assert.Throws<DistributedApplicationException>(() => builder.AddExecutable("TWIN", "true", "."));
    }

    sealed class Sample : IProjectMetadata, IProjectOutput
    {
        public string ProjectPath => "/nowhere/Sample.csproj";

        public string AssemblyPath => "/nowhere/Sample.dll";
    }
}
