using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Metadata;

/// <summary>Types of format 3, and defaults of every type.</summary>
public sealed class TypeTests
{
    [Theory]
    [InlineData("geometry", "geometry", "OGC:CRS84", null)]
    [InlineData("geometry(OGC:CRS84)", "geometry", "OGC:CRS84", null)]
    [InlineData("geometry( srid:3857 )", "geometry(srid:3857)", "srid:3857", null)]
    [InlineData("geography", "geography", "OGC:CRS84", "spherical")]
    [InlineData("geography(srid:4326)", "geography(srid:4326)", "srid:4326", "spherical")]
    [InlineData("geography(srid:4326, Karney)", "geography(srid:4326, karney)", "srid:4326", "karney")]
    [InlineData("geography(OGC:CRS84, spherical)", "geography", "OGC:CRS84", "spherical")]
    public void Geospatial_types_are_read(string text, string name, string crs, string? algorithm)
    {
        var type = Assert.IsType<GeospatialType>(TypeJson.ParsePrimitive(text));
        Assert.Equal((name, crs, algorithm, algorithm is not null), (type.Name, type.Crs, type.Algorithm, type.IsGeography));
        Assert.Equal(type, TypeJson.ParsePrimitive(type.Name));
    }

    [Theory]
    [InlineData("geometry()")]
    [InlineData("geometry(a")]
    [InlineData("geography(srid:4326, flat)")]
    public void Malformed_ones_are_refused(string text) => Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => TypeJson.ParsePrimitive(text)).Kind);

    [Theory]
    [InlineData("boolean", "true")]
    [InlineData("int", "34")]
    [InlineData("long", "34000000000")]
    [InlineData("float", "1.5")]
    [InlineData("double", "-2.25")]
    [InlineData("decimal(9, 2)", "\"14.20\"")]
    [InlineData("date", "\"2017-11-16\"")]
    [InlineData("time", "\"22:31:08.123456\"")]
    [InlineData("timestamp", "\"2017-11-16T22:31:08.123456\"")]
    [InlineData("timestamptz", "\"2017-11-16T22:31:08.123456+00:00\"")]
    [InlineData("timestamp_ns", "\"2017-11-16T22:31:08.123456789\"")]
    [InlineData("timestamptz_ns", "\"2017-11-16T22:31:08.123456789+00:00\"")]
    [InlineData("string", "\"iceberg\"")]
    [InlineData("uuid", "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\"")]
    [InlineData("fixed[4]", "\"00010203\"")]
    [InlineData("binary", "\"00010203ff\"")]
    public void Defaults_of_every_type_come_back(string type, string text)
    {
        var field = new NestedField(1, "f", false, TypeJson.ParsePrimitive(type)) { InitialDefault = text, WriteDefault = text };
        var schema = SchemaJson.Parse(Write(json => SchemaJson.Write(json, new Schema(0, [field]))));
        Assert.Equal(field, schema.Fields[0]);
        var value = FieldDefaults.Initial(schema.Fields[0]);
        Assert.Equal(value, FieldDefaults.Write(schema.Fields[0]));
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(Write(json => SingleValueJson.Write(json, field.Type, value))));
        Assert.Null(FieldDefaults.Initial(field with { InitialDefault = "null" }));
        var error = Assert.Throws<LakehouseException>(() => FieldDefaults.Initial(field with { InitialDefault = "[]" }));
        Assert.Contains("\"f\"", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        return stream.ToArray();
    }
}
