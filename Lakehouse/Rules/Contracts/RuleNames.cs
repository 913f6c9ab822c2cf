namespace Lakehouse.Rules.Contracts;

/// <summary>Names of the rules that an event can break, as they stand in the quarantine.</summary>
public static class RuleNames
{
    /// <summary>The line is no JSON (RFC 8259), or not UTF-8.</summary>
    public const string MalformedJson = "json.malformed";

    /// <summary>The line is JSON but no object.</summary>
    public const string NotAnObject = "json.not_object";

    /// <summary>The line is longer than lines may be.</summary>
    public const string LineTooLong = "line.too_long";

    /// <summary>A row of a CSV file doesn't fit its header.</summary>
    public const string MalformedCsv = "csv.malformed";

    /// <summary>The file as a whole cannot be read.</summary>
    public const string UnreadableFile = "file.unreadable";

    /// <summary>A declared field's value does not convert to its type without loss.</summary>
    public const string Type = "contract.type";

    /// <summary>A required field is missing.</summary>
    public const string Required = "contract.required";
}
