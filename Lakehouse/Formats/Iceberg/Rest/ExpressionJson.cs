using System.Text.Json;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>
/// Filters as REST clients write them (REST catalog specification, schema "Predicate"), in the present form (<c>child</c>, <c>left</c> and <c>right</c>) and in the older one (<c>term</c> and <c>value</c>). A null value answers Iceberg's
/// negative questions with yes (<c>not-eq</c>, <c>not-in</c>, <c>not-starts-with</c>, <c>not-nan</c>), unlike SQL's: what is read here asks for it by name.
/// </summary>
public static class ExpressionJson
{
    /// <summary>Reads a filter. What lies under functions and transforms is <see cref="Opaque"/>: it rules nothing out.</summary>
    /// <exception cref="LakehouseException">InvalidData: it is malformed, names a field that the schema lacks, or compares one with what is no value of its type.</exception>
    public static Expression Read(JsonElement json, RestFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        try
        {
            return new ExpressionReader(fields).Read(json, negate: false);
        }
        catch (InvalidOperationException error)
        {
            throw LakehouseException.InvalidData("filter: a text in it is no valid Unicode", error);
        }
    }

    /// <summary>Reads a filter from text.</summary>
    /// <inheritdoc cref="Read(JsonElement, RestFields)"/>
    public static Expression Parse(string text, RestFields fields)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(document.RootElement, fields);
        }
        catch (JsonException error)
        {
            throw LakehouseException.InvalidData("filter: not valid JSON", error);
        }
    }

    /// <summary>Writes a filter in the older form, which every client reads. What is <see cref="Opaque"/> is written as true: it is for the reader of the rows to ask.</summary>
    public static void Write(Utf8JsonWriter json, Expression expression)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(expression);
        ExpressionWriter.Write(json, expression.WithoutNot());
    }

    /// <summary>Writes a filter as text.</summary>
    public static string ToText(Expression expression) => JsonText.WriteText(json => Write(json, expression));

    /// <summary>Nested deeper than this, a filter is refused. Clients write a chain of conditions one within the other.</summary>
    public const int MaxDepth = 1000;
}
