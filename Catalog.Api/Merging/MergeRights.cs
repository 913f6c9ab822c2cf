using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Merging;

/// <summary>
/// What a caller must be allowed for a merge. It reads all that the source has and shows what stands against it, so it takes the right to read the whole lake on both branches; on the target it takes the
/// right to do what it does to each thing. A branch's protection is no obstacle: it asks for merges.
/// </summary>
internal sealed class MergeRights(IAccess access)
{
    /// <summary>Demands what has to be so before anything is said.</summary>
    public async Task DemandReadAsync(Caller caller, LakeView source, LakeView target, CancellationToken cancellationToken)
    {
        if (caller is { IsOperator: true, Id: null })
        {
            return;
        }

        await access.DemandAsync(caller, Privilege.Select, Securable.Lake, source.Branch, cancellationToken);
        await access.DemandAsync(caller, Privilege.Describe, Securable.Lake, target.Branch, cancellationToken);
    }

    /// <summary>Demands what the plan needs, of all before any is done.</summary>
    public async Task DemandAsync(Caller caller, MergePlan plan, CancellationToken cancellationToken)
    {
        if (caller is { IsOperator: true, Id: null })
        {
            return;
        }

        var branch = plan.Target.Branch;
        foreach (var step in plan.Steps)
        {
            foreach (var (privilege, securable) in NeededBy(step))
            {
                await access.DemandAsync(caller, privilege, securable, branch, cancellationToken);
            }
        }

        if (plan.Cursors.Count + plan.Items.Count + plan.RemovedItems.Count > 0)
        {
            await access.DemandAsync(caller, Privilege.Modify, Securable.Lake, branch, cancellationToken);
        }
    }

    static IEnumerable<(Privilege Privilege, Securable Securable)> NeededBy(MergeStep step)
    {
        var here = step.Before is { Dropped: false } before ? SecurableOf(before) : null;
        if (here is null)
        {
            return [(Privilege.Create, Around(step.Next.Name.Namespace))];
        }

        var needed = new List<(Privilege, Securable)> { (step.Action switch { "rebase" => Privilege.Append, "fast" => Privilege.Modify, _ => Privilege.Manage }, here) };
        if (step.Before!.Name != step.Next.Name || step.Before.Is.Owner != step.Next.Is.Owner || DefinerOf(step.Before) != DefinerOf(step.Next))
        {
            needed.Add((Privilege.Manage, here));
        }

        if (step.Before.Name.Namespace != step.Next.Name.Namespace)
        {
            needed.Add((Privilege.Create, Around(step.Next.Name.Namespace)));
        }

        return needed;
    }

    /// <summary>What rights are held on.</summary>
    public static Securable SecurableOf(MergeObject thing) => thing.Kind == PointerKind.Namespace
        ? Securable.Namespace(NamespaceName.Within(thing.Name.Namespace.Text, thing.Name.Name), thing.Is.Owner)
        : Securable.Object(thing.Name, thing.TableId, thing.Is.Owner, thing.Kind == PointerKind.View);

    /// <summary>With whose rights a view reads: bringing another's takes more than replacing it by one's own.</summary>
    static string? DefinerOf(MergeObject thing) => thing.Kind == PointerKind.View ? Views.ViewDefiner.Of(thing.Is.Properties, thing.Is.Owner) : null;

    static Securable Around(NamespaceName space) => space.Text.Length == 0 ? Securable.Lake : Securable.Namespace(space);
}
