using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>
/// Which concepts stand out in the moments of a library: for each concept, z = (score - its mean over the library) /
/// its standard deviation; a moment is of the concept with the largest z, as <c>evaluate concepts</c> reads it too.
/// Static concepts are read from stills, dynamic ones from frame differences.
/// </summary>
internal sealed class ConceptReadings
{
    private readonly double[] _mean, _scale;

    private ConceptReadings(int concepts, int moments)
    {
        Concepts = concepts;
        (_mean, _scale) = (new double[2 * concepts], new double[2 * concepts]);
        (Looks, Motions) = (new ushort[moments], new ushort[moments]);
        (LookStrengths, MotionStrengths) = (new float[moments], new float[moments]);
    }

    /// <summary>K.</summary>
    public int Concepts { get; }

    /// <summary>The static concept of each moment, in the order of their numbers.</summary>
    public ushort[] Looks { get; }

    /// <summary>The dynamic concept of each moment.</summary>
    public ushort[] Motions { get; }

    /// <summary>z of the static concept of each moment.</summary>
    public float[] LookStrengths { get; }

    /// <summary>z of the dynamic concept of each moment.</summary>
    public float[] MotionStrengths { get; }

    /// <summary>Reads a library twice, once for means and deviations.</summary>
    /// <param name="store">The library; its model has concepts.</param>
    /// <param name="stop">Stops between blocks.</param>
    public static ConceptReadings Of(IMomentStore store, CancellationToken stop = default)
    {
        int k = store.Header!.Concepts;
        long count = 0;
        double[] sums = new double[2 * k], squares = new double[2 * k];
        foreach (MomentBlock block in store.Blocks(MomentParts.Scores))
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < block.Count; i++)
            {
                ReadOnlySpan<float> scores = Scores(block, i, k);
                for (int c = 0; c < scores.Length; c++)
                {
                    sums[c] += scores[c];
                    squares[c] += (double)scores[c] * scores[c];
                }
            }
            count += block.Count;
        }
        var readings = new ConceptReadings(k, (int)count);
        for (int c = 0; c < 2 * k; c++)
        {
            double mean = readings._mean[c] = sums[c] / Math.Max(1, count);
            double deviation = Math.Sqrt(Math.Max(0, (squares[c] / Math.Max(1, count)) - (mean * mean)));
            readings._scale[c] = deviation > 1e-6 ? 1 / deviation : 0; // one that never changes stands out nowhere
        }
        int at = 0;
        foreach (MomentBlock block in store.Blocks(MomentParts.Scores))
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < block.Count && at < count; i++, at++) readings.Lead(at, Scores(block, i, k));
        }
        return readings;
    }

    /// <summary>z of one concept in each moment, in the order of their numbers.</summary>
    public float[] Strengths(IMomentStore store, bool isDynamic, int concept, CancellationToken stop = default)
    {
        int c = (isDynamic ? Concepts : 0) + concept, at = 0;
        var strengths = new float[Looks.Length];
        foreach (MomentBlock block in store.Blocks(MomentParts.Scores))
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < block.Count && at < strengths.Length; i++, at++)
                strengths[at] = (float)((Scores(block, i, Concepts)[c] - _mean[c]) * _scale[c]);
        }
        return strengths;
    }

    // The 2 K scores that are read: static ones of stills, dynamic ones of differences.
    private static ReadOnlySpan<float> Scores(MomentBlock block, int i, int k) =>
        block.Scores.AsSpan((((4 * i) + 2) * k), 2 * k);

    private void Lead(int moment, ReadOnlySpan<float> scores)
    {
        Span<float> z = stackalloc float[scores.Length];
        for (int c = 0; c < z.Length; c++) z[c] = (float)((scores[c] - _mean[c]) * _scale[c]);
        int look = TensorPrimitives.IndexOfMax<float>(z[..Concepts]);
        int motion = TensorPrimitives.IndexOfMax<float>(z[Concepts..]);
        (Looks[moment], LookStrengths[moment]) = ((ushort)look, z[look]);
        (Motions[moment], MotionStrengths[moment]) = ((ushort)motion, z[Concepts + motion]);
    }
}
