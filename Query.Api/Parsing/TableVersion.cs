namespace LakeAspire.Query.Parsing;

/// <summary>Which state of a table a query means, other than the one that the statement reads. Closed.</summary>
internal abstract record TableVersion
{
    TableVersion()
    {
    }

    /// <summary>A branch, a tag, or one of them at a commit or time, as the lake writes it: <c>dev</c>, <c>dev@123</c>.</summary>
    internal sealed record Reference(string Text) : TableVersion
    {
        public override string ToString() => Text;
    }

    /// <summary>A number: a snapshot of the table, or a commit of the lake.</summary>
    internal sealed record Number(long Value, NumberMeaning Meaning) : TableVersion
    {
        public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What was current then, on the branch that the statement reads.</summary>
    internal sealed record Time(DateTimeOffset At) : TableVersion
    {
        public override string ToString() => At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>What a number in a query stands for.</summary>
internal enum NumberMeaning
{
    /// <summary>A snapshot of the table if it has one of that id, else a commit of the lake.</summary>
    Either,

    /// <summary>A snapshot of the table.</summary>
    Snapshot,

    /// <summary>A commit of the lake.</summary>
    Commit,
}
