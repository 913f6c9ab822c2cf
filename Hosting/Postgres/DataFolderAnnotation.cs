using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Postgres;

/// <summary>Where a server keeps its data.</summary>
internal sealed record DataFolderAnnotation(string? Folder, string? VolumeName, bool IsReadOnly) : IResourceAnnotation;
