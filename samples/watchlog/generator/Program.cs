using LakeAspire.Samples.WatchLog;
using LakeAspire.ServiceDefaults;
using LakeAspire.ServiceDefaults.Discovery;

// Under the AppHost: sends the month to Ingest.Api, once.
// By hand: dotnet run --project samples/watchlog/generator -- --Sample:Output=FOLDER [--Sample:Events=N] [--Sample:Seed=N]
var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var options = configuration.GetSection(SampleOptions.SectionName).Get<SampleOptions>() ?? new SampleOptions();
var generator = new WatchLogGenerator(new WatchLogSize(options.Events, options.Seed));
if (options.Output is { } folder)
{
    Directory.CreateDirectory(folder);
    foreach (var day in WatchLogGenerator.AllDays)
    {
        await using var file = File.Create(Path.Combine(folder, WatchLogGenerator.FileName(day)));
        await generator.WriteDayAsync(day, file, CancellationToken.None);
    }

    Console.WriteLine($"Wrote {options.Events:N0} events in {WatchLogGenerator.Days} files to {folder}");
    return 0;
}

var mark = options.DataDir is { } dataDir ? Path.Combine(dataDir, "sample-watchlog.done") : null;
var content = $"{options.Events} events, seed {options.Seed}";
if (mark is not null && File.Exists(mark) && await File.ReadAllTextAsync(mark) == content)
{
    Console.WriteLine("The sample month is here already.");
    return 0;
}

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.AddServiceDefaults();
builder.Services.AddServiceClient("ingest-api");
builder.Services.AddSingleton<SampleLoader>();
await using var app = builder.Build();
app.UseServiceDefaults();
await app.StartAsync();
await app.Services.GetRequiredService<SampleLoader>().LoadAsync(generator, app.Lifetime.ApplicationStopping);
if (mark is not null)
{
    await File.WriteAllTextAsync(mark, content);
}

await app.StopAsync();
return 0;
