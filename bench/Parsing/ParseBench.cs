using System.Diagnostics;
using System.Globalization;
using LakeAspire.Testing;
using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Profiles;

namespace LakeAspire.Bench.Parsing;

/// <summary>Parsing of a generated dbt project: cold (no cache) and after one edit, each in a process of its own and once more in a warm one.</summary>
public static class ParseBench
{
    public static async Task<int> RunAsync(string[] args)
    {
        var at = Array.IndexOf(args, "--models");
        var models = at >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 1000;
        using var folder = new TempFolder();
        var project = folder.Below("project");
        Generate(project, models);
        var cache = folder.Below("cache.bin");
        for (var round = 0; round < 5; round++)
        {
            File.Delete(cache);
            var cold = await ChildAsync(project, cache);
            await File.AppendAllTextAsync(Path.Combine(project, "models", "layer_5", "m_55.sql"), $"-- {round}\n");
            var edited = await ChildAsync(project, cache);
            Console.WriteLine($"{models} models: cold {cold}, after one edit {edited}");
        }

        return 0;
    }

    /// <summary>Parses once as the process finds it, then after further edits in the warm process; writes the times.</summary>
    public static int Child(string project, string cache)
    {
        var times = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            if (round > 0)
            {
                File.AppendAllText(Path.Combine(project, "models", "layer_5", "m_55.sql"), $"-- warm {round}\n");
            }

            var since = Stopwatch.StartNew();
            var parsed = ProjectParser.Parse(new ParseOptions { ProjectDir = project, Target = new ProfileTarget { ProfileName = "bench", Name = "dev", Schema = "main" }, CacheFile = cache });
            times.Add(string.Create(CultureInfo.InvariantCulture, $"{since.Elapsed.TotalMilliseconds:0} ms"));
            GC.KeepAlive(parsed);
        }

        Console.WriteLine($"{times[0]} (then warm, an edit each: {string.Join(", ", times.Skip(1))})");
        return 0;
    }

    static async Task<string> ChildAsync(string project, string cache)
    {
        using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(ParseBench).Assembly.Location, "parse-child", project, cache]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var line = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return line.Trim();
    }

    static void Generate(string project, int models)
    {
        Directory.CreateDirectory(Path.Combine(project, "macros"));
        File.WriteAllText(Path.Combine(project, "dbt_project.yml"), "name: big\nprofile: bench\nmodels:\n  big:\n    +materialized: view\n    layer_0: {+materialized: table, +tags: [base]}\n");
        File.WriteAllText(Path.Combine(project, "macros", "m.sql"), "{% macro cents(c) %}round({{ c }} / 100.0, 2){% endmacro %}\n");
        for (var group = 0; group < models / 10; group++)
        {
            var folder = Path.Combine(project, "models", $"layer_{group % 10}");
            Directory.CreateDirectory(folder);
            var yaml = "version: 2\nmodels:\n";
            for (var i = group * 10; i < (group * 10) + 10; i++)
            {
                var from = i < 10 ? "{{ source('raw', 'events') }}" : $"{{{{ ref('m_{i - 10}') }}}}";
                var join = i >= 20 ? $"join {{{{ ref('m_{i / 2}') }}}} x using (id)\n" : "";
                File.WriteAllText(
                    Path.Combine(folder, $"m_{i}.sql"),
                    $"{{{{ config(meta={{'n': {i}}}) }}}}\n{{% set cols = ['a', 'b', 'c'] %}}\nselect id, {{% for c in cols %}}{{{{ cents(c) }}}} as {{{{ c }}}}{{{{ ', ' if not loop.last }}}}{{% endfor %}}\nfrom {from}\n{join}");
                yaml += $"  - name: m_{i}\n    description: Model {i}\n    columns:\n      - name: id\n        description: key\n{(i % 10 == 0 ? "        data_tests: [unique]\n" : "")}      - name: a\n      - name: b\n";
            }

            File.WriteAllText(Path.Combine(folder, $"group_{group}.yml"), yaml);
        }

        File.WriteAllText(Path.Combine(project, "models", "sources.yml"), "sources:\n  - name: raw\n    tables: [{name: events}]\n");
    }
}
