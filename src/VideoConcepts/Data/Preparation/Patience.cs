namespace VideoConcepts.Data.Preparation;

/// <summary>Cancels what makes no progress for a time, or what is cancelled anyway.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private readonly TimeSpan _limit;
    private volatile bool _isOver;

    public Patience(TimeSpan limit, TimeProvider clock, CancellationToken cancellation)
    {
        _limit = limit;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _timer = clock.CreateTimer(_ => End(), null, limit, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether it was the time that ended the work.</summary>
    public bool IsOver => _isOver;

    /// <summary>There was progress: the time starts anew.</summary>
    public void Renew() => _timer.Change(_limit, Timeout.InfiniteTimeSpan);

    /// <summary>Until it is renewed, no time counts: others hold the work up.</summary>
    public void Pause() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private void End()
    {
        if (_source.IsCancellationRequested) return;
        _isOver = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended at the same moment.
        }
    }
}
