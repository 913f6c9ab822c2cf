using LakeAspire.AppHost.Options;

namespace LakeAspire.Hosting.Tests.Options;

public sealed class OptionsTests
{
    [Fact]
    public void Defaults()
    {
        var options = Read();
        Assert.Equal((null, 5080, "watchlog", 600_000L, true, false), (options.DataDir, options.BasePort, options.Sample, options.SampleEvents, options.Dashboard, options.IsPublish));
    }

    [Theory]
    [InlineData("--data-dir /x --base-port 0 --sample none --sample-events 7 --no-dashboard")]
    [InlineData("--data-dir=/x --base-port=0 --sample=none --sample-events=7 --no-dashboard=true")]
    public void Flags(string line)
    {
        var options = Read(line.Split(' '));
        Assert.Equal(("/x", 0, null, 7L, false), (options.DataDir, options.BasePort, options.Sample, options.SampleEvents, options.Dashboard));
    }

    [Fact]
    public void Environment_gives_way_to_flags()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LAKEASPIRE_DATA_DIR"] = "/env", ["LAKEASPIRE_BASE_PORT"] = "7000", ["LAKEASPIRE_SAMPLE"] = "none", ["LAKEASPIRE_SAMPLE_EVENTS"] = "9", ["LAKEASPIRE_NO_DASHBOARD"] = "1",
        };
        var options = LakeOptions.Read(["--base-port", "8000"], environment.GetValueOrDefault);
        Assert.Equal(("/env", 8000, null, 9L, false), (options.DataDir, options.BasePort, options.Sample, options.SampleEvents, options.Dashboard));
    }

    [Fact]
    public void What_the_host_itself_takes_is_passed_on()
    {
        var options = Read("--no-dashboard", "--publisher", "manifest", "--output-path=/tmp/m.json");
        Assert.True(options.IsPublish);
        Assert.Equal(["--publisher", "manifest", "--output-path", "/tmp/m.json"], options.HostArguments);
    }

    [Theory]
    [InlineData("--base-prot 1", "Unknown option --base-prot: did you mean --base-port?")]
    [InlineData("--frobnicate", "Unknown option --frobnicate: --help lists the options.")]
    [InlineData("serve", "Unknown option serve: --help lists the options.")]
    [InlineData("--base-port", "--base-port needs a value: --base-port N.")]
    [InlineData("--data-dir --no-dashboard", "--data-dir needs a value: --data-dir PATH.")]
    [InlineData("--base-port 65528", "--base-port is a whole number from 0 to 65527 (0 for free ports, or the first of nine ports), not '65528'.")]
    [InlineData("--base-port -1", "--base-port is a whole number from 0 to 65527 (0 for free ports, or the first of nine ports), not '-1'.")]
    [InlineData("--sample-events many", "--sample-events is a whole number from 0 to 1000000000000 (a count of events), not 'many'.")]
    [InlineData("--sample retail", "There is no sample 'retail': --sample is watchlog or none.")]
    [InlineData("--store /folder", "--store is s3://BUCKET/PREFIX or az://CONTAINER/PREFIX, not '/folder'.")]
    [InlineData("--store s3://", "--store is s3://BUCKET/PREFIX or az://CONTAINER/PREFIX, not 's3://'.")]
    [InlineData("--store s3://bucket//prefix", "--store is s3://BUCKET/PREFIX or az://CONTAINER/PREFIX, not 's3://bucket//prefix'.")]
    [InlineData("--store-encryption des", "--store-encryption is AES256, aws:kms or aws:kms=KEY, not 'des'.")]
    [InlineData("--store-cache 0", "--store-cache is at least 1.")]
    [InlineData("--no-dashboard=perhaps", "--no-dashboard is true or false, not 'perhaps'.")]
    public void Errors_are_one_line_that_helps(string line, string message) => Assert.Equal(message, Assert.Throws<OptionException>(() => Read(line.Split(' '))).Message);

    [Fact]
    public void An_error_in_the_environment_names_the_variable()
    {
        var error = Assert.Throws<OptionException>(() => LakeOptions.Read([], name => name == "LAKEASPIRE_BASE_PORT" ? "x" : null));
        Assert.StartsWith("LAKEASPIRE_BASE_PORT is a whole number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_option_and_variable_within_100_columns()
    {
        var text = HelpText.Create();
        foreach (var option in LakeOption.All)
        {
            Assert.Contains(option.Flag, text, StringComparison.Ordinal);
            Assert.Contains(option.Variable, text, StringComparison.Ordinal);
        }

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    [Theory]
    [InlineData("--store s3://bucket/a/b/ --store-encryption AES256", "s3://bucket/a/b", "AES256", null)]
    [InlineData("--store az://container --store-cache 5", "az://container", null, null)]
    [InlineData("--store=s3://bucket --store-encryption=aws:kms=arn:aws:kms:eu:1:key/2", "s3://bucket", "aws:kms", "arn:aws:kms:eu:1:key/2")]
    public void A_store_and_its_encryption(string line, string location, string? encryption, string? key)
    {
        var options = Read(line.Split(' '));
        Assert.Equal((location, encryption, key), (options.Store!.Location, options.StoreEncryption, options.StoreKmsKey));
    }

    [Fact]
    public void Services_are_given_what_the_environment_says_of_their_store()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["AWS_ACCESS_KEY_ID"] = "a", ["AWS_SECRET_ACCESS_KEY"] = "b", ["AZURE_STORAGE_KEY"] = "c", ["AWS_REGION"] = "" };
        var s3 = Read("--store", "s3://bucket").Store!.Settings(environment.GetValueOrDefault);
        Assert.Equal([("aws-access-key-id", "Lake__Storage__S3__AccessKey", "a", true), ("aws-secret-access-key", "Lake__Storage__S3__SecretKey", "b", true)], s3);
        var azure = Read("--store", "az://container").Store!.Settings(environment.GetValueOrDefault);
        Assert.Equal([("azure-storage-key", "Lake__Storage__Azure__AccountKey", "c", true)], azure);
    }

    static LakeOptions Read(params string[] args) => LakeOptions.Read(args, _ => null);
}
