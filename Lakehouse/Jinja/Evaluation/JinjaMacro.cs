using Lakehouse.Jinja.Syntax;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Evaluation;

/// <summary>A macro, or the body of a call block, with the scope in which it stands.</summary>
internal sealed class JinjaMacro(string name, MacroBody body, Scope scope) : JinjaCallable
{
    public override string TypeName => "Macro";

    public override object? Invoke(JinjaCall call)
    {
        var inner = new Scope(scope);
        Bind(call, inner);
        try
        {
            return call.Interpreter.Capture(body.Body, inner);
        }
        catch (ReturnSignal signal)
        {
            return signal.Value;
        }
    }

    void Bind(JinjaCall call, Scope inner)
    {
        var named = new List<KeyValuePair<string, object?>>(call.Named);
        for (var i = 0; i < body.Parameters.Count; i++)
        {
            var (parameter, otherwise) = body.Parameters[i];
            var at = named.FindIndex(n => n.Key == parameter);
            if (at >= 0 && i < call.Positional.Count)
            {
                throw JinjaException.Type($"macro {Repr.Of(name)} got multiple values for argument {Repr.Of(parameter)}");
            }

            object? value;
            if (i < call.Positional.Count)
            {
                value = call.Positional[i];
            }
            else if (at >= 0)
            {
                value = named[at].Value;
                named.RemoveAt(at);
            }
            else
            {
                // A default may use the parameters before it.
                value = otherwise is null ? new Undefined(parameter, $"parameter {Repr.Of(parameter)} was not provided") : call.Interpreter.Evaluate(otherwise, inner);
            }

            inner.Set(parameter, value);
        }

        BindRest(call, named, inner);
    }

    void BindRest(JinjaCall call, List<KeyValuePair<string, object?>> named, Scope inner)
    {
        if (body.Mentions.Contains("caller") && body.Parameters.All(p => p.Name != "caller"))
        {
            var at = named.FindIndex(n => n.Key == "caller");
            inner.Set("caller", at >= 0 ? named[at].Value : new Undefined("caller", "No caller defined"));
            if (at >= 0)
            {
                named.RemoveAt(at);
            }
        }

        if (body.Mentions.Contains("kwargs"))
        {
            inner.Set("kwargs", new JinjaDict(named));
        }
        else if (named.Count > 0)
        {
            throw JinjaException.Type($"macro {Repr.Of(name)} takes no keyword argument {Repr.Of(named[0].Key)}");
        }

        var rest = call.Positional.Skip(body.Parameters.Count).ToArray();
        if (body.Mentions.Contains("varargs"))
        {
            inner.Set("varargs", new JinjaTuple(rest));
        }
        else if (rest.Length > 0)
        {
            throw JinjaException.Type($"macro {Repr.Of(name)} takes not more than {body.Parameters.Count} argument(s)");
        }
    }

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        (var known, value) = attribute switch
        {
            "name" => (true, name),
            "arguments" => (true, new JinjaTuple([.. body.Parameters.Select(p => (object?)p.Name)])),
            "catch_kwargs" => (true, (object?)body.Mentions.Contains("kwargs")),
            "catch_varargs" => (true, body.Mentions.Contains("varargs")),
            "caller" => (true, body.Mentions.Contains("caller")),
            _ => (false, null),
        };
        return known;
    }

    public override string ToString() => $"<Macro {Repr.Of(name)}>";
}

/// <summary>What dbt's <c>return(value)</c> does: the macro ends, and its call has that value.</summary>
internal sealed class ReturnSignal(object? value) : Exception("return is only valid in a macro")
{
    public object? Value => value;
}
