namespace VideoConcepts.Evaluation;

/// <summary>What the leading concepts of videos tell of their classes, and how sure that is.</summary>
/// <param name="Spread">Entropy of how often each concept leads, over ln K.</param>
/// <param name="Dead">Concepts that lead for no video.</param>
/// <param name="Shares">Share of the videos that each concept leads, K.</param>
/// <param name="Purity">Share of videos whose class is the most frequent one of their concept.</param>
/// <param name="Information">Adjusted mutual information.</param>
/// <param name="Low">Lower end of its 95 % interval, the basic bootstrap over videos: how far draws lie from their
/// own mean. A video that is drawn twice is two that agree, which raises the mean of the draws, but not the value
/// itself.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Shuffled">What 95 % of as many draws that deal the classes out anew stay below; their mean is 0.
/// </param>
public sealed record ConceptLeads(double Spread, int Dead, IReadOnlyList<double> Shares, double Purity,
    double Information, double Low, double High, double Shuffled)
{
    /// <summary>Videos are drawn so often, and classes dealt out.</summary>
    internal const int Draws = 500;

    /// <param name="leading">The leading concept of each video.</param>
    /// <param name="concepts">K.</param>
    /// <param name="labels">The class of each video.</param>
    /// <param name="random">Draws videos and shuffles.</param>
    /// <param name="progress">Told the number of draws done, of <see cref="Draws"/>.</param>
    /// <param name="stop">Stops between two draws.</param>
    internal static ConceptLeads Of(IReadOnlyList<int> leading, int concepts, IReadOnlyList<int> labels,
        ref RandomStream random, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        int count = leading.Count;
        double expected = ConceptQuality.ExpectedInformation(leading, labels);
        double information = ConceptQuality.AdjustedMutualInformation(leading, labels, expected);
        double[] again = new double[Draws], shuffled = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            stop.ThrowIfCancellationRequested();
            progress?.Report(draw);
            int[] taken = new int[count];
            for (int i = 0; i < count; i++) taken[i] = random.NextInt(0, count - 1);
            again[draw] = ConceptQuality.AdjustedMutualInformation([.. taken.Select(i => leading[i])],
                [.. taken.Select(i => labels[i])]);
            shuffled[draw] = ConceptQuality.AdjustedMutualInformation(leading,
                [.. random.NextPermutation(count).Select(i => labels[i])], expected);
        }
        progress?.Report(Draws);
        Array.Sort(again);
        Array.Sort(shuffled);
        double mean = again.Average();
        static double Quantile(double[] sorted, double share) => sorted[(int)Math.Round(share * (Draws - 1))];
        int[] counts = ConceptQuality.Counts(leading, concepts);
        return new ConceptLeads(ConceptQuality.Spread(counts), counts.Count(n => n == 0),
            [.. counts.Select(n => n / (double)count)], ConceptQuality.Purity(leading, labels),
            information, information + mean - Quantile(again, 0.975),
            information + mean - Quantile(again, 0.025), Quantile(shuffled, 0.95));
    }

    /// <summary>
    /// Scores less each concept's mean, over its deviation: the concept that stands out leads, not the one that scores
    /// high for all.
    /// </summary>
    /// <param name="scores">Row-major (N, K).</param>
    /// <param name="from">Scores (M, K) that means and deviations are taken from: of the training list.</param>
    /// <param name="concepts">K.</param>
    internal static float[] Standardised(ReadOnlySpan<float> scores, ReadOnlySpan<float> from, int concepts)
    {
        var result = new float[scores.Length];
        int rows = from.Length / concepts;
        for (int c = 0; c < concepts; c++)
        {
            double mean = 0, square = 0;
            for (int row = 0; row < rows; row++) mean += from[(row * concepts) + c] / (double)rows;
            for (int row = 0; row < rows; row++) square += Math.Pow(from[(row * concepts) + c] - mean, 2) / rows;
            double deviation = Math.Max(Math.Sqrt(square), 1e-12);
            for (int i = c; i < scores.Length; i += concepts) result[i] = (float)((scores[i] - mean) / deviation);
        }
        return result;
    }
}
