using System.Globalization;
using System.Text;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>The processes of this machine, from /proc.</summary>
public static class ProcessTree
{
    public sealed record Entry(int Id, int Parent, string CommandLine);

    public static IReadOnlyList<Entry> All() => [.. Directory.EnumerateDirectories("/proc").Select(Read).OfType<Entry>()];

    public static IReadOnlyList<Entry> DescendantsOf(int root)
    {
        var all = All();
        var found = new List<Entry>();
        var parents = new HashSet<int> { root };
        for (var grown = true; grown;)
        {
            var next = all.Where(entry => parents.Contains(entry.Parent) && !parents.Contains(entry.Id)).ToList();
            grown = next.Count > 0;
            found.AddRange(next);
            parents.UnionWith(next.Select(entry => entry.Id));
        }

        return found;
    }

    /// <summary>Sum of the proportional set sizes, in bytes.</summary>
    public static long ProportionalSetSize(IEnumerable<int> processes) => processes.Sum(id =>
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    });

    static Entry? Read(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            if (!int.TryParse(Path.GetFileName(folder), out var id))
            {
                return null;
            }

            // The name in parentheses may hold anything; fields go on after the last one.
            var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (rest[0] == "Z")
            {
                return null;
            }

            var command = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Replace('\0', ' ').Trim();
            return new Entry(id, int.Parse(rest[1], CultureInfo.InvariantCulture), command);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
