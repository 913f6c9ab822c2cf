using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Models in Python are listed and take their place in the graph; they are refused when they are to run.</summary>
internal static partial class PythonModels
{
    public static SqlOutcome Read(SqlPiece piece)
    {
        var state = new ParseState();
        foreach (Match call in Call().Matches(piece.Code))
        {
            var arguments = Argument().Matches(call.Groups["arguments"].Value).Select(a => a.Groups["text"].Value).ToArray();
            var line = BlockScanner.LineOf(piece.Code, call.Index);
            switch (call.Groups["name"].Value, arguments)
            {
                case ("ref", [var name]):
                    state.Refer(new NodeRef(name, null, null, piece.OriginalFilePath, line));
                    break;
                case ("ref", [var package, var name]):
                    state.Refer(new NodeRef(name, package, null, piece.OriginalFilePath, line));
                    break;
                case ("source", [var source, var table]):
                    state.Read(new SourceRef(source, table, piece.OriginalFilePath, line));
                    break;
            }
        }

        state.ConfigCall.Set("materialized", "table");
        foreach (Match match in Materialized().Matches(piece.Code))
        {
            state.ConfigCall.Set("materialized", match.Groups["text"].Value);
        }

        return SqlOutcome.Of(state);
    }

    [GeneratedRegex(@"\bdbt\.(?<name>ref|source)\((?<arguments>[^)]*)\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Call();

    [GeneratedRegex(@"['""](?<text>[^'""]*)['""]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Argument();

    [GeneratedRegex(@"\bdbt\.config\([^)]*materialized\s*=\s*['""](?<text>\w+)['""]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Materialized();
}
