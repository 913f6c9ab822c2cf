using System.Collections.Immutable;

namespace LakeAspire.Hosting.Logging;

/// <summary>Keeps secrets that the host hands out from coming back in what a program prints.</summary>
internal sealed class LogRedaction
{
    const int ShortestSecret = 8;
    ImmutableArray<string> secrets = [];

    public void Add(string? secret)
    {
        if (secret?.Length >= ShortestSecret)
        {
            ImmutableInterlocked.Update(ref secrets, (all, one) => all.Contains(one) ? all : all.Add(one), secret);
        }
    }

    public string Apply(string text)
    {
        foreach (var secret in secrets)
        {
            if (text.Contains(secret, StringComparison.Ordinal))
            {
                text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
            }
        }

        return text;
    }
}
