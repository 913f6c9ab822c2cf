using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Views;

/// <summary>Views to test with.</summary>
internal static class Views
{
    public const string Location = "memory://lake/v";

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly Guid Uuid = new("fa6506c3-7681-40c8-86dc-e36561f83385");

    public static Schema Schema(int id = 0, string column = "x") => new(id, [new NestedField(1, column, true, IcebergType.Long)]);

    public static ViewVersion Version(int id, string sql, int schemaId = 0, string dialect = "spark", long at = 1000) =>
        new(id, schemaId, at, new Dictionary<string, string> { ["engine-name"] = "test" }, [new SqlViewRepresentation(sql, dialect)], "prod", ["default"]);

    public static ViewMetadata Create(params IViewUpdate[] updates) => Applied(ViewCommit.Apply(null, [], [new AssignUuid(Uuid), new SetLocation(Location), .. updates], Now));

    /// <summary>A view of one version, with properties.</summary>
    public static ViewMetadata Simple(params (string Name, string Value)[] properties) => Create([
        new SetProperties(properties.ToDictionary(property => property.Name, property => property.Value)), new AddSchema(Schema()), new AddViewVersion(Version(1, "select 1")), new SetCurrentViewVersion(-1)]);

    public static ViewMetadata Apply(ViewMetadata view, params IViewUpdate[] updates) => Applied(ViewCommit.Apply(view, [], updates, Now));

    public static string Refused(ViewMetadata? view, params IViewUpdate[] updates) => Assert.IsType<ViewCommitResult.Invalid>(ViewCommit.Apply(view, [], updates, Now)).Reason;

    public static ViewMetadata Applied(ViewCommitResult result) => result is ViewCommitResult.Applied applied ? applied.Metadata : throw new Xunit.Sdk.XunitException($"{result}");

    static readonly Gen<string> Texts = Gen.Elements("", "a", "ü", "select \"x\"\nfrom t", "\u0001", "👍", "\\", "a.b", "${x}");

    static readonly Gen<string> Names = Gen.Elements("a", "spark", "Trino", "ünïcode", "with space", "\"q\"");

    static readonly Gen<IReadOnlyDictionary<string, string>> Maps =
        Gen.Zip(Names, Texts).ListOf().Select(pairs => (IReadOnlyDictionary<string, string>)pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2));

    /// <summary>Versions with any schema id from -1 to 3, any definition.</summary>
    public static readonly Gen<ViewVersion> Versions =
        from id in Gen.Choose(-2, 6)
        from schemaId in Gen.Choose(-1, 3)
        from at in Gen.Choose(0, 5)
        from summary in Maps
        from queries in Gen.Zip(Gen.Elements("select 1", "select 2", "select ünï"), Names).NonEmptyListOf()
        from catalog in Gen.Elements(null, "prod")
        from levels in Names.ListOf()
        from storage in Gen.Elements(null, new ViewStorageTable(["a", "b"], "t"))
        select new ViewVersion(
            id, schemaId, at, summary, queries.Select(query => new SqlViewRepresentation(query.Item1, query.Item2)).DistinctBy(query => query.Dialect).ToList(), catalog, levels.ToList()) { StorageTable = storage };

    public static readonly Gen<IViewUpdate> Updates = Gen.OneOf(
        Versions.Select(IViewUpdate (version) => new AddViewVersion(version)),
        Gen.Choose(-1, 8).Select(IViewUpdate (id) => new SetCurrentViewVersion(id)),
        Names.Select(IViewUpdate (name) => new AddSchema(Schema(0, name))),
        Maps.Select(IViewUpdate (map) => new SetProperties(map)),
        Gen.Choose(0, 4).Select(IViewUpdate (n) => new SetProperties(new Dictionary<string, string> { ["version.history.num-entries"] = $"{n}" })),
        Gen.Elements("true", "false").Select(IViewUpdate (flag) => new SetProperties(new Dictionary<string, string> { ["replace.drop-dialect.allowed"] = flag })),
        Names.Select(IViewUpdate (name) => new RemoveProperties([name])),
        Gen.Elements("memory://a", "memory://b/").Select(IViewUpdate (location) => new SetLocation(location)),
        Gen.Elements(Uuid, new Guid("11111111-2222-3333-4444-555555555555")).Select(IViewUpdate (uuid) => new AssignUuid(uuid)),
        Gen.Choose(0, 2).Select(IViewUpdate (version) => new UpgradeFormatVersion(version)));
}
