namespace VideoConcepts.Evaluation;

/// <summary>What is done to a video to see which scores follow.</summary>
/// <param name="Name">As results call it.</param>
/// <param name="OfMotion">It changes the motion; else how things look.</param>
/// <param name="Removes">It takes something away, as freezing does; else it puts something else in its place.</param>
internal sealed record Intervention(string Name, bool OfMotion, bool Removes = false)
{
    public const string FrozenName = "frozen", OtherMotionName = "other_motion",
        OtherAppearanceName = "other_appearance";

    /// <summary>What can be done to the clips of any video, in the order in which it is done.</summary>
    public static IReadOnlyList<Intervention> OfClips { get; } = [new(FrozenName, true, Removes: true),
        new("reversed", true), new("shuffled", true), new("recoloured", false)];

    public static Intervention OtherMotion { get; } = new(OtherMotionName, true);

    public static Intervention OtherAppearance { get; } = new(OtherAppearanceName, false);
}

/// <summary>The share of a score's variance over videos that an intervention changes.</summary>
/// <param name="Name">Of the intervention.</param>
/// <param name="Share">
/// 0: scores stay as they were, but for what all videos have in common; 1: they tell nothing of what they were before.
/// </param>
/// <param name="Low">Lower end of the 95 % interval, by drawing videos anew.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Shift">How far the mean over the videos moves, in deviations of the scores as they were; of several
/// concepts the mean of how far, whichever way.</param>
public sealed record InterventionShare(string Name, double Share, double Low, double High, double Shift);

/// <summary>
/// Shares of variance from scores s of N videos and s' of the same videos changed, with their moments over the videos.
/// <para>
/// What puts something else in a factor's place (another motion, reversed, shuffled, recoloured) leaves the scores as
/// widely spread, so both sets tell of the variance. The share is Jansen's estimator of the total Sobol index,
/// E[(s - s')²] / (2 Var s), with the variance of both and without the shift of the mean, which stands beside it:
/// Var(s - s') / (Var s + Var s'), 0 to 2. Where the factor is drawn anew from its own distribution and all else is
/// kept, s and s' are distributed alike, E s = E s', and it is that index: what share of Var s is lost on average when
/// all but the factor is known, E[Var(s | all else)] / Var s. It is one minus the intraclass correlation ICC(3,1).
/// Above 1 scores turn round: one that says "up" says "down" of reversed clips.
/// </para>
/// <para>
/// What takes a factor away (frozen) leaves less variance, and Jansen's estimator would fall short: of s = a m + b l
/// and s' = b l it gives a² / (a² + 2 b²). There it is the total index by its other definition, one minus the share of
/// Var s that all other factors explain, and of that one minus the squared correlation: 1 - r²(s, s'), 0 to 1, which
/// gives a² / (a² + b²). It is an upper bound, reached where the score of frozen clips is the best guess of s up to an
/// affine map; r² is a lower bound of what look alone explains.
/// </para>
/// Sources: Jansen, "Analysis of variance designs for model output", Computer Physics Communications 117, 1999;
/// Saltelli et al., "Variance based sensitivity analysis of model output", the same 181, 2010, table 2 (f); Shrout,
/// Fleiss, "Intraclass correlations", Psychological Bulletin 86, 1979.
/// </summary>
internal sealed class InterventionShares
{
    /// <summary>Videos are drawn so often.</summary>
    public const int Draws = 500;

    // Cosines in float32 are rounded to some 1e-7: variances below say nothing.
    private const double Nothing = 1e-12, SmallestPart = 1e-6;

    private readonly IReadOnlyList<Intervention> _interventions;
    private readonly double[,] _shares, _shifts;
    private readonly bool[] _varies;
    private readonly double[,,] _draws; // intervention, column, draw

    private InterventionShares(IReadOnlyList<Intervention> interventions, int columns)
    {
        _interventions = interventions;
        _shares = new double[interventions.Count, columns];
        _shifts = new double[interventions.Count, columns];
        _varies = new bool[columns];
        _draws = new double[interventions.Count, columns, Draws];
    }

