namespace Lakehouse.Jinja.Lexing;

internal enum TokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    Eof,
}

/// <summary>A token. <paramref name="Value"/> is the text of data, a name or an operator; <paramref name="Literal"/> the value of a literal.</summary>
internal readonly record struct Token(TokenKind Kind, string Value, object? Literal, int Line, int Column, int At = 0)
{
    public bool Is(string op) => Kind == TokenKind.Operator && Value == op;

    public bool IsName(string name) => Kind == TokenKind.Name && Value == name;

    /// <summary>How Jinja names the token in its messages.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.Data => "template data / text",
        TokenKind.VariableBegin => "begin of print statement",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.String => "string",
        TokenKind.Integer => "integer",
        TokenKind.Float => "float",
        TokenKind.Eof => "end of template",
        _ => Value,
    };
}
