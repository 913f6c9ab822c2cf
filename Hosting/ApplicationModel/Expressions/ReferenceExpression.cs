using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Text with values in it that are known only when the application runs: resolved then, or written to the manifest as expressions.</summary>
public sealed class ReferenceExpression : IManifestExpressionProvider, IValueProvider
{
    readonly string?[] stringFormats;

    ReferenceExpression(string format, IReadOnlyList<IValueProvider> valueProviders, IReadOnlyList<string> manifestExpressions, string?[] stringFormats)
    {
        (Format, ValueProviders, ManifestExpressions, this.stringFormats) = (format, valueProviders, manifestExpressions, stringFormats);
    }

    /// <summary>The text, a composite format string.</summary>
    public string Format { get; }

    /// <summary>The values in it.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <summary>The same values for the manifest.</summary>
    public IReadOnlyList<string> ManifestExpressions { get; }

    /// <summary>The kind of encoding that each value asked for: null or <c>uri</c>.</summary>
    public IReadOnlyList<string?> StringFormats => stringFormats;

    /// <inheritdoc />
    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    /// <summary>An expression from interpolated text.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.GetExpression();

    /// <inheritdoc />
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await ValueProviders[i].GetValueAsync(cancellationToken);
            values[i] = stringFormats[i] is "uri" && value is not null ? Uri.EscapeDataString(value) : value;
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    /// <summary>Collects the parts of interpolated text.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        readonly StringBuilder text = new(literalLength * 2);
        readonly List<IValueProvider> providers = new(formattedCount);
        readonly List<string> expressions = new(formattedCount);
        readonly List<string?> formats = new(formattedCount);

        /// <summary>Literal text.</summary>
        public readonly void AppendLiteral(string value) => text.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

        /// <summary>Text.</summary>
        public readonly void AppendFormatted(string? value) => AppendLiteral(value ?? "");

        /// <summary>A value.</summary>
        public readonly void AppendFormatted<T>(T value) where T : IValueProvider, IManifestExpressionProvider => AppendFormatted(value, format: null);

        /// <summary>A value, encoded: <c>uri</c>.</summary>
        public readonly void AppendFormatted<T>(T value, string? format) where T : IValueProvider, IManifestExpressionProvider
        {
            text.Append(CultureInfo.InvariantCulture, $"{{{providers.Count}}}");
            providers.Add(value);
            expressions.Add(value.ValueExpression);
            formats.Add(format);
        }

        internal ReferenceExpression GetExpression() => new(text.ToString(), providers, expressions, [.. formats]);
    }
}