    /// <summary>Each column by itself, all by the same draws of videos.</summary>
    /// <param name="own">Scores of the videos as they are, (N, C) row by row.</param>
    /// <param name="changed">Each intervention, and the scores (N, C) of the videos changed.</param>
    /// <param name="columns">C.</param>
    /// <param name="random">Draws videos.</param>
    /// <param name="progress">Told the number of draws done, of <see cref="Draws"/>.</param>
    /// <param name="stop">Stops between two draws.</param>
    public static InterventionShares Of(float[] own, IReadOnlyList<(Intervention What, float[] Scores)> changed,
        int columns, ref RandomStream random, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        var shares = new InterventionShares([.. changed.Select(c => c.What)], columns);
        int rows = own.Length / columns;
        double[][] before = Columns(own, columns);
        double[][][] after = [.. changed.Select(c => Columns(c.Scores, columns))];
        var weights = new double[rows];
        Array.Fill(weights, 1);
        shares.Take(before, after, weights, rows, draw: -1);
        for (int draw = 0; draw < Draws; draw++)
        {
            stop.ThrowIfCancellationRequested();
            progress?.Report(draw);
            Array.Clear(weights);
            for (int i = 0; i < rows; i++) weights[random.NextInt(0, rows - 1)]++;
            shares.Take(before, after, weights, rows, draw);
        }
        progress?.Report(Draws);
        return shares;
    }

    /// <summary>Whether a column's scores of the videos as they are differ by more than rounding; else there is no
    /// variance that something could change.</summary>
    public bool Varies(int column) => _varies[column];

    /// <summary>What each intervention changes of one column.</summary>
    public IReadOnlyList<InterventionShare> OfColumn(int column) => Mean([column]);

    /// <summary>The mean over some columns; of none, nothing.</summary>
    public IReadOnlyList<InterventionShare> Mean(IReadOnlyList<int> columns) => columns.Count == 0 ? []
        : [.. _interventions.Select((what, i) =>
        {
            (double low, double high) = Interval([.. Enumerable.Range(0, Draws)
                .Select(draw => columns.Average(c => _draws[i, c, draw]))]);
            return new InterventionShare(what.Name, columns.Average(c => _shares[i, c]), low, high,
                columns.Count == 1 ? _shifts[i, columns[0]] : columns.Average(c => Math.Abs(_shifts[i, c])));
        })];

    /// <summary>What 95 % of values lie between; sorts them.</summary>
    public static (double Low, double High) Interval(double[] values)
    {
        Array.Sort(values);
        double Quantile(double share) => values[(int)Math.Round(share * (values.Length - 1))];
        return (Quantile(0.025), Quantile(0.975));
    }

    private void Take(double[][] before, double[][][] after, double[] weights, int rows, int draw) =>
        Parallel.For(0, before.Length, column =>
        {
            (double mean, double variance) = Moments(before[column], weights, rows);
            if (draw < 0) _varies[column] = variance >= Nothing;
            for (int i = 0; i < _interventions.Count; i++)
            {
                double[] changed = after[i][column];
                (double meanAfter, double varianceAfter) = Moments(changed, weights, rows);
                double together = 0;
                for (int row = 0; row < rows; row++)
                    together += weights[row] * (before[column][row] - mean) * (changed[row] - meanAfter);
                double share = Share(_interventions[i].Removes, variance, varianceAfter, together / rows);
                if (draw >= 0)
                {
                    _draws[i, column, draw] = share;
                    continue;
                }
                _shares[i, column] = share;
                _shifts[i, column] = variance < Nothing ? 0 : (meanAfter - mean) / Math.Sqrt(variance);
            }
        });

    /// <summary>Of variances before and after, and of the covariance.</summary>
    internal static double Share(bool removes, double before, double after, double together)
    {
        if (before + after < Nothing || (removes && before < Nothing)) return 0; // there is nothing to change
        if (!removes) return (before + after - (2 * together)) / (before + after);
        return after < SmallestPart * before ? 1 : 1 - (together * together / (before * after));
    }

    private static (double Mean, double Variance) Moments(double[] values, double[] weights, int rows)
    {
        double mean = 0, square = 0;
        for (int row = 0; row < rows; row++) mean += weights[row] * values[row];
        mean /= rows;
        for (int row = 0; row < rows; row++) square += weights[row] * (values[row] - mean) * (values[row] - mean);
        return (mean, square / rows);
    }

    private static double[][] Columns(float[] scores, int columns) => [.. Enumerable.Range(0, columns)
        .Select(c => Enumerable.Range(0, scores.Length / columns).Select(row => (double)scores[(row * columns) + c])
            .ToArray())];
}
