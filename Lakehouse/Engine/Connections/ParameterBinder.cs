using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Lakehouse.Engine.Native;

namespace Lakehouse.Engine;

/// <summary>Binds values to the positions of a prepared statement.</summary>
internal static unsafe class ParameterBinder
{
    public static void Bind(StatementHandle statement, IReadOnlyList<object?> parameters)
    {
        var expected = NativeMethods.duckdb_nparams(statement);
        if (expected != (ulong)parameters.Count)
        {
            throw new ArgumentException($"The statement takes {expected} parameters, not {parameters.Count}.", nameof(parameters));
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            if (BindOne(statement, (ulong)i + 1, parameters[i]) != 0)
            {
                throw EngineException.From($"Invalid Input Error: parameter {i + 1} cannot be bound");
            }
        }
    }

    static int BindOne(StatementHandle statement, ulong index, object? value) => value switch
    {
        null => NativeMethods.duckdb_bind_null(statement, index),
        bool v => NativeMethods.duckdb_bind_boolean(statement, index, v ? (byte)1 : (byte)0),
        int v => NativeMethods.duckdb_bind_int32(statement, index, v),
        long v => NativeMethods.duckdb_bind_int64(statement, index, v),
        Int128 v => NativeMethods.duckdb_bind_hugeint(statement, index, new NativeHugeInt(v)),
        float v => NativeMethods.duckdb_bind_float(statement, index, v),
        double v => NativeMethods.duckdb_bind_double(statement, index, v),
        decimal v => NativeMethods.duckdb_bind_decimal(statement, index, Decimal(v)),
        DateOnly v => NativeMethods.duckdb_bind_date(statement, index, v.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber),
        TimeOnly v => NativeMethods.duckdb_bind_time(statement, index, v.Ticks / TimeSpan.TicksPerMicrosecond),
        DateTime v => NativeMethods.duckdb_bind_timestamp(statement, index, Micros(v.Ticks)),
        DateTimeOffset v => NativeMethods.duckdb_bind_timestamp_tz(statement, index, Micros(v.UtcTicks)),
        string v => Text(statement, index, v),
        byte[] v => Blob(statement, index, v),
        Guid v => Value(statement, index, Uuid(v)),
        IReadOnlyList<string> v => Value(statement, index, TextList(v)),
        _ => throw new ArgumentException($"A {value.GetType().Name} cannot be bound as a parameter.", nameof(value)),
    };

    static long Micros(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    static NativeDecimal Decimal(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = new Int128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        var digits = magnitude.ToString(CultureInfo.InvariantCulture).Length;
        return new NativeDecimal
        {
            Scale = value.Scale,
            Width = (byte)Math.Max(digits, value.Scale + 1),
            Value = new NativeHugeInt(value < 0 ? -magnitude : magnitude),
        };
    }

    static int Text(StatementHandle statement, ulong index, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* start = bytes)
        {
            // An empty array pins to null, which DuckDB does not take for a text.
            var empty = (byte)0;
            return NativeMethods.duckdb_bind_varchar_length(statement, index, bytes.Length == 0 ? &empty : start, (ulong)bytes.Length);
        }
    }

    static int Blob(StatementHandle statement, ulong index, byte[] value)
    {
        fixed (byte* start = value)
        {
            var empty = (byte)0;
            return NativeMethods.duckdb_bind_blob(statement, index, value.Length == 0 ? &empty : start, (ulong)value.Length);
        }
    }

    static nint Uuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return NativeMethods.duckdb_create_uuid(new UInt128Parts(BinaryPrimitives.ReadUInt128BigEndian(bytes)));
    }

    static nint TextList(IReadOnlyList<string> texts)
    {
        var values = new nint[texts.Count];
        using var type = NativeMethods.duckdb_create_logical_type(NativeType.Varchar);
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                var bytes = Encoding.UTF8.GetBytes(texts[i]);
                fixed (byte* start = bytes)
                {
                    var empty = (byte)0;
                    values[i] = NativeMethods.duckdb_create_varchar_length(bytes.Length == 0 ? &empty : start, (ulong)bytes.Length);
                }
            }

            fixed (nint* first = values)
            {
                var none = (nint)0;
                return NativeMethods.duckdb_create_list_value(type, values.Length == 0 ? &none : first, (ulong)values.Length);
            }
        }
        finally
        {
            for (var i = 0; i < values.Length; i++)
            {
                NativeMethods.duckdb_destroy_value(ref values[i]);
            }
        }
    }

    static int Value(StatementHandle statement, ulong index, nint value)
    {
        try
        {
            return NativeMethods.duckdb_bind_value(statement, index, value);
        }
        finally
        {
            NativeMethods.duckdb_destroy_value(ref value);
        }
    }
}
