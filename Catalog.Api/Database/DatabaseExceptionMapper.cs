using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Database;

/// <summary>A database that is away is no fault of the service: 503, so that callers come again.</summary>
internal sealed class DatabaseExceptionMapper : IExceptionMapper
{
    public ApiException? Map(Exception exception) => Cause(exception) switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => CatalogErrors.Unavailable("The catalog's database is not migrated yet."),
        PostgresException { SqlState: PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.CharacterNotInRepertoire } => CatalogErrors.BadRequest("A text contains a character that cannot be stored."),
        { IsTransient: true } when IsUpdate(exception) => CatalogErrors.ChangeInDoubt(),
        { IsTransient: true } => CatalogErrors.Unavailable("The catalog's database cannot be reached."),
        _ => null,
    };

    /// <summary>What the driver threw. EF wraps it in what it was doing, and once more when it believes that a retry would help.</summary>
    static NpgsqlException? Cause(Exception? exception) => exception switch
    {
        NpgsqlException cause => cause,
        InvalidOperationException or DbUpdateException => Cause(exception.InnerException),
        _ => null,
    };

    static bool IsUpdate(Exception? exception) => exception is DbUpdateException || (exception is InvalidOperationException && IsUpdate(exception.InnerException));
}
