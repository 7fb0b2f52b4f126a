using System.Collections.Concurrent;
using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>Decoded windows, ready for one forward pass.</summary>
/// <param name="Pixels">Of each square that is looked at: (B, T, 3, H, W), 8-bit, in a buffer that is reused; the rows of
/// <paramref name="Windows"/> count.</param>
/// <param name="Windows">Row of the video list and first frame of each window.</param>
internal sealed record WindowBatch(byte[][] Pixels, IReadOnlyList<(int Row, int Start)> Windows);

/// <summary>
/// Decodes batches on its own threads and hands them over in order. A batch's content depends on the list alone,
/// not on the number of threads. At most <c>workers + 1</c> batches exist at a time: a thread takes a buffer before
/// it takes the next batch number, so the batch that is due always has a buffer and the feed cannot lock up.
/// </summary>
internal sealed class ClipFeed : IDisposable
{
    private readonly IReadOnlyList<VideoEntry> _videos;
    private readonly ClipOptions _clips;
    private readonly IReadOnlyList<TestView> _views;
    private readonly (int Row, int Start)[][] _plan;
    private readonly TaskCompletionSource<WindowBatch>[] _ready;
    private readonly BlockingCollection<byte[][]> _buffers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _threads;
    private int _next;

    /// <param name="videos">The list.</param>
    /// <param name="clips">How videos are cut.</param>
    /// <param name="plan">The batches, each of at most as many windows as the first one.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="openReader">Called once per thread.</param>
    /// <param name="views">The squares that are cut from each frame.</param>
    public ClipFeed(IReadOnlyList<VideoEntry> videos, ClipOptions clips, (int Row, int Start)[][] plan, int workers,
        Func<IFrameReader> openReader, IReadOnlyList<TestView> views)
    {
        (_videos, _clips, _plan, _views) = (videos, clips, plan, views);
        _ready = [.. _plan.Select(_ => new TaskCompletionSource<WindowBatch>())];
        workers = Math.Min(workers, _plan.Length);
        long largest = _plan.Length == 0 ? 0 : _plan[0].Length * (long)clips.ClipLength;
        for (int i = 0; i <= workers && workers > 0; i++)
            _buffers.Add([.. views.Select(_ => new byte[checked((int)largest)])]);
        _threads = [.. Enumerable.Range(0, workers).Select(i => Start(openReader, i))];
    }

    /// <summary>The batches in order. A batch is valid until the next one is asked for.</summary>
    /// <exception cref="BadInputException">A frame cannot be read.</exception>
    public IEnumerable<WindowBatch> Batches(CancellationToken cancellation)
    {
        for (int i = 0; i < _ready.Length; i++)
        {
            Task.WaitAny([_ready[i].Task], cancellation);
            WindowBatch batch = _ready[i].Task.GetAwaiter().GetResult();
            _ready[i] = null!; // lets the last buffers go
            yield return batch;
            _buffers.Add(batch.Pixels, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (Thread thread in _threads) thread.Join();
        _buffers.Dispose();
        _stop.Dispose();
    }

    private Thread Start(Func<IFrameReader> openReader, int index)
    {
        var thread = new Thread(() => Decode(openReader)) { IsBackground = true, Name = $"evaluation decoder {index}" };
        thread.Start();
        return thread;
    }

    private void Decode(Func<IFrameReader> openReader)
    {
        TaskCompletionSource<WindowBatch>? due = null;
        try
        {
            using IFrameReader reader = openReader();
            var windows = new WindowReader(reader, _clips, _views);
            while (true)
            {
                byte[][] buffer = _buffers.Take(_stop.Token);
                if (!TryClaim(out int index))
                {
                    _buffers.Add(buffer); // wakes a thread that waits for one, so that it ends too
                    return;
                }

                due = _ready[index];
                Fill(windows, _plan[index], buffer);
                due.SetResult(new WindowBatch(buffer, _plan[index]));
                due = null;
            }
        }
        catch (Exception problem)
        {
            // The consumer throws it when it comes to this batch; without a batch, it goes to the next free one.
            if (due is null && TryClaim(out int index)) due = _ready[index];
            due?.SetException(problem);
        }
    }

    private void Fill(WindowReader windows, (int Row, int Start)[] plan, byte[][] buffer)
    {
        for (int i = 0; i < plan.Length; i++)
        {
            _stop.Token.ThrowIfCancellationRequested();
            windows.Read(_videos[plan[i].Row], plan[i].Start, buffer, i * _clips.ClipLength);
        }
    }

    private bool TryClaim(out int index)
    {
        index = Interlocked.Increment(ref _next) - 1;
        return index < _plan.Length;
    }
}
