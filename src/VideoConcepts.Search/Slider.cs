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

    /// <summary>The weights of a position in a library. Where its model tells look alone, look is all that is compared.
    /// </summary>
    /// <param name="motion">w, from 0 to 1.</param>
    /// <param name="header">The library's.</param>
    /// <exception cref="BadInputException">Motion alone is asked for, which the model does not tell.</exception>
    public static Slider At(double motion, LibraryHeader header) => header.MotionSize > 0
        ? At(motion, header.Concepts > 0)
        : motion < 1 ? At(0, false) : throw new BadInputException($"The library's model, {header.Model}, tells how "
            + "moments look and not how things move in them: compare by look.");

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
    /// none, by what motion alone would.</summary>
    public double Motion(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int concepts)
    {
        int d = a.Length - concepts;
        double differences = TensorPrimitives.Dot(a[..d], b[..d]);
        double shares = concepts > 0 ? TensorPrimitives.Dot(a[d..], b[d..]) : 0;
        double motion = Differences + Concepts;
        return motion > 0 ? ((Differences * differences) + (Concepts * shares)) / motion
            : concepts > 0 ? shares : differences;
    }
}
