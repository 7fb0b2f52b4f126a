using System.Runtime.InteropServices;
using TorchSharp;
using VideoConcepts.Data;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What extraction may use of the machine.</summary>
public sealed record ExtractionOptions
{
    /// <summary>Clips per forward pass; windows of neighbouring videos share a batch.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that decode while the network computes. The result does not depend on it.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Where the network lives.</summary>
    public Device Device { get; init; } = CPU;

    /// <exception cref="BadInputException">A number is out of range; the message names it.</exception>
    public ExtractionOptions Validated()
    {
        if (BatchSize < 1) throw new BadInputException($"The batch size is {BatchSize}: give 1 or more.");
        if (Workers < 1) throw new BadInputException($"The number of workers is {Workers}: give 1 or more.");
        return this;
    }
}

/// <summary>
/// Runs a network over all windows of a list of videos. The network maps clips (N, 3, T, H, W), float32 and
/// normalised, to (N, D); it is the caller's task to have it in evaluation mode.
/// </summary>
/// <param name="clips">How videos are cut.</param>
/// <param name="extraction">Batch, threads, device.</param>
/// <param name="openReader">Makes a frame reader; called once per decoding thread.</param>
public sealed class FeatureExtractor(ClipOptions clips, ExtractionOptions extraction, Func<IFrameReader> openReader)
{
    private readonly ClipOptions _clips = clips.Validated();
    private readonly ExtractionOptions _extraction = extraction.Validated();

    /// <summary>Per video the mean over its windows of the L2-normalised clip features.</summary>
    /// <param name="videos">The list; too short ones are returned as dropped.</param>
    /// <param name="network">Clips (N, 3, T, H, W) → features (N, D).</param>
    /// <param name="progress">Told the number of clips done, after each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public FeatureTable Extract(IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        (List<VideoEntry> kept, List<VideoEntry> dropped) = Split(videos);
        double[] sums = [];
        var windows = new int[kept.Count];
        int dimension = 0;
        Run(kept, network, (row, _, feature) =>
        {
            if (dimension == 0)
            {
                dimension = feature.Length;
                sums = new double[checked(kept.Count * dimension)];
            }

            windows[row]++;
            double scale = 1 / Math.Max(UnitRows.Norm(feature), UnitRows.Smallest);
            Span<double> sum = sums.AsSpan(row * dimension, dimension);
            for (int i = 0; i < sum.Length; i++) sum[i] += feature[i] * scale;
        }, progress, cancellation);

        var values = new float[sums.Length];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(sums[i] / windows[i / dimension]);
        return new FeatureTable(values, dimension, kept, dropped);
    }

    /// <summary>Every window's output as it is, for concept scores and galleries.</summary>
    /// <inheritdoc cref="Extract"/>
    public ClipTable ExtractClips(IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        (List<VideoEntry> kept, List<VideoEntry> dropped) = Split(videos);
        var values = new List<float>();
        var origins = new List<ClipOrigin>();
        int dimension = 0;
        Run(kept, network, (row, start, output) =>
        {
            dimension = output.Length;
            values.AddRange(output);
            origins.Add(new ClipOrigin(kept[row], start));
        }, progress, cancellation);
        return new ClipTable([.. values], dimension, origins, dropped);
    }

    /// <summary>Number of windows in a list, the final value of the progress.</summary>
    public int CountWindows(IReadOnlyList<VideoEntry> videos) =>
        videos.Sum(video => EvaluationClips.WindowStarts(video.FrameCount, _clips).Length);

    /// <summary>Told of one window: row in the list of kept videos, first frame, the network's output.</summary>
    public delegate void ClipVisitor(int row, int start, ReadOnlySpan<float> output);

    /// <summary>Hands out every window's output in order and keeps nothing: memory does not grow with the list.</summary>
    /// <param name="videos">Long enough ones only, see <see cref="Split"/>.</param>
    /// <param name="network">Clips (N, 3, T, H, W) → outputs (N, D).</param>
    /// <param name="visit">Told of each window.</param>
    /// <param name="first">Windows to leave out at the start: they were done before.</param>
    /// <param name="progress">Told the number of clips done, those left out included, after each batch.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Visit(IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network, ClipVisitor visit, int first = 0,
        IProgress<int>? progress = null, CancellationToken cancellation = default) => Run(videos, network, visit, progress, cancellation, first);

    private void Run(IReadOnlyList<VideoEntry> kept, Func<Tensor, Tensor> network, ClipVisitor visit,
        IProgress<int>? progress, CancellationToken cancellation, int first = 0)
    {
        using var feed = new ClipFeed(kept, _clips, _extraction.BatchSize, _extraction.Workers, openReader, first);
        int done = first;
        foreach (WindowBatch batch in feed.Batches(cancellation))
        {
            float[] output = Forward(network, batch, out int dimension);
            for (int i = 0; i < batch.Windows.Count; i++)
            {
                (int row, int start) = batch.Windows[i];
                ReadOnlySpan<float> clip = output.AsSpan(i * dimension, dimension);
                if (!AllFinite(clip))
                    throw new ArithmeticException(
                        $"{kept[row].Origin}: the network's output for frame {start} is not finite.");
                visit(row, start, clip);
            }

            done += batch.Windows.Count;
            progress?.Report(done);
        }
    }

    private float[] Forward(Func<Tensor, Tensor> network, WindowBatch batch, out int dimension)
    {
        using CollectionPause pause = CollectionPause.Begin();
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int count = batch.Windows.Count;
        Tensor clips = empty([count, 3, _clips.Frames, _clips.Size, _clips.Size], float32);
        MemoryMarshal.AsBytes(batch.Values.AsSpan(0, count * _clips.ClipLength)).CopyTo(clips.bytes);
        Tensor output = network(clips.to(_extraction.Device));
        if (output.dim() != 2 || output.shape[0] != count)
            throw new ArgumentException(
                $"The network gave ({string.Join(", ", output.shape)}) for {count} clips, not ({count}, D).");
        dimension = (int)output.shape[1];
        return output.to(float32).cpu().contiguous().data<float>().ToArray();
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (!float.IsFinite(value)) return false;
        return true;
    }

    /// <summary>The videos that are long enough for a window, and those that are not.</summary>
    /// <exception cref="BadInputException">None is.</exception>
    public (List<VideoEntry> Kept, List<VideoEntry> Dropped) Split(IReadOnlyList<VideoEntry> videos)
    {
        ILookup<bool, VideoEntry> parts = videos.ToLookup(v => EvaluationClips.IsDropped(v.FrameCount, _clips));
        if (!parts[false].Any())
            throw new BadInputException(
                $"None of the {videos.Count} videos has more than {(_clips.Span / 2) + 1} frames: nothing to evaluate.");
        return ([.. parts[false]], [.. parts[true]]);
    }
}
