using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>Once, when the database has come to this version: policies of earlier ones get the ids of their columns. What can't be found now is looked for when the table is read.</summary>
internal sealed class PolicyFieldFinder(PolicyTables policies, MigrationState state, TimeProvider time, ILogger<PolicyFieldFinder> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!state.IsCurrent)
        {
            await Task.Delay(Pause, time, stoppingToken);
        }

        try
        {
            await policies.FindAllAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.PolicyFieldsNotFound(logger, exception);
        }
    }
}
