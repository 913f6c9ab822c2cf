namespace LakeAspire.Catalog.Planning;

/// <summary>
/// What a plan, or a task of one, is: everything needed to do the work on any instance of the service, so that none has to remember anything. A task of a point in time is a range of a snapshot's manifests of data files; one of an
/// incremental scan is a range of snapshots, or a part of one's manifests.
/// </summary>
/// <param name="IsTask">Whether it is a task; else it is a whole plan.</param>
/// <param name="TableId">The table.</param>
/// <param name="MetadataLocation">The metadata file that the plan was made of.</param>
/// <param name="Request">What was asked, as JSON text; without a filter that is too long to be carried about: a plan without one has more files, and no row less.</param>
/// <param name="IssuedAt">When it was made, in seconds since 1970.</param>
/// <param name="From">Snapshot after which an incremental task begins.</param>
/// <param name="To">Its last one.</param>
/// <param name="Start">First manifest.</param>
/// <param name="End">The one after the last; 0 = all.</param>
internal sealed record PlanToken(bool IsTask, Guid TableId, string MetadataLocation, string Request, long IssuedAt, long? From = null, long? To = null, int Start = 0, int End = 0);
