namespace LakeAspire.Catalog.Idempotency;

/// <summary>What the answer of a route consists of, when it is given again.</summary>
internal enum AnswerForm
{
    /// <summary>Nothing but its status, 204.</summary>
    Empty,

    /// <summary>A namespace, as the request has it.</summary>
    Namespace,

    /// <summary>What was kept with the key.</summary>
    Kept,

    /// <summary>A table as the commit left it, with configuration.</summary>
    Table,

    /// <summary>A table as the commit left it, or as it found it to drop it.</summary>
    CommittedTable,

    /// <summary>A view as the commit left it.</summary>
    View,
}

/// <summary>Marks a route whose requests may carry an <c>Idempotency-Key</c>.</summary>
internal sealed record IdempotentRoute(AnswerForm Form)
{
    public int Success => Form == AnswerForm.Empty ? StatusCodes.Status204NoContent : StatusCodes.Status200OK;
}

internal static class IdempotentRoutes
{
    /// <summary>Lets requests carry a key. What the route does must be one commit.</summary>
    public static T Idempotent<T>(this T route, AnswerForm form = AnswerForm.Empty)
        where T : IEndpointConventionBuilder => route.WithMetadata(new IdempotentRoute(form));
}
