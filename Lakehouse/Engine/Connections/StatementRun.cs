using Lakehouse.Engine.Native;
using Lakehouse.Engine.Results;

namespace Lakehouse.Engine;

/// <summary>
/// The way of a statement: extract, prepare, bind, pending, execute. Blocking. An interrupt that comes before DuckDB starts a statement is forgotten by it, so the token is looked at
/// between the steps.
/// </summary>
internal static unsafe class StatementRun
{
    public static long Execute(ConnectionHandle connection, string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        using var extracted = Extract(connection, sql, out var count);
        if (count > 1 && parameters.Count > 0)
        {
            throw new ArgumentException("Parameters go with one statement.", nameof(parameters));
        }

        var changed = 0L;
        for (var i = 0UL; i < count; i++)
        {
            using var statement = Prepare(connection, extracted, i, cancellationToken);
            ParameterBinder.Bind(statement, parameters);
            using var pending = Pending(statement, streaming: false, cancellationToken);
            using var result = Complete(pending, cancellationToken);
            changed = (long)NativeMethods.duckdb_rows_changed(result.Pointer);
        }

        return changed;
    }

    public static StatementHandle PrepareOne(ConnectionHandle connection, string sql, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var extracted = Extract(connection, sql, out var count);
        return count == 1 ? Prepare(connection, extracted, 0, cancellationToken) : throw EngineException.From($"Invalid Input Error: one statement is expected, not {count}");
    }

    /// <summary>The columns that a statement would give.</summary>
    public static IReadOnlyList<ResultColumn> Describe(ConnectionHandle connection, string sql, CancellationToken cancellationToken)
    {
        using var statement = PrepareOne(connection, sql, cancellationToken);
        var columns = new ResultColumn[NativeMethods.duckdb_prepared_statement_column_count(statement)];
        var nextId = columns.Length + 1;
        for (var i = 0; i < columns.Length; i++)
        {
            using var type = NativeMethods.duckdb_prepared_statement_column_logical_type(statement, (ulong)i);
            var name = NativeText.Owned(NativeMethods.duckdb_prepared_statement_column_name(statement, (ulong)i));
            var layout = ColumnLayout.Of(type, name, ref nextId);
            columns[i] = new ResultColumn(name, layout.Type, layout.Name);
        }

        return columns;
    }

    /// <summary>The number of statements in a text.</summary>
    public static int Count(ConnectionHandle connection, string sql)
    {
        using var extracted = Extract(connection, sql, out var count);
        return (int)count;
    }

    public static PendingHandle Pending(StatementHandle statement, bool streaming, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = streaming ? NativeMethods.duckdb_pending_prepared_streaming(statement, out var pending) : NativeMethods.duckdb_pending_prepared(statement, out pending);
        if (state != 0)
        {
            using (pending)
            {
                throw Failure(pending.IsInvalid ? null : NativeMethods.duckdb_pending_error(pending), cancellationToken);
            }
        }

        return pending;
    }

    public static ResultHandle Complete(PendingHandle pending, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = new ResultHandle();
        if (NativeMethods.duckdb_execute_pending(pending, result.Pointer) != 0)
        {
            using (result)
            {
                var error = NativeMethods.duckdb_result_error(result.Pointer);
                throw Failure(error is not null ? error : NativeMethods.duckdb_pending_error(pending), cancellationToken);
            }
        }

        return result;
    }

    /// <summary>What went wrong; a cancellation when the caller asked for it.</summary>
    public static Exception Failure(byte* error, CancellationToken cancellationToken)
    {
        var failure = EngineException.From(NativeText.Borrowed(error));
        return failure.EngineKind == EngineErrorKind.Interrupted && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(failure.Message, failure, cancellationToken)
            : failure;
    }

    static ExtractedHandle Extract(ConnectionHandle connection, string sql, out ulong count)
    {
        if (sql.Contains('\0'))
        {
            throw new ArgumentException("SQL text cannot hold a NUL character.", nameof(sql));
        }

        count = NativeMethods.duckdb_extract_statements(connection, sql, out var extracted);
        if (count == 0)
        {
            using (extracted)
            {
                var error = NativeMethods.duckdb_extract_statements_error(extracted);
                throw EngineException.From(NativeText.Borrowed(error) ?? "Parser Error: there is no statement");
            }
        }

        return extracted;
    }

    static StatementHandle Prepare(ConnectionHandle connection, ExtractedHandle extracted, ulong index, CancellationToken cancellationToken)
    {
        if (NativeMethods.duckdb_prepare_extracted_statement(connection, extracted, index, out var statement) != 0)
        {
            using (statement)
            {
                throw Failure(NativeMethods.duckdb_prepare_error(statement), cancellationToken);
            }
        }

        return statement;
    }
}
