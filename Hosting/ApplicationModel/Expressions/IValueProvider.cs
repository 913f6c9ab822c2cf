namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something with a value while the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value, as soon as it is known.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Something that the manifest refers to by an expression.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, such as <c>{catalog.connectionString}</c>.</summary>
    string ValueExpression { get; }
}
