namespace Lakehouse.Formats.Iceberg;

/// <summary>View metadata in the course of a commit. Every method that applies an update returns why it can't, or null.</summary>
internal sealed class ViewChange
{
    private readonly ViewMetadata? before;
    private readonly DateTimeOffset now;
    private readonly List<Schema> schemas;
    private readonly List<ViewVersion> versions;
    private readonly Dictionary<string, string> properties;
    private readonly HashSet<int> added = [];
    private Guid uuid;
    private string? location;
    private int? currentVersionId;
    private int? lastAddedSchemaId;
    private int? lastAddedVersionId;
    private ViewLogEntry? logEntry;
    private bool changed;

    public ViewChange(ViewMetadata? before, DateTimeOffset now)
    {
        this.before = before;
        this.now = now;
        schemas = [.. before?.Schemas ?? []];
        versions = [.. before?.Versions ?? []];
        properties = new(before?.Properties ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        uuid = before?.ViewUuid ?? Guid.Empty;
        location = before?.Location;
        currentVersionId = before?.CurrentVersionId;
    }

    public string? Apply(IViewUpdate update) => update switch
    {
        AssignUuid assign => Assign(assign.Uuid),
        UpgradeFormatVersion upgrade => Upgrade(upgrade.FormatVersion),
        AddSchema add => Add(add.Schema),
        SetLocation set => SetLocation(set.Location),
        SetProperties set => SetProperties(set.Updates),
        RemoveProperties remove => RemoveProperties(remove.Removals),
        AddViewVersion add => Add(add.Version),
        SetCurrentViewVersion set => SetCurrent(set.VersionId),
        _ => throw new ArgumentException($"Unknown update {update.Action}", nameof(update)),
    };

    public ViewCommitResult Finish()
    {
        if (uuid == Guid.Empty)
        {
            return Invalid("assign-uuid is missing: a view needs a uuid");
        }

        if (location is null)
        {
            return Invalid("set-location is missing: a view needs a location");
        }

        if (currentVersionId is not { } currentId)
        {
            return Invalid("set-current-view-version is missing: a view needs a version");
        }

        var current = versions.Find(version => version.VersionId == currentId)!;
        if (ViewProperties.DropDialectAllowed(properties, out var isDropAllowed) is { } wrongFlag)
        {
            return Invalid(wrongFlag);
        }

        if (!isDropAllowed && before is not null && DroppedDialects(before.CurrentVersion, current) is { Count: > 0 } dropped)
        {
            return Invalid(
                $"the view would lose the dialect{(dropped.Count > 1 ? "s" : "")} {string.Join(", ", dropped)}: give a query in each dialect that it has, or set the property {ViewProperties.DropDialect} to true");
        }

        if (ViewProperties.VersionsKept(properties, out var kept) is { } wrongNumber)
        {
            return Invalid(wrongNumber);
        }

        if (!changed)
        {
            return new ViewCommitResult.Applied(before!, Changed: false);
        }

        var (retained, log) = ViewHistory.Expire(versions, [.. before?.VersionLog ?? [], .. logEntry is null ? [] : (ViewLogEntry[])[logEntry]], currentId, added, kept);
        return new ViewCommitResult.Applied(
            new ViewMetadata
            {
                ViewUuid = uuid,
                FormatVersion = ViewMetadata.SupportedFormatVersion,
                Location = location,
                Schemas = schemas,
                CurrentVersionId = currentId,
                Versions = retained,
                VersionLog = log,
                Properties = properties,
            },
            Changed: true);
    }

    private static ViewCommitResult.Invalid Invalid(string reason) => new(null, reason);

    private static List<string> DroppedDialects(ViewVersion previous, ViewVersion next) =>
        previous.Representations.Select(representation => representation.Dialect).Where(dialect => next.Find(dialect) is null).ToList();

    private string? Assign(Guid newUuid)
    {
        if (newUuid == Guid.Empty)
        {
            return "the uuid is empty";
        }

        if (uuid != Guid.Empty && uuid != newUuid)
        {
            return $"the view has uuid {uuid} already";
        }

        changed |= uuid != newUuid;
        uuid = newUuid;
        return null;
    }

    private static string? Upgrade(int version) => version switch
    {
        ViewMetadata.SupportedFormatVersion => null,
        < ViewMetadata.SupportedFormatVersion => $"the view is at format version {ViewMetadata.SupportedFormatVersion} and can't go back to {version}",
        _ => $"format version {version} is not supported",
    };

    private string? SetLocation(string newLocation)
    {
        var trimmed = newLocation.TrimEnd('/');
        changed |= trimmed != location;
        location = trimmed;
        return location.Length == 0 ? "the location is empty" : null;
    }

    private string? SetProperties(IReadOnlyDictionary<string, string> updates)
    {
        foreach (var (name, value) in updates)
        {
            changed |= !properties.TryGetValue(name, out var old) || old != value;
            properties[name] = value;
        }

        return null;
    }

    private string? RemoveProperties(IReadOnlyList<string> removals)
    {
        foreach (var name in removals)
        {
            changed |= properties.Remove(name);
        }

        return null;
    }

    private string? Add(Schema schema)
    {
        if (schemas.Find(schema.SameColumns) is { } same)
        {
            lastAddedSchemaId = same.SchemaId;
            return null;
        }

        // A view stores no rows: every type that a table of any version has may be among its columns.
        if (SchemaRules.Check(schema, formatVersion: 3) is { } problem)
        {
            return problem;
        }

        // The id that the client chose is only a wish: two clients may choose the same.
        if (Next(schemas.Select(existing => existing.SchemaId), first: 0) is not { } id)
        {
            return "the ids of schemas are used up";
        }

        schemas.Add(schema with { SchemaId = id });
        lastAddedSchemaId = id;
        changed = true;
        return null;
    }

    private string? Add(ViewVersion wanted)
    {
        var schemaId = wanted.SchemaId == TableUpdate.LastAdded ? lastAddedSchemaId : wanted.SchemaId;
        if (schemaId is null)
        {
            return "no schema was added that it could be the version of";
        }

        if (!schemas.Exists(schema => schema.SchemaId == schemaId))
        {
            return $"there is no schema {schemaId}";
        }

        if (wanted.Representations.Count == 0)
        {
            return "a version needs a query";
        }

        if (ViewVersionJson.Doubled(wanted) is { } dialect)
        {
            return $"a version has one query for each dialect, and \"{dialect}\" has several";
        }

        var version = wanted with { SchemaId = schemaId.Value };
        if (versions.Find(version.SameDefinition) is { } same)
        {
            lastAddedVersionId = same.VersionId;
            return null;
        }

        if (Next(versions.Select(existing => existing.VersionId), Math.Max(wanted.VersionId, ViewVersion.FirstId)) is not { } id)
        {
            return "the ids of versions are used up";
        }

        versions.Add(version with { VersionId = id });
        added.Add(id);
        lastAddedVersionId = id;
        changed = true;
        return null;
    }

    private string? SetCurrent(int versionId)
    {
        if (versionId == TableUpdate.LastAdded && lastAddedVersionId is null)
        {
            return "no version was added that could become the current one";
        }

        var id = versionId == TableUpdate.LastAdded ? lastAddedVersionId!.Value : versionId;
        if (versions.Find(version => version.VersionId == id) is not { } found)
        {
            return $"there is no version {id}";
        }

        if (id == currentVersionId)
        {
            return null;
        }

        currentVersionId = id;
        changed = true;

        // A version that is new became current when it was made; one that comes back does so now.
        logEntry = new ViewLogEntry(added.Contains(id) ? found.TimestampMs : now.ToUnixTimeMilliseconds(), id);
        return null;
    }

    /// <summary>The id wished for if none reaches it, else the one after the highest; null when there is none left.</summary>
    private static int? Next(IEnumerable<int> taken, int first)
    {
        var highest = taken.DefaultIfEmpty(-1).Max();
        return highest < first ? first : highest < int.MaxValue ? highest + 1 : null;
    }
}
