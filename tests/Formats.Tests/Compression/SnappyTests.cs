using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Compression;

namespace Lakehouse.Formats.Tests.Compression;

public sealed class SnappyTests
{
    [Fact]
    public void Data_comes_back() => Properties.Hold(Gen.Choose(0, 5).SelectMany(alphabet => Gen.Choose(0, 200_000).SelectMany(length => Gen.Choose(0, 1000).Select(seed => Bytes(alphabet, length, seed)))), data =>
    {
        var packed = Snappy.Encode(data);
        Assert.Equal(data, Snappy.Decode(packed, data.Length));
        Assert.Throws<InvalidDataException>(() => Snappy.Decode(packed, data.Length - 1));
    }, 300);

    [Fact]
    public void Repeating_data_gets_small() => Assert.InRange(Snappy.Encode(new byte[1_000_000]).Length, 1, 60_000);

    [Theory]
    [InlineData("05" + "10" + "68656c6c6f", "hello")]
    [InlineData("09" + "04" + "6162" + "0d02", "ababababa")]
    [InlineData("0a" + "04" + "6162" + "1e0200", "ababababab")]
    [InlineData("0a" + "04" + "6162" + "1f02000000", "ababababab")]
    [InlineData("02" + "f001" + "6162", "ab")]
    public void Every_element_is_understood(string hex, string expected) => Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(Snappy.Decode(Convert.FromHexString(hex), 100)));

    [Theory]
    [InlineData("")]
    [InlineData("ff")]
    [InlineData("ffffffff7f")]
    [InlineData("ffffffffff7f")]
    [InlineData("ffffffff0f00")]
    [InlineData("05" + "1068")]
    [InlineData("04" + "0d00")]
    [InlineData("04" + "0061" + "0e0000")]
    [InlineData("04" + "0061" + "0e0200")]
    public void Malformed_data_is_refused(string hex) => Assert.Throws<InvalidDataException>(() => Snappy.Decode(Convert.FromHexString(hex), 1 << 20));

    [Fact]
    public void Damaged_data_ends_in_data_or_an_error()
    {
        var whole = Snappy.Encode(Bytes(3, 5000, 1));
        var random = new Random(Soak.Seed);
        for (var i = 0; i < Soak.Scale(20_000); i++)
        {
            var packed = whole.ToArray();
            packed[random.Next(packed.Length)] = (byte)random.Next(256);
            try
            {
                Assert.InRange(Snappy.Decode(packed, 1 << 20).Length, 0, 1 << 20);
            }
            catch (InvalidDataException)
            {
                // Noticed.
            }
        }
    }

    private static byte[] Bytes(int alphabet, int length, int seed)
    {
        var random = new Random(seed);
        var data = new byte[length];
        for (var i = 0; i < length; i++)
        {
            data[i] = (byte)random.Next(1 << (alphabet + 1));
        }

        return data;
    }
}
