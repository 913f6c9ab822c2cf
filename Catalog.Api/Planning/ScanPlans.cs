using System.Text;
using System.Text.Json;
using LakeAspire.Catalog.Metadata;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;
using Lakehouse.Formats.IO;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Planning;

/// <summary>
/// Plans scans for engines. Whatever a plan needs later stands in its tokens, so that any instance of the service does the next part, and a restart loses nothing; files are found while they are written, and none are kept.
/// </summary>
internal sealed class ScanPlans(IObjectStore store, MetadataFiles files, SealedTokens tokens, IOptions<PlanningOptions> options, TimeProvider time)
{
    const string Purpose = "scan plans";

    /// <summary>Tasks of one plan at most; those of a larger table are larger.</summary>
    const int MaxTasks = 2000;

    /// <summary>A manifest whose list does not say how many files it has.</summary>
    const int AssumedFiles = 1000;

    readonly ManifestCache cache = new(options.Value.ManifestCacheBytes);

    /// <summary>Plans a scan.</summary>
    /// <exception cref="ApiException">400 says what is wrong with the request.</exception>
    public async Task<PlannedScan> PlanAsync(Guid tableId, string metadataLocation, PlanTableScanRequest asked, CancellationToken cancellationToken)
    {
        var metadata = await files.ReadAsync(metadataLocation, cancellationToken);
        var request = ScanRequest.Of(asked, metadata);
        var token = TokenOf(tableId, metadataLocation, asked);
        var (isWhole, plan) = tokens.Seal(Purpose, token) is { } id ? (true, id) : (false, tokens.Seal(Purpose, TokenOf(tableId, metadataLocation, asked with { Filter = null }))!);
        var parts = request.Snapshot is null ? [] : asked.IsIncremental ? await AppendPartsAsync(metadata, request, cancellationToken) : await ScanPartsAsync(metadata, request, cancellationToken);
        if (!isWhole || parts.Sum(part => part.Files) <= options.Value.InlineFiles)
        {
            return new PlannedScan(metadata, Enough(FilesAsync(metadata, request, parts, cancellationToken), metadata, request), [], request.StatisticsOf) { PlanId = plan };
        }

        var most = Math.Max(options.Value.TaskFiles, parts.Sum(part => part.Files) / MaxTasks);
        var sealedTasks = Joined(parts, most).ConvertAll(part => tokens.Seal(Purpose, token with { IsTask = true, From = part.From, To = part.To, Start = part.Manifests?.Start ?? 0, End = part.Manifests?.End ?? 0 }));

        // Hardly longer than the plan's own token; where that was just short enough, all is answered at once.
        return sealedTasks.Contains(null)
            ? new PlannedScan(metadata, Enough(FilesAsync(metadata, request, parts, cancellationToken), metadata, request), [], request.StatisticsOf) { PlanId = plan }
            : new PlannedScan(metadata, AsyncEnumerable.Empty<ScanFile>(), sealedTasks!, request.StatisticsOf) { PlanId = plan };
    }

    /// <summary>A plan that was made before; null when there was none of that id.</summary>
    public async Task<PlannedScan?> FindPlanAsync(Guid tableId, string planId, CancellationToken cancellationToken) =>
        Open(tableId, planId, isTask: false) is { } token ? (await PlanAsync(tableId, token.MetadataLocation, ScanRequest.Parse(token.Request), cancellationToken)) with { PlanId = null } : null;

    /// <summary>Whether there is a plan of that id.</summary>
    public bool IsPlan(Guid tableId, string planId) => Open(tableId, planId, isTask: false) is not null;

    /// <summary>The files of a task; null when there is none like it.</summary>
    public async Task<PlannedScan?> FindTaskAsync(Guid tableId, string planTask, CancellationToken cancellationToken)
    {
        if (Open(tableId, planTask, isTask: true) is not { } token)
        {
            return null;
        }

        var metadata = await files.ReadAsync(token.MetadataLocation, cancellationToken);
        var request = ScanRequest.Of(ScanRequest.Parse(token.Request), metadata);
        var part = new Part(0, token.From, token.To, token.End > 0 ? new ManifestRange(token.Start, token.End) : null);
        return new PlannedScan(metadata, FilesAsync(metadata, request, [part], cancellationToken), [], request.StatisticsOf);
    }

    PlanToken? Open(Guid tableId, string text, bool isTask)
    {
        var token = tokens.Open<PlanToken>(Purpose, text);
        return token is not null && token.IsTask == isTask && token.TableId == tableId && DateTimeOffset.FromUnixTimeSeconds(token.IssuedAt) + options.Value.Lifetime > time.GetUtcNow() ? token : null;
    }

