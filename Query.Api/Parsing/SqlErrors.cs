using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Query.Parsing;

/// <summary>The errors of a query, as the caller gets them.</summary>
internal static class SqlErrors
{
    /// <summary>Views that read one another in a way that has no end.</summary>
    public const string ViewPath = "SqlViewPathException";

    public static ApiException Syntax(string message) => new(400, message, "SqlSyntaxException");

    public static ApiException Bind(string message) => new(400, message, "SqlBindException");

    public static ApiException NotAllowed(string message) => new(403, message, "SqlNotAllowedException");

    public static ApiException Limit(string message) => new(413, message, "SqlLimitException");

    public static ApiException Busy(string message) => new(429, message, "SqlLimitException");

    public static ApiException Timeout(TimeSpan limit) => new(408, $"The query took longer than {limit.TotalSeconds:0.###} seconds and was stopped.", "SqlTimeoutException");

    public static ApiException Forbidden(string message) => new(403, message, "ForbiddenException");

    public static ApiException PolicyBroken(string table) => Forbidden($"{table} cannot be read: its row filter or a mask does not fit the columns that it has in this state. Whoever manages it has to change that.");

    public static ApiException PolicyAmbiguous(string table, string column) => Forbidden($"{table} cannot be read: more than one mask of {column} holds for you, and which of them is meant cannot be told. Whoever manages it has to change that.");

    public static ApiException BadPath(string message) => new(400, message, ViewPath);

    public static ApiException ViewBroken(string view, string why) => new(400, $"The view {view} cannot be read: {why}", "SqlBindException");

    public static ApiException NoSuchTable(string name, string hint = "") => new(404, $"Table {name} does not exist{hint}.", "NoSuchTableException");
}
