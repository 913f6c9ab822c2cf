using System.Text;

namespace LakeAspire.AppHost.Options;

internal static class HelpText
{
    const int Indent = 25;
    const int Width = 100;

    public static string Create()
    {
        var text = new StringBuilder("LakeAspire: starts all services, and stops them with Ctrl-C.\n\nUsage: dotnet run --project AppHost -- [options]\n\nOptions:\n");
        foreach (var option in LakeOption.All)
        {
            Append(text, Signature(option), $"{option.Help} [{option.Variable}]");
        }

        Append(text, "--help", "this text");
        text.Append("\nDeployment:\n");
        foreach (var option in LakeOption.OfHost.Take(2))
        {
            Append(text, Signature(option), option.Help);
        }

        return text.Append("\nEnvironment variables, in brackets, do the same as their options, which win over them.\n").ToString();
    }

    static string Signature(LakeOption option) => option.Value is null ? option.Flag : $"{option.Flag} {option.Value}";

    static void Append(StringBuilder text, string signature, string help)
    {
        var line = "  " + signature.PadRight(Indent - 2);
        if (line.Length > Indent)
        {
            text.Append(line).Append('\n');
            line = new string(' ', Indent);
        }

        foreach (var word in help.Split(' '))
        {
            if (line.Length + word.Length + 1 > Width)
            {
                text.Append(line.TrimEnd()).Append('\n');
                line = new string(' ', Indent);
            }

            line += (line.Length > Indent ? " " : "") + word;
        }

        text.Append(line).Append('\n');
    }
}