    PlanToken TokenOf(Guid tableId, string metadataLocation, PlanTableScanRequest asked)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            // Which columns are wanted changes no file, and was checked.
            (asked with { Select = null }).Write(json);
        }

        return new PlanToken(IsTask: false, tableId, metadataLocation, Encoding.UTF8.GetString(stream.ToArray()), time.GetUtcNow().ToUnixTimeSeconds());
    }

    async Task<List<Part>> ScanPartsAsync(TableMetadata metadata, ScanRequest request, CancellationToken cancellationToken)
    {
        var plan = await ScanPlanner.PlanManifestsAsync(store, metadata, request.Snapshot!, request.Filter, OptionsOf(request), cancellationToken);
        var parts = new List<Part>();
        var rows = 0L;
        foreach (var (place, manifest) in plan.Data)
        {
            parts.Add(new Part((manifest.AddedFilesCount ?? AssumedFiles) + (manifest.ExistingFilesCount ?? 0), null, null, new ManifestRange(place, place + 1)));
            rows += (manifest.AddedRowsCount ?? 0) + (manifest.ExistingRowsCount ?? 0);

            // Where no row is left out, so many are enough.
            if (request.Filter is null && !plan.HasDeletes && rows >= request.Asked.MinRowsRequested)
            {
                break;
            }
        }

        return parts;
    }

    async Task<List<Part>> AppendPartsAsync(TableMetadata metadata, ScanRequest request, CancellationToken cancellationToken)
    {
        var parts = new List<Part>();
        try
        {
            foreach (var snapshot in AppendPlanner.Appends(metadata, request.Asked.StartSnapshotId, request.Snapshot!))
            {
                var added = snapshot.SummaryNumber("added-data-files");
                if (snapshot.Operation is null || added <= options.Value.TaskFiles)
                {
                    parts.Add(new Part(added ?? AssumedFiles, snapshot.ParentSnapshotId, snapshot.SnapshotId, null));
                    continue;
                }

                foreach (var (place, manifest) in await AppendPlanner.ManifestsAsync(store, snapshot, cancellationToken))
                {
                    parts.Add(new Part(manifest.AddedFilesCount ?? AssumedFiles, snapshot.ParentSnapshotId, snapshot.SnapshotId, new ManifestRange(place, place + 1)));
                }
            }
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.NotFound)
        {
            throw CatalogErrors.BadRequest(exception.Message);
        }

        return parts;
    }

    /// <summary>Neighbours together, with so many files at most.</summary>
    static List<Part> Joined(List<Part> parts, long most)
    {
        var joined = new List<Part>();
        foreach (var part in parts)
        {
            if (joined.Count > 0 && joined[^1].Files + part.Files <= most && joined[^1].With(part) is { } both)
            {
                joined[^1] = both;
            }
            else
            {
                joined.Add(part);
            }
        }

        return joined;
    }

    async IAsyncEnumerable<ScanFile> FilesAsync(
        TableMetadata metadata, ScanRequest request, List<Part> parts, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var part in Joined(parts, long.MaxValue))
        {
            var plan = OptionsOf(request) with { Manifests = part.Manifests };
            var found = part.To is { } to
                ? AppendPlanner.PlanAsync(store, metadata, part.From, metadata.SnapshotById(to)!, request.Filter, plan, cancellationToken)
                : ScanPlanner.PlanFilesAsync(store, metadata, request.Snapshot!, request.Filter, plan, cancellationToken);
            await foreach (var file in found)
            {
                yield return file;
            }
        }
    }

    /// <summary>The files until so many rows are sure to pass as were asked for.</summary>
    static async IAsyncEnumerable<ScanFile> Enough(IAsyncEnumerable<ScanFile> found, TableMetadata metadata, ScanRequest request)
    {
        var filter = request.Filter is null ? null : new FileFilter(request.Filter, metadata, request.Schema);
        var rows = 0L;
        await foreach (var file in found)
        {
            yield return file;
            rows += file.Deletes.Count == 0 && filter?.AllPass(file.File) != false ? file.File.RecordCount : 0;
            if (rows >= request.Asked.MinRowsRequested)
            {
                yield break;
            }
        }
    }

    ScanPlanOptions OptionsOf(ScanRequest request) => new() { Schema = request.Schema, Cache = cache };

    /// <summary>A part of a plan.</summary>
    /// <param name="Files">Its files, about.</param>
    /// <param name="From">Snapshot after which it begins, of an incremental scan.</param>
    /// <param name="To">Its last snapshot.</param>
    /// <param name="Manifests">Its manifests; null = all.</param>
    sealed record Part(long Files, long? From, long? To, ManifestRange? Manifests)
    {
        /// <summary>This part and the next as one, if they can be.</summary>
        public Part? With(Part next) => (Manifests, next.Manifests) switch
        {
            // Manifests between them were ruled out, and will be again.
            ({ } mine, { } others) when To == next.To => this with { Files = Files + next.Files, Manifests = new ManifestRange(mine.Start, others.End) },
            (null, null) => this with { Files = Files + next.Files, To = next.To },
            _ => null,
        };
    }
}
