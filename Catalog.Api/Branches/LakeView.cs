using System.Reflection;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Branches;

/// <summary>One layer of a state of the lake: the pointers of a branch as of one of its commits.</summary>
/// <param name="BranchId">The branch.</param>
/// <param name="Commit">The commit; null for what is current.</param>
internal readonly record struct BranchLevel(int BranchId, long? Commit);

/// <summary>One consistent state of the lake: a branch's own pointers, laid over those of its parent as of the commit that it started at, and so on.</summary>
/// <param name="Ref">What was asked for.</param>
/// <param name="BranchId">The branch whose layer is on top.</param>
/// <param name="Branch">Its name; of a tag, the tag's.</param>
/// <param name="IsWritable">Whether commits may be made here: a branch at its head.</param>
/// <param name="IsProtected">Whether only merges may be committed.</param>
/// <param name="HeadId">The newest commit that is seen; null in a lake without commits.</param>
/// <param name="HeadAt">When that was.</param>
/// <param name="Levels">The layers, uppermost first.</param>
internal sealed record LakeView(
    LakeRef Ref, int BranchId, string Branch, bool IsWritable, bool IsProtected, long? HeadId, DateTimeOffset? HeadAt, IReadOnlyList<BranchLevel> Levels)
{
    /// <summary>The same state for every statement that follows, whatever is committed meanwhile.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for its newest commit.</exception>
    public LakeView Pinned() => OwnHead < 0 ? throw new InvalidOperationException("This view does not know its newest commit: resolve it.") : this with { IsWritable = false, Levels = Levels.Select(level => level.Commit is null ? level with { Commit = OwnHead } : level).ToList() };

    /// <summary>The newest commit of the uppermost layer's own; 0 when it has none, negative when nobody asked.</summary>
    public long OwnHead { get; init; }

    /// <summary>The branch and its commit that a branch from here starts at; of a state that is pinned.</summary>
    public BranchLevel Start => Levels.First(level => level.Commit != 0 || level == Levels[^1]);

    /// <summary>Whether this is the branch <c>main</c>.</summary>
    public bool IsMain => Branch == BranchRow.Main;

    /// <summary>Binds an endpoint's parameter: the route's prefix, else the query's <c>branch</c> and <c>asOf</c> below <c>/api</c>, else <c>main</c>.</summary>
    public static async ValueTask<LakeView?> BindAsync(HttpContext context, ParameterInfo parameter) => await OfAsync(context);

    /// <summary>The state that a request means.</summary>
    public static async Task<LakeView> OfAsync(HttpContext context)
    {
        var reference = context.Request.RouteValues.TryGetValue("prefix", out var prefix) ? LakeRef.OfPrefix((string)prefix!)
            : context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) ? LakeRef.OfQuery(context.Request.Query["branch"], context.Request.Query["asOf"])
            : LakeRef.Main;
        var services = context.RequestServices;
        var views = services.GetRequiredService<LakeViews>();

        // That there is main everybody knows.
        return reference == LakeRef.Main
            ? await views.MainAsync(context.RequestAborted)
            : await services.GetRequiredService<IAccess>().ResolveAsync(Caller.Of(context), views, reference, context.RequestAborted);
    }

    /// <summary>Refuses to commit where that cannot be.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 says why.</exception>
    public LakeView Writable() =>
        IsWritable ? this : throw CatalogErrors.BadRequest($"'{Ref.Text}' is a tag or a point of the past: commits are made on branches only");
}
