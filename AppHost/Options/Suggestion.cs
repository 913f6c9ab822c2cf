namespace LakeAspire.AppHost.Options;

/// <summary>What somebody who mistyped an option may have meant.</summary>
internal static class Suggestion
{
    const int Near = 3;

    public static string For(string flag)
    {
        var nearest = LakeOption.All.Concat(LakeOption.OfHost).Select(o => (o.Flag, Distance: Distance(flag, o.Flag))).MinBy(o => o.Distance);
        return nearest.Distance <= Near ? $"Unknown option {flag}: did you mean {nearest.Flag}?" : $"Unknown option {flag}: --help lists the options.";
    }

    /// <summary>Levenshtein distance.</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
