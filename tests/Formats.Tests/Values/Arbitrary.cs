using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Values;

/// <summary>Generators of values, edge values among them.</summary>
internal static class Arbitrary
{
    public static readonly Gen<int> Int = Gen.OneOf(
        Gen.Choose(-1000, 1000), Gen.Choose(int.MinValue, int.MaxValue), Gen.Elements(int.MinValue, int.MinValue + 1, -1, 0, 1, int.MaxValue - 1, int.MaxValue));

    public static readonly Gen<long> Long = Gen.OneOf(
        Int.Select(number => (long)number), Int.Zip(Int).Select(pair => ((long)pair.Item1 << 32) | (uint)pair.Item2), Gen.Elements(long.MinValue, long.MaxValue));

    public static readonly Gen<Int128> Int128 = Gen.OneOf(Long.Select(number => (Int128)number), Long.Zip(Long).Select(pair => ((Int128)pair.Item1 << 64) | (ulong)pair.Item2));

    public static readonly Gen<double> Double = Gen.OneOf(
        Long.Select(BitConverter.Int64BitsToDouble), Int.Select(number => number / 8.0), Gen.Elements(0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon));

    public static readonly Gen<float> Float = Gen.OneOf(Int.Select(BitConverter.Int32BitsToSingle), Gen.Elements(0f, -0f, float.NaN, float.PositiveInfinity));

    /// <summary>Text of all planes, the edges of the surrogates and the last code point among it.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
            Gen.Choose('a', 'e'), Gen.Choose(0, 0xd7ff), Gen.Choose(0xe000, 0x10ffff), Gen.Elements(0xd7ff, 0xe000, 0xffff, 0x10000, 0x10fffe, 0x10ffff))
        .ListOf()
        .Select(points => string.Concat(points.Select(point => new Rune(point).ToString())));

    public static readonly Gen<byte[]> Bytes = Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(0, 0xfe, 0xff, 0xff)).ListOf().Select(bytes => bytes.Select(value => (byte)value).ToArray());

    public static readonly Gen<Guid> Uuid = Long.Zip(Long).Select(pair =>
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, pair.Item1);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), pair.Item2);
        return new Guid(bytes);
    });

    /// <summary>A type and a value of it.</summary>
    public static readonly Gen<(IcebergType Type, object Value)> Typed = Gen.OneOf(
        Gen.Elements(false, true).Select(value => ((IcebergType)IcebergType.Boolean, (object)value)),
        Int.Select(value => ((IcebergType)IcebergType.Int, (object)value)),
        Int.Select(value => ((IcebergType)IcebergType.Date, (object)value)),
        Long.Select(value => ((IcebergType)IcebergType.Long, (object)value)),
        Long.Select(value => ((IcebergType)IcebergType.Timestamp, (object)value)),
        Long.Select(value => ((IcebergType)IcebergType.TimestampTz, (object)value)),
        Long.Select(value => ((IcebergType)IcebergType.TimestampNs, (object)value)),
        Long.Select(value => ((IcebergType)IcebergType.Time, (object)(long)((ulong)value % 86_400_000_000))),
        Float.Select(value => ((IcebergType)IcebergType.Float, (object)value)),
        Double.Select(value => ((IcebergType)IcebergType.Double, (object)value)),
        Int128.Select(value => ((IcebergType)new DecimalType(38, 10), (object)(value % System.Int128.Parse("100000000000000000000000000000000000000", System.Globalization.CultureInfo.InvariantCulture)))),
        Text.Select(value => ((IcebergType)IcebergType.String, (object)value)),
        Uuid.Select(value => ((IcebergType)IcebergType.Uuid, (object)value)),
        Bytes.Select(value => ((IcebergType)IcebergType.Binary, (object)value)));

    /// <summary>Two values of one type.</summary>
    public static Gen<(IcebergType Type, object Left, object Right)> Pairs { get; } =
        Typed.Zip(Typed).Where(pair => pair.Item1.Type == pair.Item2.Type).Select(pair => (pair.Item1.Type, pair.Item1.Value, pair.Item2.Value));
}
