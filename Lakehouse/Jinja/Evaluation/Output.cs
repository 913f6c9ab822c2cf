using System.Text;

namespace Lakehouse.Jinja.Evaluation;

/// <summary>The text that a template, a macro or a captured block has put out so far.</summary>
internal sealed class Output(Budget budget)
{
    readonly StringBuilder text = new();

    public void Write(string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        budget.Charge(1 + (value.Length / 16));
        if (text.Length + (long)value.Length > budget.Limits.Output)
        {
            throw JinjaException.Limit($"an output of more than {budget.Limits.Output} characters");
        }

        text.Append(value);
    }

    public override string ToString() => text.ToString();
}
