using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Logging;

namespace LakeAspire.Hosting.Running;

/// <summary>Reads all parameters before anything starts, so that a missing one is found then; secrets are kept out of logs from then on.</summary>
internal sealed class ParameterReader(DistributedApplicationModel model, ResourceNotificationService notifications, LogRedaction redaction)
{
    /// <exception cref="DistributedApplicationException">One has no value.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var parameter in model.Resources.OfType<ParameterResource>())
        {
            var value = await parameter.GetValueAsync(cancellationToken);
            if (parameter.Secret)
            {
                redaction.Add(value);
            }

            await notifications.PublishUpdateAsync(parameter, state => state with
            {
                State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                Properties = [new ResourcePropertySnapshot("Value", value) { IsSensitive = parameter.Secret }],
            });
        }
    }
}
