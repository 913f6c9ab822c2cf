using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Access;

/// <summary>Policies as they are typed.</summary>
internal static class PolicyTexts
{
    /// <summary>Whether a text is NAMESPACE.TABLE.</summary>
    public static bool IsTable(string text) => TableName.Parse(text) is not null;

    /// <summary>Masks as lines.</summary>
    public static string Of(IReadOnlyDictionary<string, string> masks) => string.Join('\n', masks.Select(mask => $"{mask.Key} = {mask.Value}"));

    /// <summary>Lines of <c>column = expression</c>.</summary>
    /// <exception cref="LakeException">A line is none.</exception>
    public static Dictionary<string, string> Masks(string? text)
    {
        var masks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !masks.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim()))
            {
                throw new LakeException(LakeErrorKind.Refused, equals < 1 ? $"A mask is written as column = expression, not as “{line}”." : $"There are two masks of {line[..equals].Trim()}.");
            }
        }

        return masks;
    }

    /// <summary>Names with commas between them.</summary>
    public static IReadOnlyList<string> Names(string? text) => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
