using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>Feature tables made by hand or by chance.</summary>
internal static class Tables
{
    public static FeatureTable Of(int dimension, float[] values, int[]? labels = null) => new(
        values, dimension,
        [.. Enumerable.Range(0, values.Length / dimension)
            .Select(i => new VideoEntry($"/v{i}", 32, labels?[i], "t.csv", i + 1))],
        []);

    /// <summary>
    /// Row i has class i mod classes: a class centre of length <paramref name="spread"/> plus unit noise.
    /// </summary>
    public static FeatureTable Blobs(int rows, int dimension, int classes, double spread, long seed)
    {
        RandomStream centres = RandomStream.For(1), noise = RandomStream.For(2, seed);
        var centre = new double[classes * dimension];
        for (int i = 0; i < centre.Length; i++) centre[i] = spread / Math.Sqrt(dimension) * centres.NextNormal();
        var values = new float[rows * dimension];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(centre[(i / dimension % classes * dimension) + (i % dimension)] + noise.NextNormal());
        return Of(dimension, values, [.. Enumerable.Range(0, rows).Select(i => i % classes)]);
    }
}
