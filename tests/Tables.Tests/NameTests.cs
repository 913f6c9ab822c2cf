using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData("gold.t", "gold", "t")]
    [InlineData("finance.tax.paid", "finance.tax", "paid")]
    [InlineData("\"v1.2\".tax.paid", "\"v1.2\".tax", "paid")]
    [InlineData("gold.\"a.b\"", "gold", "a.b")]
    [InlineData("in/out.a/b", "in/out", "a/b")]
    public void Names_are_parsed(string text, string ns, string name)
    {
        var table = TableIdentifier.Parse(text);
        Assert.Equal((ns, name, text), (table.Namespace, table.Name, table.ToString()));
    }

    [Theory]
    [InlineData("t")]
    [InlineData("")]
    [InlineData("gold.")]
    [InlineData(".t")]
    [InlineData("gold..t")]
    [InlineData("gold.a//b")]
    [InlineData("gold.a/../b")]
    [InlineData("\"gold.t")]
    [InlineData("\"gold\"x.t")]
    [InlineData("gold.a\\b")]
    [InlineData("gold.a\nb")]
    public void What_is_no_name_is_refused(string text) =>
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => TableIdentifier.Parse(text)).Kind);

    [Fact]
    public void Replaced_columns_keep_their_id_by_name_and_type_and_new_ones_are_new()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Soak.Seed}");
        IcebergType[] types = [IcebergType.Long, IcebergType.String, new ListType(90, IcebergType.Long, ElementRequired: false), new StructType([new NestedField(91, "a", Required: false, IcebergType.Int)])];
        var columns = Gen.Choose(1, 6).SelectMany(count => Gen.Zip(Gen.Choose(0, 7), Gen.Choose(0, types.Length - 1)).ArrayOf(count))
            .Select(pairs => pairs.DistinctBy(p => p.Item1).Select((p, i) => new NestedField(i + 1, $"c{p.Item1}", Required: false, Numbered(types[p.Item2], 100 + (i * 10)))).ToList());
        var property = Prop.ForAll(Gen.Zip(columns, columns).ToArbitrary(), pair =>
        {
            var table = TableMetadata.Create("file:///w/t", new Schema(0, pair.Item1), null, null, null, Guid.NewGuid(), DateTimeOffset.UnixEpoch);
            var wanted = new Schema(0, pair.Item2);
            var replaced = SchemaReplacement.Of(table, wanted)?.Metadata ?? table;
            var schema = replaced.CurrentSchema;
            Assert.Equal(wanted.Fields.Select(f => (f.Name, Shape(f.Type))), schema.Fields.Select(f => (f.Name, Shape(f.Type))));
            foreach (var field in schema.Fields)
            {
                var old = table.CurrentSchema.FindColumn(field.Name);
                if (old is not null && Shape(old.Type) == Shape(field.Type))
                {
                    Assert.Equal(old, field);
                }
                else
                {
                    Assert.True(field.Id > table.LastColumnId);
                }
            }

            Assert.Equal(SchemaFields.All(schema).Count(), SchemaFields.All(schema).Select(f => f.Field.Id).Distinct().Count());
            Assert.Null(SchemaReplacement.Of(replaced, wanted));
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(1000)).WithReplay((ulong)Soak.Seed, 1UL), property);
    }

    static IcebergType Numbered(IcebergType type, int id) => type switch
    {
        ListType list => new ListType(id, list.Element, list.ElementRequired),
        StructType structure => new StructType([structure.Fields[0] with { Id = id }]),
        _ => type,
    };

    static string Shape(IcebergType type) => type.ToString()!;
}
