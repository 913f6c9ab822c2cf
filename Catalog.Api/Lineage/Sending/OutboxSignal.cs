namespace LakeAspire.Catalog.Lineage.Sending;

/// <summary>Wakes the sender when this instance has taken an event in.</summary>
internal sealed class OutboxSignal : WorkSignal;
