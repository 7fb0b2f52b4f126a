using System.Collections.Concurrent;
using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>Decoded windows, ready for one forward pass.</summary>
/// <param name="Pixels">Of each square that is looked at: (B, T, 3, H, W), 8-bit, in a buffer that is reused; the rows
/// of <paramref name="Windows"/> count.</param>
/// <param name="Windows">Row of the video list and first frame of each window.</param>
internal sealed record WindowBatch(byte[][] Pixels, IReadOnlyList<(int Row, int Start)> Windows);

/// <summary>
/// Decodes batches on its own threads and hands them over in order. A batch's content depends on the list alone,
/// not on the number of threads. The plan is read as far as the threads are ahead, at most <c>workers + 1</c> batches:
/// memory does not grow with it.
/// </summary>
internal sealed class ClipFeed : IDisposable
{
    private readonly IReadOnlyList<VideoEntry> _videos;
    private readonly ClipOptions _clips;
    private readonly IReadOnlyList<TestView> _views;
    private readonly IEnumerable<(int Row, int Start)[]> _plan;
    private readonly BlockingCollection<Pending> _open = []; // in the order of the plan
    private readonly CancellationTokenSource _stop = new();
    private readonly int _workers;
    private readonly Func<IFrameReader> _openReader;
    private readonly List<Thread> _threads = []; // no more than there are batches: each takes memory for its calls

    /// <param name="videos">The list.</param>
    /// <param name="clips">How videos are cut.</param>
    /// <param name="plan">The batches; gone through once, on the consumer's thread.</param>
    /// <param name="workers">Threads, at most.</param>
    /// <param name="openReader">Called once per thread that decodes.</param>
    /// <param name="views">The squares that are cut from each frame.</param>
    public ClipFeed(IReadOnlyList<VideoEntry> videos, ClipOptions clips, IEnumerable<(int Row, int Start)[]> plan,
        int workers, Func<IFrameReader> openReader, IReadOnlyList<TestView> views)
    {
        (_videos, _clips, _plan, _views) = (videos, clips, plan, views);
        (_workers, _openReader) = (workers, openReader);
    }

    /// <summary>The batches in order. A batch is valid until the next one is asked for.</summary>
    /// <exception cref="BadInputException">A frame cannot be read, or a batch is too large for memory.</exception>
    public IEnumerable<WindowBatch> Batches(CancellationToken cancellation)
    {
        using IEnumerator<(int Row, int Start)[]> plan = _plan.GetEnumerator();
        Queue<Pending> ahead = [];
        byte[][]? free = null;
        while (true)
        {
            while (ahead.Count <= _workers && plan.MoveNext())
            {
                var pending = new Pending(plan.Current, Buffers(plan.Current.Length, free));
                free = null;
                ahead.Enqueue(pending);
                _open.Add(pending, CancellationToken.None);
                if (_threads.Count < _workers) _threads.Add(Start(_threads.Count));
            }

            if (!ahead.TryDequeue(out Pending? next)) yield break;
            Task.WaitAny([next.Filled.Task], cancellation);
            next.Filled.Task.GetAwaiter().GetResult();
            yield return new WindowBatch(next.Pixels, next.Windows);
            free = next.Pixels;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (Thread thread in _threads) thread.Join();
        _open.Dispose();
        _stop.Dispose();
    }

    /// <summary>One for each square.</summary>
    private byte[][] Buffers(int windows, byte[][]? free)
    {
        long needed = windows * (long)_clips.ClipLength;
        if (needed > Array.MaxLength)
            throw new BadInputException(
                $"{windows} clips of {_clips.Frames} frames of {_clips.Size}x{_clips.Size} pixels are too large for "
                + "one batch; give a smaller ‹batch›.");
        return free?[0].Length >= needed ? free : [.. _views.Select(_ => new byte[needed])];
    }

    private Thread Start(int index)
    {
        var thread = new Thread(Decode) { IsBackground = true, Name = $"evaluation decoder {index}" };
        thread.Start();
        return thread;
    }

    private void Decode()
    {
        IFrameReader? reader = null;
        WindowReader? windows = null;
        try
        {
            foreach (Pending batch in _open.GetConsumingEnumerable(_stop.Token))
            {
                try
                {
                    windows ??= new WindowReader(reader = _openReader(), _clips, _views);
                    Fill(windows, batch);
                    batch.Filled.SetResult();
                }
                catch (Exception problem)
                {
                    batch.Filled.SetException(problem); // the consumer throws it when it comes to this batch
                }
            }
        }
        catch (OperationCanceledException)
        {
            // nobody wants more
        }
        finally
        {
            reader?.Dispose();
        }
    }

    private void Fill(WindowReader windows, Pending batch)
    {
        for (int i = 0; i < batch.Windows.Length; i++)
        {
            _stop.Token.ThrowIfCancellationRequested();
            windows.Read(_videos[batch.Windows[i].Row], batch.Windows[i].Start, batch.Pixels, i * _clips.ClipLength);
        }
    }

    private sealed record Pending((int Row, int Start)[] Windows, byte[][] Pixels)
    {
        public TaskCompletionSource Filled { get; } = new();
    }
}
