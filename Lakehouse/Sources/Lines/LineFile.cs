namespace Lakehouse.Sources.Lines;

/// <summary>A file of lines to read.</summary>
/// <param name="Number">What its rows are marked with.</param>
/// <param name="Path">Local path.</param>
public sealed record LineFile(int Number, string Path);
