using System.Runtime.CompilerServices;

namespace Lakehouse.Jinja.Evaluation;

/// <summary>What a rendering has used, against its limits. Not thread-safe: a rendering is one thread's.</summary>
internal sealed class Budget(JinjaLimits limits, CancellationToken cancellationToken)
{
    const int CheckEvery = 4096;

    long steps;
    long nextCheck = CheckEvery;
    int depth;

    public JinjaLimits Limits => limits;

    /// <summary>Counts steps, elements or characters.</summary>
    public void Charge(long amount)
    {
        steps += amount;
        if (steps < nextCheck)
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        nextCheck = steps + CheckEvery;
        if (steps > limits.Steps)
        {
            throw JinjaException.Limit($"the template takes more than {limits.Steps} steps");
        }
    }

    /// <summary>Refuses a text that would be too long.</summary>
    public void CheckText(double length)
    {
        if (length > limits.Output)
        {
            throw JinjaException.Limit($"a text of more than {limits.Output} characters");
        }

        Charge((long)(length / 16));
    }

    /// <summary>Two texts as one.</summary>
    public string Text(string a, string b)
    {
        CheckText((double)a.Length + b.Length);
        return a + b;
    }

    /// <summary>Goes one level deeper; <see cref="Leave"/> comes back.</summary>
    public void Enter()
    {
        if (++depth > limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw JinjaException.Limit("maximum recursion depth exceeded");
        }
    }

    public void Leave() => depth--;
}
