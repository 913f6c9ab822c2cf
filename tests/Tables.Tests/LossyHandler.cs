namespace Lakehouse.Tables.Tests;

/// <summary>A network that loses requests or answers of commits, as a test wants it.</summary>
internal sealed class LossyHandler : DelegatingHandler
{
    /// <summary>How many commits' requests are lost from now on.</summary>
    public int LoseRequests { get; set; }

    /// <summary>How many commits' answers are lost from now on; the commits are made.</summary>
    public int LoseAnswers { get; set; }

    /// <summary>How many requests of any kind find nobody from now on.</summary>
    public int Away { get; set; }

    /// <summary>Runs when an answer was lost.</summary>
    public Func<Task>? AfterLoss { get; set; }

    /// <summary>Commits sent.</summary>
    public int Commits { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Away > 0)
        {
            Away--;
            throw new HttpRequestException("nobody is there");
        }

        if (!request.RequestUri!.AbsolutePath.EndsWith("/transactions/commit", StringComparison.Ordinal))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        Commits++;
        if (LoseRequests > 0)
        {
            LoseRequests--;
            throw new HttpRequestException("the request is lost");
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (LoseAnswers == 0)
        {
            return response;
        }

        LoseAnswers--;
        response.Dispose();
        await (AfterLoss?.Invoke() ?? Task.CompletedTask);
        throw new HttpRequestException("the answer is lost");
    }
}
