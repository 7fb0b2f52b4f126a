namespace VideoConcepts.Search;

/// <summary>Videos that are to be indexed, as they come up: one after the other, or those that a process gets of what
/// several do together.</summary>
internal abstract class JobQueue(IReadOnlyList<IndexJob> jobs) : IDisposable
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<IndexJob> Jobs => jobs;

    /// <summary>The next one, and what the library has of it if another process has done it meanwhile; null: there is
    /// none left. Called from one thread at a time.</summary>
    /// <param name="waiting">Told how many are left for which this process waits.</param>
    /// <param name="stop">Ends the wait for others.</param>
    public abstract (IndexJob Job, LibraryVideo? ByAnother)? Next(Action<int> waiting, CancellationToken stop);

    /// <summary>A video of which nothing was written is left to others.</summary>
    public virtual void GiveBack(IndexJob job)
    {
    }

    public void Dispose()
    {
        foreach (IndexJob job in jobs) job.Dispose();
    }
}

/// <summary>All of the videos, in their order.</summary>
internal sealed class OwnJobs(IReadOnlyList<IndexJob> jobs) : JobQueue(jobs)
{
    private int _next;

    public override (IndexJob Job, LibraryVideo? ByAnother)? Next(Action<int> waiting, CancellationToken stop) =>
        _next < Jobs.Count ? (Jobs[_next++], null) : null;
}

/// <summary>
/// Of the videos those that no other process has taken. Whoever comes to the end waits for the others: what one leaves
/// that is gone is taken by those that are still there.
/// </summary>
/// <param name="jobs">All of the videos.</param>
/// <param name="leases">What this process has taken.</param>
/// <param name="first">Where it begins, so that processes do not follow each other: 0 to 1 of the list.</param>
/// <param name="clock">Says when to look again for what others have taken.</param>
internal sealed class SharedJobs(IReadOnlyList<IndexJob> jobs, IVideoLeases leases, double first, TimeProvider clock)
    : JobQueue(jobs)
{
    private const int Window = 64; // videos that the store is asked about at once
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly LinkedList<IndexJob> _open = InTurn(jobs, first);
    private readonly Queue<(IndexJob Job, LibraryVideo? ByAnother)> _ready = [];

    public override (IndexJob Job, LibraryVideo? ByAnother)? Next(Action<int> waiting, CancellationToken stop)
    {
        while (_ready.Count == 0)
        {
            if (_open.Count == 0) return null;
            bool found = false;
            for (int from = 0; from < _open.Count && !found; from += Window) found = Look([.. _open.Skip(from)
                .Take(Window)]);
            if (found) continue;
            waiting(_open.Count);
            Task.Delay(s_again, clock, stop).GetAwaiter().GetResult();
        }
        return _ready.Dequeue();
    }

    public override void GiveBack(IndexJob job) => leases.GiveBack(job.Path);

    private static LinkedList<IndexJob> InTurn(IReadOnlyList<IndexJob> jobs, double first)
    {
        int at = (int)(first * jobs.Count);
        return new([.. jobs.Skip(at), .. jobs.Take(at)]);
    }

    // Takes one of these, and lets go of those that others have done.
    private bool Look(IndexJob[] some)
    {
        HashSet<IndexJob> done = Done(some);
        IndexJob[] rest = [.. some.Where(job => !done.Contains(job))];
        IReadOnlySet<string> taken = rest.Length == 0 ? new HashSet<string>()
            : leases.Take([.. rest.Select(job => job.Path)], 1);
        IndexJob[] mine = [.. rest.Where(job => taken.Contains(job.Path))];
        // one that another gave back a moment ago has its moments now
        HashSet<IndexJob> late = mine.Length == 0 ? [] : Done(mine);
        foreach (IndexJob job in mine)
            if (late.Contains(job)) leases.GiveBack(job.Path);
            else
            {
                _open.Remove(job);
                _ready.Enqueue((job, null));
            }
        return done.Count + mine.Length > 0;
    }

    private HashSet<IndexJob> Done(IndexJob[] some)
    {
        var known = leases.Known([.. some.Select(job => job.Path)]).ToDictionary(video => video.Path);
        HashSet<IndexJob> done = [.. some.Where(job => known.TryGetValue(job.Path, out LibraryVideo? video)
            && job.IsDoneBy(video))];
        foreach (IndexJob job in done)
        {
            _open.Remove(job);
            _ready.Enqueue((job, known[job.Path]));
        }
        return done;
    }
}
