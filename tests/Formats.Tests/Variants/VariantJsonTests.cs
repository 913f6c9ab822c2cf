using System.Text;
using LakeAspire.Testing;
using Lakehouse.Formats.Variants;

namespace Lakehouse.Formats.Tests.Variants;

public sealed class VariantJsonTests
{
    // Names: "a" and "bc".
    private static readonly byte[] Names = [0x01, 2, 0, 1, 3, (byte)'a', (byte)'b', (byte)'c'];

    [Theory]
    [InlineData("00", "null")]
    [InlineData("04", "true")]
    [InlineData("08", "false")]
    [InlineData("0cf9", "-7")]
    [InlineData("103075", "30000")]
    [InlineData("14006cca88", "-2000000000")]
    [InlineData("18ffffffffffffff7f", "9223372036854775807")]
    [InlineData("1c000000000000f83f", "1.5")]
    [InlineData("1c000000000000f87f", "\"NaN\"")]
    [InlineData("2002d2040000", "12.34")]
    [InlineData("2403ffffffffffffffff", "-0.001")]
    [InlineData("280001000000000000000000000000000000", "1")]
    [InlineData("2c01000000", "\"1970-01-02\"")]
    [InlineData("300100000000000000", "\"1970-01-01 00:00:00.000001+00:00\"")]
    [InlineData("340100000000000000", "\"1970-01-01 00:00:00.000001\"")]
    [InlineData("380000c03f", "1.5")]
    [InlineData("3c0400000000cafeff", "\"AMr+/w==\"")]
    [InlineData("4002000000c3a5", "\"å\"")]
    [InlineData("4c0100000000000000", "\"1970-01-01 00:00:00.000000001\"")]
    [InlineData("50f79c3e09677c4bbda4793f349cb785e7", "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\"")]
    [InlineData("09c3a5", "\"å\"")]
    [InlineData("01", "\"\"")]
    [InlineData("03" + "02" + "00" + "02" + "03" + "0c01" + "00", "[1,null]")]
    [InlineData("02" + "02" + "0100" + "00" + "02" + "03" + "0c05" + "04", """{"bc":5,"a":true}""")]
    [InlineData("0300" + "00", "[]")]
    public void Every_kind_has_its_text(string hex, string json) => Assert.Equal(json, Text(hex));

    [Theory]
    [InlineData("")]
    [InlineData("0c")]
    [InlineData("09c3")]
    [InlineData("09c328")]
    [InlineData("0305")]
    [InlineData("03ff")]
    [InlineData("13ffffffff")]
    [InlineData("0201050000")]
    [InlineData("0201000500")]
    [InlineData("20ff00000000")]
    [InlineData("fc")]
    public void Malformed_ones_are_refused(string hex) => Assert.Throws<LakehouseException>(() => Text(hex));

    [Fact]
    public void Texts_without_end_are_stopped()
    {
        // Each array holds the next one eight times, by the same bytes.
        byte[] value = [0x0C, 1];
        for (var i = 0; i < 12; i++)
        {
            value = [0x03, 8, .. new byte[8], (byte)value.Length, .. value];
        }

        Assert.Throws<LakehouseException>(() => VariantJson.ToUtf8(Names, value));
        byte[] deep = [0x0C, 1];
        for (var i = 0; i < 20_000; i++)
        {
            deep = i > 300 ? deep : [0x03, 1, 0, (byte)Math.Min(255, deep.Length), .. deep];
        }

        Assert.Throws<LakehouseException>(() => VariantJson.ToUtf8(Names, deep));
    }

    [Fact]
    public void Damaged_ones_end_in_text_or_an_error()
    {
        var whole = Convert.FromHexString("02" + "02" + "0100" + "00" + "02" + "09" + "0c05" + "0302" + "00" + "0203" + "0c0100");
        var random = new Random(Soak.Seed);
        for (var i = 0; i < Soak.Scale(20_000); i++)
        {
            var (names, value) = (Names.ToArray(), whole.ToArray());
            names[random.Next(names.Length)] = (byte)random.Next(256);
            value[random.Next(value.Length)] = (byte)random.Next(256);
            try
            {
                Assert.NotEmpty(VariantJson.ToUtf8(names, value));
            }
            catch (LakehouseException)
            {
                // Refused by name.
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Soak.Seed}, round {i}: {error}");
            }
        }
    }

    private static string Text(string hex) => Encoding.UTF8.GetString(VariantJson.ToUtf8(Names, Convert.FromHexString(hex)));
}
