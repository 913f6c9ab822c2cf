using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Tests;

/// <summary>Rendering in one call.</summary>
internal static class Templates
{
    public static string Render(string text, params (string Name, object? Value)[] variables) => Render(new JinjaEnvironment(), text, variables);

    public static string Render(JinjaEnvironment environment, string text, params (string Name, object? Value)[] variables) =>
        environment.Parse("test.sql", text).Render(variables.ToDictionary(v => v.Name, v => v.Value));

    public static JinjaException Fails(string text, params (string Name, object? Value)[] variables) => Assert.Throws<JinjaException>(() => Render(text, variables));

    public static JinjaList List(params object?[] items) => new([.. items]);

    public static JinjaDict Dict(params (string Key, object? Value)[] entries) => new(entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));
}
