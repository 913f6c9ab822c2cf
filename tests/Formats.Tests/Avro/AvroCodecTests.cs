using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Tests.Values;

namespace Lakehouse.Formats.Tests.Avro;

public sealed class AvroCodecTests
{
    [Fact]
    public void Primitives_read_as_they_were_written() => Properties.Hold(
        Arbitrary.Long.Zip(Arbitrary.Double).Zip(Arbitrary.Text.Zip(Arbitrary.Bytes)),
        values =>
        {
            var ((number, real), (text, bytes)) = values;
            var writer = new AvroWriter();
            writer.WriteLong(number);
            writer.WriteDouble(real);
            writer.WriteFloat((float)real);
            writer.WriteString(text);
            writer.WriteBytes(bytes);
            writer.WriteBoolean(number > 0);
            writer.WriteFixed(bytes);
            var reader = new AvroReader(writer.Written.Span);
            Assert.Equal(number, reader.ReadLong());
            Assert.Equal(real, reader.ReadDouble());
            Assert.Equal((float)real, reader.ReadFloat());
            Assert.Equal(text, reader.ReadString());
            Assert.Equal(bytes, reader.ReadBytes().ToArray());
            Assert.Equal(number > 0, reader.ReadBoolean());
            Assert.Equal(bytes, reader.ReadFixed(bytes.Length).ToArray());
            Assert.Equal(0, reader.Remaining);
        });

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7f")]
    [InlineData(64, "8001")]
    [InlineData(long.MinValue, "ffffffffffffffffff01")]
    public void Numbers_are_zigzag_varints(long number, string hex)
    {
        var writer = new AvroWriter();
        writer.WriteLong(number);
        Assert.Equal(hex, Convert.ToHexStringLower(writer.Written.Span));
    }

    [Fact]
    public void Containers_of_either_codec_read_in_blocks() => Properties.Hold(Arbitrary.Text.ListOf().Zip(Gen.Elements(AvroCodec.Null, AvroCodec.Deflate, AvroCodec.Snappy)), pair =>
    {
        var (texts, codec) = pair;
        var file = new AvroContainerWriter("\"string\"", [new("k", "v")], codec);
        foreach (var text in texts)
        {
            file.Body.WriteString(text);
            file.EndObject();
        }

        Assert.Equal(texts, Read(file.Finish()));
    }, full: 500);

    [Fact]
    public void Long_files_have_many_blocks()
    {
        var texts = Enumerable.Range(0, 50_000).Select(i => $"text number {i}").ToList();
        var file = new AvroContainerWriter("\"string\"", [], AvroCodec.Deflate);
        foreach (var text in texts)
        {
            file.Body.WriteString(text);
            file.EndObject();
        }

        Assert.Equal(texts, Read(file.Finish()));
    }

    private static List<string> Read(byte[] bytes)
    {
        var read = new List<string>();
        // Nothing waits: the stream is in memory.
        var file = AvroContainerReader.OpenAsync(new MemoryStream(bytes), "test", CancellationToken.None).GetAwaiter().GetResult();
        while (file.NextBlockAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is var (count, data))
        {
            var reader = new AvroReader(data.Span);
            for (var i = 0; i < count; i++)
            {
                read.Add(reader.ReadString());
            }

            Assert.Equal(0, reader.Remaining);
        }

        return read;
    }
}
