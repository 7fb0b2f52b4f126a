using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Features of videos and of variants that are made on the fly, by masks of what moves (<see cref="MovingMasks"/>):
/// unchanged; scuba, what moves before drawn clouds; scufo, the middle frame of each such window repeated; swap, what
/// moves before the still background of another video; reverse, each window backwards.
/// </summary>
/// <param name="clips">How videos are cut.</param>
/// <param name="extraction">Batch, threads, device.</param>
/// <param name="ranks">The processes: they take turns with the videos, and each has all features at the end.</param>
/// <param name="seed">Of the clouds.</param>
internal sealed class MaskedFeatures(ClipOptions clips, ExtractionOptions extraction, ICommunicator ranks, long seed)
{
    private const long CloudStream = 0x636c6f7564; // second key of the clouds' random stream

    /// <summary>What is computed, in this order.</summary>
    public static IReadOnlyList<string> Names { get; } = [BiasVariant.Unchanged, .. BiasVariant.Suite];

    /// <summary>What <see cref="Pictures"/> show of a video.</summary>
    public static IReadOnlyList<string> Shown { get; } =
        [BiasVariant.Unchanged, "background", "what moves", BiasVariant.Scuba, BiasVariant.Swap];

    /// <summary>Rows of the videos that are shown.</summary>
    public int[] ShownRows { get; init; } = [];

    /// <summary>After <see cref="Extract"/>, of each shown video <see cref="Shown"/>: planes (3, H, W).</summary>
    public byte[][][] Pictures { get; private set; } = [];

    /// <summary>Per network and variant the mean over each video's windows of their unit features.</summary>
    /// <param name="videos">Long enough ones only.</param>
    /// <param name="lenders">Of each video the one whose background it gets.</param>
    /// <param name="networks">Clips (N, 3, T, H, W) → features (N, D).</param>
    /// <param name="dimension">D.</param>
    /// <param name="progress">Told the number of videos done.</param>
    /// <param name="stop">Stops between windows, of several processes between videos.</param>
    public FeatureTable[][] Extract(IReadOnlyList<VideoEntry> videos, int[] lenders,
        IReadOnlyList<Func<Tensor, Tensor>> networks, int dimension, IProgress<long>? progress = null,
        CancellationToken stop = default)
    {
        int length = FeatureTable.Length(videos, dimension);
        float[][][] values = [.. networks.Select(_ => Names.Select(_ => new float[length]).ToArray())];
        var tiles = new float[ShownRows.Length * Shown.Count * Plane];
        var decoded = new MaskedVideos(videos, lenders, clips,
            Math.Max(1, extraction.BatchSize / Names.Count), FrameReaders.Create);
        int done = 0;
        if (ranks.Size == 1)
        {
            Visit(decoded.Windows(decoded.Groups, extraction.Workers, stop));
        }
        else
        {
            foreach (int[][] round in decoded.Groups.Chunk(ranks.Size))
            {
                if (ranks.Any(stop.IsCancellationRequested)) throw new OperationCanceledException(stop);
                if (ranks.Rank < round.Length)
                    Visit(decoded.Windows([round[ranks.Rank]], 1, CancellationToken.None));
            }
            foreach (float[] part in values.SelectMany(v => v).Append(tiles)) Share(part);
        }

        Pictures = [.. Enumerable.Range(0, ShownRows.Length).Select(p => Enumerable.Range(0, Shown.Count)
            .Select(s => tiles.AsSpan(((p * Shown.Count) + s) * Plane, Plane).ToArray().Select(x => (byte)x).ToArray())
            .ToArray())];
        return [.. values.Select(of => of.Select(v => new FeatureTable(v, dimension, videos, [])).ToArray())];

        void Visit(IEnumerable<MaskedWindows> all)
        {
            MeanFeature[][] means = [.. networks.Select(_ =>
                Names.Select(_ => new MeanFeature(dimension, unit: true)).ToArray())];
            int current = -1;
            foreach (MaskedWindows windows in all)
            {
                if (windows.Row != current) Take();
                current = windows.Row;
                Add(windows, means);
            }
            Take();

            void Take()
            {
                if (current < 0) return;
                for (int n = 0; n < means.Length; n++)
                    for (int v = 0; v < Names.Count; v++)
                        means[n][v].Take(values[n][v].AsSpan(current * dimension, dimension));
                progress?.Report(done += ranks.Size);
            }
        }

        void Add(MaskedWindows windows, MeanFeature[][] means)
        {
            using CollectionPause pause = CollectionPause.Begin();
            using var noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Tensor variants = Variants(windows, tiles);
            for (int n = 0; n < networks.Count; n++)
            {
                float[] features = networks[n](Normalization.Clips(variants)).to(float32).cpu().contiguous()
                    .data<float>().ToArray();
                if (Array.Exists(features, value => !float.IsFinite(value)))
                    throw new ArithmeticException($"{videos[windows.Row].Origin}: the network's output is not finite.");
                for (int row = 0; row < features.Length / dimension; row++)
                    means[n][row / windows.Windows].Add(features.AsSpan(row * dimension, dimension));
            }
        }
    }

    private int Plane => 3 * clips.Size * clips.Size;

    /// <summary>(5·N, T, 3, H, W), 8-bit: the variants one after the other.</summary>
    private Tensor Variants(MaskedWindows windows, float[] tiles)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(windows.Pixels, [windows.Windows, clips.Frames, 3, clips.Size, clips.Size])
            .to(extraction.Device);
        Tensor mask = MovingMasks.Of(x, windows.Own);
        Tensor clouds = Still(Clouds(windows.Row)), foreign = Still(windows.Foreign);
        Tensor scuba = where(mask == 1, x, clouds), swap = where(mask == 1, x, foreign);
        Tensor scufo = scuba.narrow(1, clips.Frames / 2, 1).expand(x.shape);
        int shown = windows.First == 0 ? Array.IndexOf(ShownRows, windows.Row) : -1;
        if (shown >= 0)
        {
            Tensor[] pictures = [Middle(x), Still(windows.Own.Pixels), Middle(mask).expand(3, -1, -1) * 255,
                Middle(scuba), Middle(swap)];
            for (int i = 0; i < pictures.Length; i++)
                pictures[i].to(float32).cpu().contiguous().data<float>()
                    .CopyTo(tiles.AsSpan(((shown * Shown.Count) + i) * Plane, Plane));
        }
        return cat([x, scuba, scufo, swap, x.flip(1)], 0).MoveToOuterDisposeScope();

        Tensor Still(byte[] planes) =>
            tensor(planes, [3, clips.Size, clips.Size]).to(extraction.Device);

        Tensor Middle(Tensor of) => of[0, clips.Frames / 2];
    }

    private byte[] Clouds(int row)
    {
        byte[] rgba = Backdrop.Clouds(RandomStream.For(seed, CloudStream, row)).Pixels(clips.Size, clips.Size);
        int area = clips.Size * clips.Size;
        var planes = new byte[3 * area];
        for (int i = 0; i < area; i++)
            for (int c = 0; c < 3; c++) planes[(c * area) + i] = rgba[(4 * i) + c];
        return planes;
    }

    private void Share(float[] part)
    {
        if (part.Length == 0) return;
        using Tensor all = RowTensor.Of(part, [part.Length]);
        ranks.Sum(all);
        all.data<float>().CopyTo(part);
    }
}
