using System.Numerics.Tensors;
using VideoConcepts.Search;

namespace VideoConcepts.Benchmarks;

/// <summary>What libraries of generated moments share: a header that names no model, and random vectors.</summary>
internal static class RandomMoments
{
    /// <param name="look">Numbers of a look.</param>
    /// <param name="motion">Numbers of a motion, its concepts among them.</param>
    /// <param name="concepts">Of each kind.</param>
    /// <param name="stripHeight">0: no strips.</param>
    /// <param name="root">The folder of the videos.</param>
    public static LibraryHeader Header(int look, int motion, int concepts, int stripHeight, string root) => new()
    {
        Model = "none",
        ModelHash = "none",
        Net = "none",
        Precision = "none",
        Frames = 8,
        FrameStride = 1,
        Step = 4,
        Size = 64,
        StripHeight = stripHeight,
        Batch = 16,
        LookSize = look,
        MotionSize = motion,
        FeatureSize = 1,
        Concepts = concepts,
        Half = true,
        Root = root,
    };

    /// <summary>Makes a vector a unit vector, in place.</summary>
    public static float[] Unit(float[] vector)
    {
        TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm<float>(vector), 1e-12f), vector);
        return vector;
    }

    /// <summary>A unit vector of any direction.</summary>
    public static float[] Direction(int width, Random random) =>
        Unit([.. Enumerable.Range(0, width).Select(_ => Normal(random))]);

    /// <summary>A number of the standard normal distribution.</summary>
    public static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
        * Math.Cos(2 * Math.PI * random.NextDouble()));
}
