using Lakehouse.Engine.Scans;

namespace LakeAspire.Query.Worker.Execution;

/// <summary>Collects what the relations of the next query need beside their files. What is wrong with it is that query's failure.</summary>
internal sealed class ReceivedInputs
{
    RelationInputReader reader = new();
    Exception? failure;

    public void Add(byte[] message)
    {
        if (failure is not null)
        {
            return;
        }

        try
        {
            reader.Add(message);
        }
        catch (Exception exception)
        {
            reader = new RelationInputReader();
            failure = exception;
        }
    }

    /// <summary>Hands over what has come, for one query: it gives the inputs, or throws what was wrong.</summary>
    public Func<IReadOnlyList<RelationInput>> Take()
    {
        var (taken, wrong) = (reader, failure);
        (reader, failure) = (new RelationInputReader(), null);
        return () => wrong is null ? taken.Finish() : throw wrong;
    }
}
