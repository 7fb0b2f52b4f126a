using System.Runtime.InteropServices;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What extraction may use of the machine.</summary>
internal sealed record ExtractionOptions
{
    /// <summary>The most that <see cref="BatchSize"/> and <see cref="Workers"/> can be.</summary>
    public const int MostClips = 4096, MostWorkers = 1024;

    /// <summary>Clips per forward pass; windows of neighbouring videos share a batch.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that decode while the network computes. The result does not depend on it.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Where the network lives.</summary>
    public Device Device { get; init; } = CPU;

    /// <exception cref="BadInputException">A number is out of range; the message names it.</exception>
    public ExtractionOptions Validated()
    {
        if (BatchSize is < 1 or > MostClips)
            throw new BadInputException($"‹batch› is {BatchSize}: give 1 to {MostClips}.");
        if (Workers is < 1 or > MostWorkers)
            throw new BadInputException($"‹workers› is {Workers}: give 1 to {MostWorkers}.");
        return this;
    }
}

/// <summary>
/// Runs a network over all windows of a list of videos. The network maps clips (N, 3, T, H, W), float32 and
/// normalised, to (N, D); it is the caller's task to have it in evaluation mode. Several processes take turns with the
/// batches, and each is handed the outputs of all: every result is the same as that of one, on every process.
/// </summary>
/// <param name="clips">How videos are cut.</param>
/// <param name="extraction">Batch, threads, device.</param>
/// <param name="openReader">Makes a frame reader; called once per decoding thread.</param>
/// <param name="ranks">The processes, all of which call the same methods with the same lists; null: this one
/// alone.</param>
/// <param name="views">
/// What is looked at of each frame, which is decoded once for all; null: the centre. Of V views the outputs of a window
/// lie side by side, (N, V·D).
/// </param>
internal sealed class FeatureExtractor(ClipOptions clips, ExtractionOptions extraction, Func<IFrameReader> openReader,
    ICommunicator? ranks = null, IReadOnlyList<(TestView View, bool Flip)>? views = null)
{
    private readonly IReadOnlyList<(TestView View, bool Flip)> _views = views ?? TestViews.Of(1);
    private readonly TestView[] _squares = [.. (views ?? TestViews.Of(1)).Select(view => view.View).Distinct()];
    private readonly ClipOptions _clips = clips.Validated();

    /// <summary>How videos are cut.</summary>
    public ClipOptions Clips => _clips;

    private readonly ExtractionOptions _extraction = extraction.Validated();

    /// <summary>V, the number of views.</summary>
    public int Views => _views.Count;

    public ICommunicator Communicator { get; } = ranks ?? new SingleProcess();

    /// <summary>Per video the mean over its windows of the L2-normalised clip features.</summary>
    /// <param name="videos">The list; too short ones are returned as dropped.</param>
    /// <param name="network">Clips (N, 3, T, H, W) → features (N, D).</param>
    /// <param name="progress">Told the number of clips done, after each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public FeatureTable Extract(IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) = Split(videos);
        var means = new VideoMeans(kept, unit: true);
        Run(kept, network, (row, _, feature) => means.Add(row, feature), progress, cancellation);
        means.Finish();
        return new FeatureTable(means.Values, means.Dimension, kept, dropped);
    }

    /// <summary>Every window's output as it is, for concept scores and galleries.</summary>
    /// <inheritdoc cref="Extract"/>
    public ClipTable ExtractClips(IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) = Split(videos);
        float[]? values = null;
        var origins = new List<ClipOrigin>();
        int dimension = 0, current = -1;
        VideoEntry? video = null;
        Run(kept, network, (row, start, output) =>
        {
            dimension = output.Length;
            values ??= new float[FeatureTable.Length(CountWindows(kept), dimension, "windows", kept[0].ListFile)];
            output.CopyTo(values.AsSpan(origins.Count * dimension, dimension));
            if (row != current) (current, video) = (row, kept[row]);
            origins.Add(new ClipOrigin(video!, start));
        }, progress, cancellation);
        return new ClipTable(values ?? [], dimension, origins, dropped);
    }

    /// <summary>Number of windows in a list, the final value of the progress.</summary>
    public long CountWindows(IReadOnlyList<VideoEntry> videos)
    {
        long windows = 0;
        for (int row = 0; row < videos.Count; row++)
            windows += EvaluationClips.CountWindows(VideoSelection.Shots(videos, row), _clips);
        return windows;
    }

    /// <summary>A network that is told which windows it sees: clips (N, 3, T, H, W) and the row in the list of kept
    /// videos and the first frame of each → (N, D).</summary>
    public delegate Tensor WindowNetwork(Tensor clips, IReadOnlyList<(int Row, int Start)> windows);

    /// <summary>Told of one window: row in the list of kept videos, first frame, the network's output.</summary>
    public delegate void ClipVisitor(int row, int start, ReadOnlySpan<float> output);

    /// <summary>
    /// Hands out every window's output in order and keeps nothing: memory does not grow with the list.
    /// </summary>
    /// <param name="videos">Long enough ones only, see <see cref="Split"/>.</param>
    /// <param name="network">Clips (N, 3, T, H, W) → outputs (N, D).</param>
    /// <param name="visit">Told of each window.</param>
    /// <param name="first">Windows to leave out at the start: they were done before.</param>
    /// <param name="progress">Told the number of clips done, those left out included, after each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Visit(IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network, ClipVisitor visit, long first = 0,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        Run(videos, network, visit, progress, cancellation, first);

    /// <summary>The same of a network that is told which windows it sees.</summary>
    public void Visit(IReadOnlyList<VideoEntry> videos, WindowNetwork network, ClipVisitor visit,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        Run(videos, network, visit, progress, cancellation, 0);

    private void Run(IReadOnlyList<VideoEntry> kept, Func<Tensor, Tensor> network, ClipVisitor visit,
        IProgress<long>? progress, CancellationToken cancellation, long first = 0) =>
        Run(kept, (clips, _) => network(clips), visit, progress, cancellation, first);

    private void Run(IReadOnlyList<VideoEntry> kept, WindowNetwork network, ClipVisitor visit,
        IProgress<long>? progress, CancellationToken cancellation, long first)
    {
        // Not held: of a large list it would be many times the list.
        IEnumerable<(int Row, int Start)[]> plan = Windows(kept, first).Chunk(_extraction.BatchSize);
        using var feed = new ClipFeed(kept, _clips, plan.Where((_, i) => i % Communicator.Size == Communicator.Rank),
            _extraction.Workers, openReader, _squares);
        // Several processes stop in the same round; a token that stops one in the middle would leave the others
        // waiting.
        using IEnumerator<WindowBatch> own = feed
            .Batches(Communicator.Size == 1 ? cancellation : CancellationToken.None)
            .GetEnumerator();
        long done = first;
        foreach ((int Row, int Start)[][] round in plan.Chunk(Communicator.Size))
        {
            if (Communicator.Any(cancellation.IsCancellationRequested))
                throw new OperationCanceledException(cancellation);
            float[][] outputs = OfAll(own.MoveNext() ? Forward(network, own.Current, out _) : [], round);
            foreach (((int Row, int Start)[] windows, float[] output) in round.Zip(outputs))
            {
                int dimension = output.Length / windows.Length;
                for (int i = 0; i < windows.Length; i++)
                {
                    (int row, int start) = windows[i];
                    ReadOnlySpan<float> clip = output.AsSpan(i * dimension, dimension);
                    if (!AllFinite(clip))
                        throw new ArithmeticException(
                            $"{kept[row].Origin}: the network's output for frame {start} is not finite; a model that "
                            + "has diverged is to be trained with a smaller learning rate.");
                    visit(row, start, clip);
                }

                done += windows.Length;
            }

            progress?.Report(done);
        }
    }

    /// <summary>
    /// The outputs of every process's batch of this round; the last round may have fewer batches than processes, and
    /// its last batch fewer windows.
    /// </summary>
    private float[][] OfAll(float[] own, (int Row, int Start)[][] round)
    {
        if (Communicator.Size == 1) return [own];
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        long longest = Communicator.Gather(tensor((long[])[own.Length])).max().ToInt64();
        long dimension = longest / round.Max(windows => windows.Length);
        Tensor padded = zeros([longest], float32);
        MemoryMarshal.AsBytes(own.AsSpan()).CopyTo(padded.bytes);
        Tensor all = Communicator.Gather(padded);
        return
        [
            .. round.Select((windows, rank) =>
                all[rank].narrow(0, 0, windows.Length * dimension).data<float>().ToArray()),
        ];
    }

    private IEnumerable<(int Row, int Start)> Windows(IReadOnlyList<VideoEntry> videos, long first)
    {
        for (int row = 0; row < videos.Count; row++)
        {
            Shots shots = VideoSelection.Shots(videos, row);
            int windows = EvaluationClips.CountWindows(shots, _clips);
            int skipped = (int)Math.Min(first, windows);
            first -= skipped;
            if (skipped == windows) continue;
            foreach (int start in EvaluationClips.WindowStarts(shots, _clips).AsSpan(skipped).ToArray())
                yield return (row, start);
        }
    }

    private float[] Forward(WindowNetwork network, WindowBatch batch, out int dimension)
    {
        using CollectionPause pause = CollectionPause.Begin();
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor output = cat([.. _views.Select(view => OfView(network, batch, view.View, view.Flip))], 1);
        dimension = (int)output.shape[1];
        return output.cpu().contiguous().data<float>().ToArray();
    }

    private Tensor OfView(WindowNetwork network, WindowBatch batch, TestView view, bool flip)
    {
        using DisposeScope scope = NewDisposeScope();
        int count = batch.Windows.Count;
        Tensor pixels = empty([count, _clips.Frames, 3, _clips.Size, _clips.Size], uint8);
        batch.Pixels[Array.IndexOf(_squares, view)].AsSpan(0, count * _clips.ClipLength).CopyTo(pixels.bytes);
        pixels = pixels.to(_extraction.Device);
        Tensor output = network(Normalization.Clips(flip ? pixels.flip(-1) : pixels), batch.Windows);
        if (output.dim() != 2 || output.shape[0] != count)
            throw new ArgumentException(
                $"The network gave ({string.Join(", ", output.shape)}) for {count} clips, not ({count}, D).");
        return output.to(float32).MoveToOuterDisposeScope();
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (!float.IsFinite(value)) return false;
        return true;
    }

    /// <summary>The videos that are long enough for a window, and those that are not.</summary>
    /// <exception cref="BadInputException">None is.</exception>
    public (IReadOnlyList<VideoEntry> Kept, IReadOnlyList<VideoEntry> Dropped) Split(IReadOnlyList<VideoEntry> videos)
    {
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) =
            VideoSelection.Longer(videos, EvaluationClips.LongestDropped(_clips));
        if (kept.Count == 0)
            throw new BadInputException($"None of the {videos.Count} videos has more than "
                + $"{(_clips.Span / 2) + 1} frames: nothing to evaluate.");
        return (kept, dropped);
    }
}
