using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Whether other runs, such as of other seeds, find the same concepts: those of two runs are paired one to one so that
/// the correlations of their scores on the same videos have the largest sum. The sign counts: a high score is what
/// shows a concept. Of runs with fewer concepts, as many are paired. Source of the pairing: <see cref="Assignment"/>.
/// </summary>
/// <param name="Head">The head that they are read from.</param>
/// <param name="Videos">Videos that all runs have scores of.</param>
/// <param name="Pairs">Every run with every later one.</param>
/// <param name="Correlation">Mean over the pairs of runs of the mean correlation of paired concepts, -1 to 1.</param>
/// <param name="ChanceCorrelation">Its mean where the videos of one run are shuffled, 20 draws.</param>
/// <param name="ChanceHigh">What 95 % of these draws stay below.</param>
/// <param name="Matched">Share of pairs of concepts that correlate above 0.5.</param>
/// <param name="Information">Adjusted mutual information of the concepts that stand out among these videos in both
/// runs, 0 by chance.</param>
/// <param name="ChanceInformation">What it stays below for 95 % of the shuffled draws.</param>
public sealed record ConceptStability(ConceptHead Head, int Videos, IReadOnlyList<ConceptPairing> Pairs,
    double Correlation, double ChanceCorrelation, double ChanceHigh, double Matched, double Information,
    double ChanceInformation)
{
    private const int Draws = 20;
    private const double Alike = 0.5;

    /// <summary>The runs' scores of one head.</summary>
    /// <param name="head">Of the first run.</param>
    /// <param name="runs">Scores of the same videos, row-major (N, K), K for each run its own.</param>
    /// <param name="random">Shuffles videos.</param>
    /// <param name="stop">Stops between draws.</param>
    internal static ConceptStability Of(ConceptHead head, IReadOnlyList<(float[] Scores, int Concepts)> runs,
        ref RandomStream random, CancellationToken stop)
    {
        int videos = runs[0].Scores.Length / runs[0].Concepts;
        double[][][] unit = [.. runs.Select(run => UnitColumns(run.Scores, run.Concepts))];
        int[][] leading = [.. runs.Select(run => Metrics.Predictions(
            ConceptLeads.Standardised(run.Scores, run.Scores, run.Concepts), run.Concepts))];
        int[] same = [.. Enumerable.Range(0, videos)];
        List<ConceptPairing> pairs = [];
        double[] chance = new double[Draws], chanceInformation = new double[Draws];
        for (int a = 0; a < runs.Count; a++)
            for (int b = a + 1; b < runs.Count; b++)
            {
                ConceptPairing Pair(int[] rows) => ConceptPairing.Of(a, b, unit[a], unit[b],
                    ConceptQuality.AdjustedMutualInformation(leading[a], Array.ConvertAll(rows, r => leading[b][r])),
                    rows, Alike);
                pairs.Add(Pair(same));
                for (int draw = 0; draw < Draws; draw++)
                {
                    stop.ThrowIfCancellationRequested();
                    ConceptPairing shuffled = Pair(random.NextPermutation(videos));
                    chance[draw] += shuffled.Correlation;
                    chanceInformation[draw] += shuffled.Information;
                }
            }
        double High(double[] draws) => draws.Order().ElementAt((int)Math.Round(0.95 * (Draws - 1))) / pairs.Count;
        return new(head, videos, pairs, pairs.Average(p => p.Correlation), chance.Average() / pairs.Count, High(chance),
            pairs.Average(p => p.Matched), pairs.Average(p => p.Information), High(chanceInformation));
    }

    /// <summary>The videos that all lists have, in the order of the first one.</summary>
    internal static IReadOnlyList<VideoEntry> Shared(IEnumerable<IReadOnlyList<VideoEntry>> lists)
    {
        IReadOnlyList<VideoEntry>[] all = [.. lists];
        HashSet<string>[] folders = [.. all.Select(l => l.Select(v => v.Path).ToHashSet(StringComparer.Ordinal))];
        return [.. all[0].Where(video => folders.All(known => known.Contains(video.Path)))];
    }

    // Columns less their mean, of length 1: their products are correlations.
    private static double[][] UnitColumns(float[] scores, int concepts)
    {
        int videos = scores.Length / concepts;
        return [.. Enumerable.Range(0, concepts).Select(c =>
        {
            var column = new double[videos];
            for (int row = 0; row < videos; row++) column[row] = scores[(row * concepts) + c];
            double mean = column.Average(), length = Math.Sqrt(column.Sum(x => (x - mean) * (x - mean)));
            return Array.ConvertAll(column, x => length > 0 ? (x - mean) / length : 0);
        })];
    }
}

/// <summary>The concepts of two runs, paired.</summary>
/// <param name="First">Index of a run: 0 is the one that is evaluated, then the others in their order.</param>
/// <param name="Second">Index of a later one.</param>
/// <param name="Partners">Of each concept of the first run that of the second; -1 of one that is left over.</param>
/// <param name="Correlations">Of each concept of the first run that of its pair; 0 of one that is left over.</param>
/// <param name="Correlation">Mean over pairs.</param>
/// <param name="Matched">Share of pairs that correlate above 0.5.</param>
/// <param name="Information">Adjusted mutual information of the concepts that stand out.</param>
public sealed record ConceptPairing(int First, int Second, IReadOnlyList<int> Partners,
    IReadOnlyList<double> Correlations, double Correlation, double Matched, double Information)
{
    /// <param name="first">Index of a run.</param>
    /// <param name="second">Index of another.</param>
    /// <param name="a">Columns of the first run, centred, of length 1.</param>
    /// <param name="b">Those of the second.</param>
    /// <param name="information">Adjusted mutual information of both.</param>
    /// <param name="rows">The video of the second run that stands beside each of the first.</param>
    /// <param name="alike">Correlation above which a pair counts as matched.</param>
    internal static ConceptPairing Of(int first, int second, double[][] a, double[][] b, double information,
        int[] rows, double alike)
    {
        double[][] beside = [.. b.Select(column => Array.ConvertAll(rows, row => column[row]))];
        var correlation = new double[a.Length, b.Length];
        Parallel.For(0, a.Length, i =>
        {
            for (int j = 0; j < b.Length; j++)
            {
                double sum = 0;
                for (int row = 0; row < rows.Length; row++) sum += a[i][row] * beside[j][row];
                correlation[i, j] = sum;
            }
        });
        int[] partners = Assignment.Largest(correlation);
        double[] of = [.. partners.Select((j, i) => j < 0 ? 0 : correlation[i, j])];
        int pairs = partners.Count(j => j >= 0);
        return new(first, second, partners, of, of.Sum() / pairs, of.Count(r => r > alike) / (double)pairs,
            information);
    }
}
