using System.Text;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>The words of a dbt command: flags before the command, the command, options with their values.</summary>
public sealed class GoldenCommand
{
    static readonly HashSet<string> ManyValued = ["--select", "-s", "--exclude", "--models", "-m", "--resource-type", "--resource-types", "--exclude-resource-type", "--exclude-resource-types", "--output-keys"];
    static readonly HashSet<string> Switches = ["--full-refresh", "--fail-fast", "--warn-error", "--store-failures", "--empty", "--no-partial-parse"];

    readonly Dictionary<string, List<string>> options = new(StringComparer.Ordinal);

    public string Verb { get; private set; } = "";

    public IReadOnlyList<string> Words { get; private set; } = [];

    public IReadOnlyList<string> Of(params string[] names) => [.. names.SelectMany(n => options.TryGetValue(n, out var values) ? values : [])];

    public string? One(params string[] names) => Of(names).FirstOrDefault();

    public bool Has(string name) => options.ContainsKey(name);

    public static GoldenCommand Parse(string line)
    {
        var words = Split(line);
        var command = new GoldenCommand();
        var plain = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-'))
            {
                plain.Add(words[i]);
                continue;
            }

            var values = command.options[words[i]] = command.options.GetValueOrDefault(words[i]) ?? [];
            if (Switches.Contains(words[i]))
            {
                continue;
            }

            var most = ManyValued.Contains(words[i]) ? int.MaxValue : 1;
            while (most-- > 0 && i + 1 < words.Count && !words[i + 1].StartsWith('-'))
            {
                values.Add(words[++i]);
            }
        }

        command.Verb = plain.Count > 0 ? plain[0] : "";
        command.Words = plain;
        return command;
    }

    static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char? quote = null;
        var any = false;
        foreach (var c in line)
        {
            if (quote is not null ? c == quote : c is '\'' or '"')
            {
                quote = quote is null ? c : null;
                any = true;
            }
            else if (c == ' ' && quote is null)
            {
                if (any || word.Length > 0)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                any = false;
            }
            else
            {
                word.Append(c);
            }
        }

        if (any || word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
