namespace Lakehouse.Jinja;

/// <summary>What one rendering may use. Reaching a limit ends it with <see cref="JinjaErrorKind.Limit"/>.</summary>
/// <param name="Steps">Nodes evaluated, and elements and characters of the values that are built; 20 million by default.</param>
/// <param name="Output">Characters of the output, of each captured block and of each string that is built; 16 million by default.</param>
/// <param name="Depth">Nesting of calls, blocks and expressions; 1000 by default.</param>
public sealed record JinjaLimits(long Steps = 20_000_000, int Output = 16_000_000, int Depth = 1000)
{
    /// <summary>Nesting of expressions and blocks that the parser accepts.</summary>
    internal const int ParseDepth = 150;
}
