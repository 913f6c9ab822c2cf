using Microsoft.Extensions.Logging;

namespace LakeAspire.Hosting.Logging;

/// <summary>Warnings and errors of the host itself, a line each, to standard error.</summary>
internal sealed class StandardErrorLogger(string category) : ILogger
{
    public static ILoggerProvider Provider { get; } = new LoggerProvider();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    // Health checks log each failure of a service that is still starting; the state of resources is shown by other means.
    public bool IsEnabled(LogLevel logLevel) =>
        logLevel >= LogLevel.Warning
        && !category.StartsWith("Microsoft.Extensions.Diagnostics.HealthChecks", StringComparison.Ordinal)
        && !category.StartsWith("Microsoft.Extensions.Hosting.Internal", StringComparison.Ordinal);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Console.Error.WriteLine($"{logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception)}{(exception is null ? "" : $": {exception.Message}")}");
        }
    }

    sealed class LoggerProvider : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new StandardErrorLogger(categoryName);

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
