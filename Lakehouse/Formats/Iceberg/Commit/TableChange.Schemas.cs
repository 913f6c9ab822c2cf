namespace Lakehouse.Formats.Iceberg;

internal sealed partial class TableChange
{
    private string? Add(Schema schema, int? givenLastColumnId)
    {
        if (givenLastColumnId is { } given && given < lastColumnId)
        {
            return $"last-column-id {given} is below the table's, {lastColumnId}";
        }

        lastColumnId = Math.Max(Math.Max(lastColumnId, givenLastColumnId ?? 0), SchemaFields.HighestFieldId(schema));
        if (schemas.Find(schema.SameColumns) is { } same)
        {
            lastAddedSchemaId = same.SchemaId;
            return null;
        }

        if (SchemaRules.Check(schema, formatVersion) is { } problem)
        {
            return problem;
        }

        // The id that the client chose is only a wish: two clients may choose the same.
        var id = schemas.Count == 0 ? 0 : schemas.Max(existing => existing.SchemaId) + 1;
        schemas.Add(schema with { SchemaId = id });
        lastAddedSchemaId = id;
        return null;
    }

    private string? SetSchema(int schemaId)
    {
        if (Resolve(schemaId, lastAddedSchemaId, "schema", out var id) is { } problem)
        {
            return problem;
        }

        if (!schemas.Exists(schema => schema.SchemaId == id))
        {
            return $"there is no schema {id}";
        }

        currentSchemaId = id;
        return null;
    }

    private string? Add(PartitionSpec spec)
    {
        if (specs.Find(spec.IsEquivalentTo) is { } same)
        {
            lastAddedSpecId = same.SpecId;
            return null;
        }

        if (Check(() => SpecRules.Check(spec, SchemaForSpecs())) is { } problem)
        {
            return problem;
        }

        // Below v2 the ids of partition fields are not stored: they are counted.
        if (formatVersion < 2 && spec.Fields.Where((field, i) => field.FieldId != PartitionSpec.FirstFieldId + i).Any())
        {
            return $"format version {formatVersion} needs partition field ids {PartitionSpec.FirstFieldId}, {PartitionSpec.FirstFieldId + 1}, …: a field that goes becomes void";
        }

        var fields = new List<PartitionField>();
        foreach (var field in spec.Fields)
        {
            // Field ids stay with what they mean: the same source and transform keep theirs, and no id ever gets a second meaning.
            var known = specs.SelectMany(existing => existing.Fields).FirstOrDefault(existing => existing.SourceId == field.SourceId && existing.Transform == field.Transform);
            var taken = specs.SelectMany(existing => existing.Fields).Any(existing => existing.FieldId == field.FieldId && (existing.SourceId != field.SourceId || existing.Transform != field.Transform));
            var used = fields.Select(existing => existing.FieldId).ToHashSet();
            var id = formatVersion < 2 ? field.FieldId
                : known is not null && !used.Contains(known.FieldId) ? known.FieldId
                : !taken && field.FieldId >= PartitionSpec.FirstFieldId && !used.Contains(field.FieldId) ? field.FieldId
                : Math.Max(lastPartitionId, used.DefaultIfEmpty(0).Max()) + 1;
            fields.Add(field with { FieldId = id });
            lastPartitionId = Math.Max(lastPartitionId, id);
        }

        var specId = specs.Count == 0 ? 0 : specs.Max(existing => existing.SpecId) + 1;
        specs.Add(new PartitionSpec(specId, fields));
        lastAddedSpecId = specId;
        return null;
    }

    private string? SetSpec(int specId)
    {
        if (Resolve(specId, lastAddedSpecId, "partition spec", out var id) is { } problem)
        {
            return problem;
        }

        if (!specs.Exists(spec => spec.SpecId == id))
        {
            return $"there is no partition spec {id}";
        }

        defaultSpecId = id;
        return null;
    }

    private string? Add(SortOrder order)
    {
        if (order.IsUnsorted)
        {
            if (!orders.Exists(existing => existing.OrderId == 0))
            {
                orders.Add(SortOrder.Unsorted);
            }

            lastAddedSortOrderId = 0;
            return null;
        }

        if (orders.Find(order.IsEquivalentTo) is { } same)
        {
            lastAddedSortOrderId = same.OrderId;
            return null;
        }

        if (Check(() => SpecRules.Check(order, SchemaForSpecs())) is { } problem)
        {
            return problem;
        }

        // 0 is the unsorted order.
        var id = orders.Select(existing => existing.OrderId).DefaultIfEmpty(0).Max() + 1;
        orders.Add(order with { OrderId = id });
        lastAddedSortOrderId = id;
        return null;
    }

    private string? SetOrder(int orderId)
    {
        if (Resolve(orderId, lastAddedSortOrderId, "sort order", out var id) is { } problem)
        {
            return problem;
        }

        if (id != 0 && !orders.Exists(order => order.OrderId == id))
        {
            return $"there is no sort order {id}";
        }

        defaultSortOrderId = id;
        return null;
    }

    private string? RemoveSpecs(IReadOnlyList<int> ids)
    {
        if (defaultSpecId is { } current && ids.Contains(current))
        {
            return $"partition spec {current} is the default one";
        }

        specs.RemoveAll(spec => ids.Contains(spec.SpecId));
        return null;
    }

    private string? RemoveSchemas(IReadOnlyList<int> ids)
    {
        if (currentSchemaId is { } current && ids.Contains(current))
        {
            return $"schema {current} is the current one";
        }

        if (snapshots.Find(snapshot => snapshot.SchemaId is { } id && ids.Contains(id)) is { } user)
        {
            return $"schema {user.SchemaId} is used by snapshot {user.SnapshotId}";
        }

        foreach (var schema in schemas.Where(schema => ids.Contains(schema.SchemaId)).ToList())
        {
            // A schema that alone knows of a column, or of the name that it has in data files, stays.
            var others = schemas.Where(other => other != schema).ToList();
            var (names, without) = (PhysicalNames.Of(schemas), PhysicalNames.Of(others));
            if (schemas.SelectMany(SchemaFields.All).All(item => names[item.Field.Id] == without[item.Field.Id]))
            {
                schemas.Remove(schema);
            }
        }

        return null;
    }

    private static string? Resolve(int id, int? lastAdded, string what, out int resolved)
    {
        resolved = id == TableUpdate.LastAdded ? lastAdded ?? 0 : id;
        return id == TableUpdate.LastAdded && lastAdded is null ? $"id -1 means the last added {what}, and none was added" : null;
    }

    private static string? Check(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (LakehouseException error)
        {
            return error.Message;
        }
    }

    // A client that replaces schema and spec in one commit sets the current schema before the spec, or adds both and sets them after.
    private Schema SchemaForSpecs() => schemas.Find(schema => schema.SchemaId == (lastAddedSchemaId ?? currentSchemaId)) ?? new Schema(0, []);
}
