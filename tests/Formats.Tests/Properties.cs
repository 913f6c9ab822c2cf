using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;

namespace Lakehouse.Formats.Tests;

/// <summary>Runs property tests; the seed is in the message of a failure and can be given by <c>LAKEASPIRE_SEED</c>.</summary>
internal static class Properties
{
    public static void Hold<T>(Gen<T> values, Action<T> property, int full = 2000)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(full)).WithReplay((ulong)Soak.Seed, 7);
        try
        {
            Prop.ForAll(Arb.From(values), value =>
            {
                property(value);
                return true;
            }).Check(config);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"LAKEASPIRE_SEED={Soak.Seed}: {error.Message}", error);
        }
    }
}
