using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Running;

/// <summary>Environment and arguments of a resource, with every value as it is in this run.</summary>
internal sealed class EnvironmentResolver(DistributedApplicationExecutionContext execution)
{
    public async Task<Dictionary<string, string>> EnvironmentOfAsync(IResource resource, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var context = new EnvironmentCallbackContext(execution, resource, values, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context);
        }

        var resolved = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            resolved[name] = await ResolveAsync(value, cancellationToken);
        }

        return resolved;
    }

    public static async Task<List<string>> ArgumentsOfAsync(IResource resource, CancellationToken cancellationToken)
    {
        var values = new List<object>();
        var context = new CommandLineArgsCallbackContext(values, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context);
        }

        var resolved = new List<string>();
        foreach (var value in values)
        {
            resolved.Add(await ResolveAsync(value, cancellationToken));
        }

        return resolved;
    }

    static async ValueTask<string> ResolveAsync(object value, CancellationToken cancellationToken) =>
        value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) ?? "" : value.ToString() ?? "";
}
