using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>
/// What of a moment is compared. Its row holds three unit vectors: look, the feature of frame differences, and the
/// shares of dynamic concepts. The query is weighted, so that one index serves every position: its inner product with a
/// row is (1 - w) · cos(look) + b · cos(differences) + c · cos(concepts), b + c = w.
/// <para>Look alone (w = 0) compares the first, motion alone (w = 1) the concepts, which know least of the scene.
/// Between, up to the middle, motion is what differences tell: more of the detail, and look is asked for anyhow. What
/// each position finds is measured in docs/search.md.</para>
/// </summary>
/// <param name="Look">Weight of look, 1 - w.</param>
/// <param name="Differences">b.</param>
/// <param name="Concepts">c.</param>
internal readonly record struct Slider(double Look, double Differences, double Concepts)
{
    /// <summary>The weights of a position.</summary>
    /// <param name="motion">w, from 0 to 1.</param>
    /// <param name="concepts">Whether there are concepts.</param>
    public static Slider At(double motion, bool concepts)
    {
        double differences = concepts ? motion * Math.Min(1, 2 - (2 * motion)) : motion;
        return new(1 - motion, differences, motion - differences);
    }

    /// <summary>A query in the form of a row, weighted.</summary>
    /// <param name="look">Unit vector.</param>
    /// <param name="motion">D numbers of differences, and those of concepts behind them.</param>
    /// <param name="concepts">K.</param>
    public float[] Query(ReadOnlySpan<float> look, ReadOnlySpan<float> motion, int concepts)
    {
        var query = new float[look.Length + motion.Length];
        int d = motion.Length - concepts;
        TensorPrimitives.Multiply(look, (float)Look, query);
        TensorPrimitives.Multiply(motion[..d], (float)Differences, query.AsSpan(look.Length));
        TensorPrimitives.Multiply(motion[d..], (float)Concepts, query.AsSpan(look.Length + d));
        return query;
    }

    /// <summary>How alike the motion of two moments is, -1 to 1, by what this position compares; where it compares
    /// none, by what motion alone would; null: nothing is known of it.</summary>
    public double? Motion(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int concepts)
    {
        if (a.IsEmpty) return null;
        int d = a.Length - concepts;
        double differences = TensorPrimitives.Dot(a[..d], b[..d]);
        double shares = concepts > 0 ? TensorPrimitives.Dot(a[d..], b[d..]) : 0;
        double motion = Differences + Concepts;
        return motion > 0 ? ((Differences * differences) + (Concepts * shares)) / motion
            : concepts > 0 ? shares : differences;
    }
}
