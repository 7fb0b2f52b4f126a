using System.Collections.Concurrent;

namespace VideoConcepts.Search;

/// <summary>
/// Deals a queue's videos to the threads that decode them, and gives them in the same order to the one that describes
/// them. So many are decoded, or wait for the network, at most.
/// </summary>
internal sealed class DealtJobs(JobQueue queue, int workers) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _ahead = new(workers + 1);
    private readonly BlockingCollection<(IndexJob Job, LibraryVideo? ByAnother)> _dealt = [];

    /// <summary>Videos in all.</summary>
    public int Count => queue.Jobs.Count;

    /// <summary>Whether all are dealt.</summary>
    public bool IsAtEnd => _dealt.IsAddingCompleted;

    /// <summary>The next video to decode; null: there is none left.</summary>
    public async Task<IndexJob?> NextAsync(Action<int> waiting, CancellationToken stop)
    {
        await _ahead.WaitAsync(stop).ConfigureAwait(false);
        lock (_gate)
        {
            while (!IsAtEnd && queue.Next(waiting, stop) is { } next)
            {
                _dealt.Add(next, stop);
                if (next.ByAnother is null) return next.Job;
            }
            _dealt.CompleteAdding();
        }
        _ahead.Release(); // the others end, too
        return null;
    }

    /// <summary>The videos as they are dealt.</summary>
    public IEnumerable<(IndexJob Job, LibraryVideo? ByAnother)> InOrder(CancellationToken stop) =>
        _dealt.GetConsumingEnumerable(stop);

    /// <summary>One is described.</summary>
    public void Release() => _ahead.Release();

    public void Dispose()
    {
        _ahead.Dispose();
        _dealt.Dispose();
    }
}
