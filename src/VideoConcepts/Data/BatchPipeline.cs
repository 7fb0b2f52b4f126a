using System.Runtime.ExceptionServices;

namespace VideoConcepts.Data;

/// <summary>
/// Threads that fill batches sample by sample. The consumer adds empty batches and takes full ones in the same
/// order; workers always claim the first sample that nobody has claimed, so that the batch wanted next is done
/// first. The consumer's adding bounds the memory. All calls come from one thread.
/// </summary>
internal sealed class BatchPipeline : IDisposable
{
    private readonly Func<IFrameReader> _readerFactory;
    private readonly Action<ClipBatch, int, IFrameReader> _load;
    private readonly Thread[] _threads;

    // All below is guarded by the lock, which is pulsed at every change that somebody may wait for.
    private readonly object _lock = new();
    private readonly Queue<Pending> _window = new();
    private int _added;
    private int _running;
    private bool _stopped;
    private Failure? _failure;

    /// <param name="workers">Number of threads.</param>
    /// <param name="readerFactory">Called once on each thread; the thread disposes its reader.</param>
    /// <param name="load">Fills one sample, given by its number in the batch.</param>
    public BatchPipeline(int workers, Func<IFrameReader> readerFactory, Action<ClipBatch, int, IFrameReader> load)
    {
        (_readerFactory, _load, _running) = (readerFactory, load, workers);
        _threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"clip loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Hands over an empty batch to be filled.</summary>
    public void Add(ClipBatch batch)
    {
        lock (_lock)
        {
            _window.Enqueue(new Pending(batch, _added++));
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>
    /// Waits for the batch added first and hands it over. If one of its samples failed, throws that failure as it
    /// was; of several the first sample's, whatever the threads' timing.
    /// </summary>
    public ClipBatch Take()
    {
        lock (_lock)
        {
            Pending head = _window.Peek();
            while (head.Unfinished > 0 && _running > 0) Monitor.Wait(_lock);
            if (head.Unfinished == 0) return _window.Dequeue().Batch;
            _failure!.Exception.Throw();
            throw new InvalidOperationException("Not reached.");
        }
    }

    /// <summary>Stops the threads after the sample each is at, and disposes the batches that nobody took.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }
        foreach (Thread thread in _threads) thread.Join();
        foreach (Pending pending in _window) pending.Batch.Dispose();
        _window.Clear();
    }

    private void Work()
    {
        IFrameReader? reader = null;
        try
        {
            while (Claim() is var (pending, slot))
            {
                try
                {
                    reader ??= _readerFactory();
                    _load(pending.Batch, slot, reader);
                    Finish(pending);
                }
                catch (Exception e)
                {
                    Fail(new Failure(pending.Number, slot, ExceptionDispatchInfo.Capture(e)));
                }
            }
        }
        finally
        {
            reader?.Dispose();
            lock (_lock)
            {
                _running--;
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>The next sample to load; null when the thread shall end.</summary>
    private (Pending Pending, int Slot)? Claim()
    {
        lock (_lock)
        {
            while (!_stopped && _failure is null)
            {
                foreach (Pending pending in _window)
                {
                    if (pending.Claimed < pending.Size) return (pending, pending.Claimed++);
                }
                Monitor.Wait(_lock);
            }
            return null;
        }
    }

    private void Finish(Pending pending)
    {
        lock (_lock)
        {
            if (--pending.Unfinished == 0) Monitor.PulseAll(_lock);
        }
    }

    /// <summary>
    /// Samples claimed earlier are finished or fail on their own, so the first failure is always found.
    /// </summary>
    private void Fail(Failure failure)
    {
        lock (_lock)
        {
            if (_failure is null || failure.IsBefore(_failure)) _failure = failure;
            Monitor.PulseAll(_lock);
        }
    }

    private sealed class Pending(ClipBatch batch, int number)
    {
        public ClipBatch Batch { get; } = batch;

        public int Number { get; } = number;

        public int Size { get; } = batch.Videos.Count;

        public int Claimed { get; set; }

        public int Unfinished { get; set; } = batch.Videos.Count;
    }

    private sealed record Failure(int Batch, int Slot, ExceptionDispatchInfo Exception)
    {
        public bool IsBefore(Failure other) => (Batch, Slot).CompareTo((other.Batch, other.Slot)) < 0;
    }
}
