namespace VideoConcepts.Evaluation;

/// <summary>What the leading concepts of videos tell of their classes, and how sure that is.</summary>
/// <param name="Spread">Entropy of how often each concept leads, over ln K.</param>
/// <param name="Dead">Concepts that lead for no video.</param>
/// <param name="Shares">Share of the videos that each concept leads, K.</param>
/// <param name="Purity">Share of videos whose class is the most frequent one of their concept.</param>
/// <param name="Information">Adjusted mutual information.</param>
/// <param name="Low">Lower end of its 95 % interval: the basic bootstrap over videos, which takes out by how much
/// drawing a video twice raises it.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Shuffled">The same of the classes dealt out anew, the mean of as many draws.</param>
public sealed record ConceptLeads(double Spread, int Dead, IReadOnlyList<double> Shares, double Purity,
    double Information, double Low, double High, double Shuffled)
{
    private const int Draws = 500;

    /// <param name="leading">The leading concept of each video.</param>
    /// <param name="concepts">K.</param>
    /// <param name="labels">The class of each video.</param>
    /// <param name="random">Draws videos and shuffles.</param>
    public static ConceptLeads Of(IReadOnlyList<int> leading, int concepts, IReadOnlyList<int> labels,
        ref RandomStream random)
    {
        int count = leading.Count;
        double information = ConceptQuality.AdjustedMutualInformation(leading, labels);
        double[] again = new double[Draws], shuffled = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            int[] taken = new int[count];
            for (int i = 0; i < count; i++) taken[i] = random.NextInt(0, count - 1);
            again[draw] = ConceptQuality.AdjustedMutualInformation([.. taken.Select(i => leading[i])],
                [.. taken.Select(i => labels[i])]);
            shuffled[draw] = ConceptQuality.AdjustedMutualInformation(leading,
                [.. random.NextPermutation(count).Select(i => labels[i])]);
        }
        Array.Sort(again);
        double Quantile(double share) => again[(int)Math.Round(share * (Draws - 1))];
        int[] counts = ConceptQuality.Counts(leading, concepts);
        return new ConceptLeads(ConceptQuality.Spread(counts), counts.Count(n => n == 0),
            [.. counts.Select(n => n / (double)count)], ConceptQuality.Purity(leading, labels), information, (2 * information) - Quantile(0.975),
            (2 * information) - Quantile(0.025), shuffled.Average());
    }

    /// <summary>
    /// Scores less each concept's mean, over its deviation: the concept that stands out leads, not the one that scores
    /// high for all.
    /// </summary>
    /// <param name="scores">Row-major (N, K).</param>
    /// <param name="from">Scores (M, K) that means and deviations are taken from: of the training list.</param>
    /// <param name="concepts">K.</param>
    public static float[] Standardised(ReadOnlySpan<float> scores, ReadOnlySpan<float> from, int concepts)
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
