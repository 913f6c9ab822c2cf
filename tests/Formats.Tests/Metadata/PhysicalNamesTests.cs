using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Metadata;

public sealed class PhysicalNamesTests
{
    private static NestedField Column(int id, string name, IcebergType? type = null) => new(id, name, Required: false, type ?? IcebergType.Long);

    [Fact]
    public void A_column_keeps_its_first_name_through_renames()
    {
        var last = new Schema(1, [Column(1, "b")]);
        var names = PhysicalNames.Of([last, new Schema(0, [Column(1, "a")])]);
        Assert.Equal("a", names[1]);
        Assert.True(names.DifferIn(last));
        Assert.Equal("a", names.Apply(last).Fields[0].Name);
    }

    [Fact]
    public void A_name_that_another_column_ever_had_is_given_out_with_the_id()
    {
        var names = PhysicalNames.Of(
        [
            new Schema(0, [Column(1, "a"), Column(2, "x")]),
            new Schema(1, [Column(1, "b"), Column(3, "A")]),
            new Schema(2, [Column(1, "c"), Column(3, "A"), Column(4, "b"), Column(5, "x")]),
        ]);
        Assert.Equal(["a", "x", "A_3", "b_4", "x_5"], Enumerable.Range(1, 5).Select(id => names[id]!));
        Assert.Null(names[6]);
    }

    [Fact]
    public void Swapped_names_stay_where_they_were()
    {
        var names = PhysicalNames.Of([new Schema(0, [Column(1, "a"), Column(2, "b")]), new Schema(1, [Column(1, "b"), Column(2, "a")])]);
        Assert.Equal(["a", "b"], [names[1]!, names[2]!]);
    }

    [Fact]
    public void Names_are_of_their_parent_at_every_depth()
    {
        static IcebergType Nested(string inner, string inList) => new StructType(
            [Column(11, inner), Column(12, "items", new ListType(13, new StructType([Column(14, inList)]), ElementRequired: false))]);
        var schema = new Schema(1, [Column(1, "s", Nested("renamed", "p")), Column(2, "q")]);
        var names = PhysicalNames.Of([new Schema(0, [Column(1, "s", Nested("q", "r"))]), schema]);
        Assert.Equal(["q", "r", "q"], [names[11]!, names[14]!, names[2]!]);
        Assert.Equal(Nested("q", "r"), names.Apply(schema).Fields[0].Type);
    }
}
