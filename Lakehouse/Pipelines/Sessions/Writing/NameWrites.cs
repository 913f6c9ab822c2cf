using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>Views, namespaces, and names that go or change.</summary>
internal sealed class NameWrites(LakeSession session)
{
    public async Task CreateSchemaAsync(CreateSchemaStatement create, CancellationToken cancellationToken)
    {
        var ns = session.ResolveSchema(create.Name);
        if (session.Scope.FindNamespace(ns) is not null)
        {
            if (create.IfNotExists)
            {
                return;
            }

            throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: Schema with name \"{ns}\" already exists!");
        }

        await session.Scope.ChangeNamesAsync([new NameChange(ns, null, null, Comes: true)], lake => lake.Catalog.EnsureNamespaceAsync(ns, cancellationToken), cancellationToken);
    }

    public async Task CreateViewAsync(CreateViewStatement create, SqlStatement statement, CancellationToken cancellationToken)
    {
        var identifier = session.Resolve(create.Name);
        var existing = session.Scope.Find(identifier.Namespace, identifier.Name);
        if (existing is not null && create.IfNotExists)
        {
            return;
        }

        if (existing is not null && !create.OrReplace)
        {
            throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: {(existing is ViewEntry ? "View" : "Table")} with name \"{identifier.Name}\" already exists!");
        }

        if (existing is not (null or ViewEntry))
        {
            throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: Existing object {identifier.Name} is of type Table, trying to replace with type View");
        }

        await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        var columns = await session.Connection.DescribeAsync(statement.InPlace(create.Query), cancellationToken);
        var sql = statement.Part(create.Query.First, create.Query.End);
        if (create.Names is { } names)
        {
            sql = $"SELECT * FROM (\n{sql}\n) AS {SqlText.Identifier(identifier.Name)}({string.Join(", ", names.Select(n => SqlText.Identifier(n)))})";
            columns = await session.Connection.DescribeAsync(sql, cancellationToken);
        }
        else if (columns.Select(c => c.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < columns.Count)
        {
            columns = await session.Connection.DescribeAsync($"SELECT * FROM (\n{sql}\n) AS q", cancellationToken);
        }

        var layout = session.LayoutOf?.Invoke(identifier);
        var schema = FreshIds.Assign(new Schema(0, [.. columns.Select((c, i) => new NestedField(i + 1, c.Name, false, c.Type, layout?.ColumnComments.GetValueOrDefault(c.Name)))]));
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        if (EngineTypes.Of(columns) is { } types)
        {
            properties[EngineTypes.Property] = types;
        }
        else if (existing is not null)
        {
            properties[EngineTypes.Property] = "{}";
        }

        if (layout?.Comment is { Length: > 0 } comment)
        {
            properties["comment"] = comment;
        }

        var definition = new ViewDefinition(schema, [new SqlViewRepresentation(sql, ViewText.Dialect)], DottedName.Split(session.DefaultSchema))
        {
            Summary = new Dictionary<string, string>(session.Sessions.Options.Summary, StringComparer.Ordinal) { ["engine-name"] = "DuckDB", ["engine-version"] = DuckDbDatabase.Version },
            Properties = properties,
        };
        List<NameChange> noted = session.Scope.FindNamespace(identifier.Namespace) is null ? [new NameChange(identifier.Namespace, null, null, Comes: true)] : [];
        if (noted.Count > 0 && identifier.Namespace != session.Sessions.Options.DefaultSchema)
        {
            throw new SessionException(LakehouseErrorKind.NotFound, $"Catalog Error: Schema with name {identifier.Namespace} does not exist!");
        }

        noted.Add(NameChange.Of(new ViewEntry(identifier, new ViewText(sql, session.DefaultSchema, schema) { Properties = properties }, commit: null)));
        await session.Scope.ChangeNamesAsync(
            noted,
            async lake =>
            {
                if (noted.Count > 1)
                {
                    await lake.Catalog.EnsureNamespaceAsync(identifier.Namespace, cancellationToken);
                }

                _ = existing is null
                    ? await lake.Catalog.CreateViewAsync(identifier, definition, time: lake.Time, cancellationToken: cancellationToken)
                    : await lake.Catalog.ReplaceViewAsync(identifier, definition, lake.Time, cancellationToken);
            },
            cancellationToken);
    }

    public async Task DropAsync(DropStatement drop, CancellationToken cancellationToken)
    {
        if (drop.Thing == NamedThing.Schema)
        {
            await DropSchemaAsync(drop, cancellationToken);
            return;
        }

        var identifier = session.Resolve(drop.Name);
        var (expected, other) = drop.Thing == NamedThing.View ? ("View", "Table") : ("Table", "View");
        switch (session.Scope.Find(identifier.Namespace, identifier.Name))
        {
            case null when drop.IfExists:
                return;
            case null:
                throw new SessionException(LakehouseErrorKind.NotFound, $"Catalog Error: {expected} with name {identifier.Name} does not exist!");
            case DeltaEntry:
                throw SessionException.Unsupported($"{identifier} is a Delta table that others write; it is not dropped by SQL");
            case var found when found is ViewEntry != (drop.Thing == NamedThing.View):
                throw SessionException.Invalid($"Catalog Error: Existing object {identifier.Name} is of type {other}, trying to drop type {expected}");
            case var found:
                await session.Scope.ChangeNamesAsync([NameChange.Gone(identifier)], lake => DropAsync(lake, found, cancellationToken), cancellationToken);
                return;
        }
    }

    public async Task RenameAsync(SqlName from, string to, CancellationToken cancellationToken)
    {
        var identifier = session.Resolve(from);
        var target = new TableIdentifier(identifier.Namespace, to);
        var entry = session.Scope.Find(identifier.Namespace, identifier.Name) ?? throw new SessionException(LakehouseErrorKind.NotFound, $"Catalog Error: Table with name {identifier.Name} does not exist!");
        if (session.Scope.Find(target.Namespace, target.Name) is { } taken && !taken.Identifier.Name.Equals(identifier.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: Could not rename \"{identifier.Name}\" to \"{to}\": another entry with this name already exists!");
        }

        LakeEntry renamed = entry switch
        {
            TableEntry => new TableEntry(target, Commit: null),
            ViewEntry view => new ViewEntry(target, await view.LoadAsync(session.Scope.Lake, cancellationToken), commit: null),
            _ => throw SessionException.Unsupported($"{identifier} is a Delta table that others write; it is not renamed by SQL"),
        };
        if (renamed is TableEntry && entry is TableEntry table)
        {
            await session.Scope.MakeReadableAsync(identifier, cancellationToken);
            var known = await ((TableEntry)session.Scope.Find(identifier.Namespace, identifier.Name)!).LoadAsync(session.Scope.Lake, cancellationToken);
            renamed = new TableEntry(session.Scope.Lake.OpenTable(new LoadedTable(target, known.MetadataLocation ?? "", known.Metadata)), commit: null) { Files = table.Files, Stamp = table.Stamp };
        }

        await session.Scope.ChangeNamesAsync(
            [NameChange.Gone(identifier), NameChange.Of(renamed)],
            lake => entry is ViewEntry ? lake.Catalog.RenameViewAsync(identifier, target, cancellationToken) : lake.Catalog.RenameTableAsync(identifier, target, cancellationToken),
            cancellationToken);
    }

    async Task DropSchemaAsync(DropStatement drop, CancellationToken cancellationToken)
    {
        var ns = session.ResolveSchema(drop.Name);
        if (session.Scope.FindNamespace(ns) is null)
        {
            if (drop.IfExists)
            {
                return;
            }

            throw new SessionException(LakehouseErrorKind.NotFound, $"Catalog Error: Schema with name {ns} does not exist!");
        }

        var entries = session.Scope.Entries(ns);
        if (entries.Count > 0 && !drop.Cascade)
        {
            throw SessionException.Invalid($"Dependency Error: Cannot drop entry \"{ns}\" because there are entries that depend on it.\n{string.Join('\n', entries.Select(e => $"{(e is ViewEntry ? "view" : "table")} \"{e.Identifier.Name}\" depends on schema \"{ns}\"."))}\nUse DROP...CASCADE to drop all dependents.");
        }

        // All of it is one commit, as everything that one statement does.
        var own = !session.Scope.InTransaction && entries.Count > 0;
        if (own)
        {
            session.Scope.Begin($"drop schema {ns}");
        }

        try
        {
            foreach (var entry in entries)
            {
                await session.Scope.ChangeNamesAsync([NameChange.Gone(entry.Identifier)], lake => DropAsync(lake, entry, cancellationToken), cancellationToken);
            }

            await session.Scope.ChangeNamesAsync([new NameChange(ns, null, null)], lake => lake.Catalog.DropNamespaceAsync(ns, cancellationToken), cancellationToken);
            if (own)
            {
                await session.Scope.CommitAsync(cancellationToken);
            }
        }
        catch when (own && session.Scope.InTransaction)
        {
            await session.Scope.RollbackAsync();
            throw;
        }
    }

    static Task DropAsync(Lake lake, LakeEntry entry, CancellationToken cancellationToken) => entry is ViewEntry
        ? lake.Catalog.DropViewAsync(entry.Identifier, cancellationToken)
        : lake.Catalog.DropTableAsync(entry.Identifier, purge: false, cancellationToken);
}
