using Lakehouse.Jinja.Syntax;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Evaluation;

/// <summary>Other templates: include, import, from … import.</summary>
internal sealed partial class Interpreter
{
    void RunInclude(Include include, Scope scope, Output output)
    {
        var names = Evaluate(include.Template, scope) is var value && value is JinjaList or JinjaTuple ? Iteration.Of(value) : [value];
        foreach (var name in names)
        {
            if (Load(name) is { } template)
            {
                var context = include.WithContext ? scope.Flatten() : [];
                Run(template.Body, new Scope(template.Source, context), output);
                return;
            }
        }

        if (!include.IgnoreMissing)
        {
            throw new JinjaException(JinjaErrorKind.Value, $"template not found: {string.Join(", ", names.Select(Text.Of))}");
        }
    }

    void RunImport(Import import, Scope scope)
    {
        var name = Evaluate(import.Template, scope);
        var template = Load(name) ?? throw new JinjaException(JinjaErrorKind.Value, $"template not found: {Text.Of(name)}");
        var module = new Scope(template.Source, import.WithContext ? scope.Flatten() : []);
        Capture(template.Body, module);
        if (import.Target is not null)
        {
            var ns = new JinjaNamespace();
            foreach (var (key, value) in module.Own.Where(v => !v.Key.StartsWith('_')))
            {
                ns.Attributes[key] = value;
            }

            scope.Set(import.Target, ns);
            return;
        }

        foreach (var (wanted, alias) in import.Names!)
        {
            scope.Set(alias, module.Own.TryGetValue(wanted, out var value)
                ? value
                : new Undefined(wanted, $"the template '{template.Name}' does not export the requested name '{wanted}'"));
        }
    }

    JinjaTemplate? Load(object? name)
    {
        if (environment.Loader is null)
        {
            throw new JinjaException(JinjaErrorKind.Value, "no loader for this environment specified");
        }

        var path = name as string ?? throw JinjaException.Type($"a template's name must be str, not {TypeNames.Of(name)}");
        return environment.Loader(path) is { } text ? environment.Parse(path, text) : null;
    }
}
