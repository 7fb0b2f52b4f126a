namespace VideoConcepts.Evaluation;

/// <summary>A figure, how sure it is, and what it is of labels that were dealt out anew.</summary>
/// <param name="Value">The figure, by its published definition.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Shuffled">Its mean over draws of shuffled labels, the control.</param>
/// <param name="ShuffledLow">Lower end of what 95 % of these draws lie in.</param>
/// <param name="ShuffledHigh">The upper end.</param>
public sealed record ConceptEstimate(double Value, double Low, double High, double Shuffled, double ShuffledLow,
    double ShuffledHigh)
{
    /// <summary>(value - shuffled) / (1 - shuffled): 0 on average of shuffled labels, 1 at best, as adjusted mutual
    /// information is.</summary>
    public double AboveShuffled => Shuffled < 1 ? (Value - Shuffled) / (1 - Shuffled) : 0;

    /// <summary>
    /// With the basic bootstrap's interval: value + mean - quantile. Draws lie about their own mean, which is not the
    /// value where a video that is drawn twice is two that agree. Source: Davison, Hinkley, "Bootstrap Methods and
    /// their Application", 1997, 5.2, with the bias taken out.
    /// </summary>
    internal static ConceptEstimate Basic(double value, double[] draws, double[] shuffled)
    {
        double mean = draws.Average();
        return new(value, value + mean - Quantile(draws, 0.975), value + mean - Quantile(draws, 0.025),
            shuffled.Average(), Quantile(shuffled, 0.025), Quantile(shuffled, 0.975));
    }

    /// <summary>With ±1.96 deviations of few draws, kept within [0, 1].</summary>
    internal static ConceptEstimate Normal(double value, double[] draws, double[] shuffled)
    {
        double mean = draws.Average();
        double deviation = Math.Sqrt(draws.Sum(x => (x - mean) * (x - mean)) / Math.Max(1, draws.Length - 1));
        return new(value, Math.Max(0, value - (1.96 * deviation)), Math.Min(1, value + (1.96 * deviation)),
            shuffled.Average(), Quantile(shuffled, 0.025), Quantile(shuffled, 0.975));
    }

    private static double Quantile(double[] draws, double share) =>
        draws.Order().ElementAt((int)Math.Round(share * (draws.Length - 1)));
}
