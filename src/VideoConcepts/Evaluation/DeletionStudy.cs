namespace VideoConcepts.Evaluation;

/// <summary>Retrieval after some concepts were taken away.</summary>
/// <param name="Deleted">How many.</param>
/// <param name="Recall">R@1, 0 to 1; of random orders their mean.</param>
/// <param name="Low">Lower end of what 95 % lie between: of random orders these orders, else videos drawn anew.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct DeletionPoint(int Deleted, double Recall, double Low, double High);

/// <summary>R@1 as concepts are taken away in one order.</summary>
/// <param name="Factor">Whose labels count.</param>
/// <param name="Order"><c>motion</c>, <c>look</c>: those first that it moves most; or <c>random</c>.</param>
/// <param name="Points">From none taken away to one left.</param>
/// <param name="Area">How far the curve lies below the random one, the mean over the points after the first; null of
/// that itself.</param>
/// <param name="AreaLow">Lower end of its 95 % interval: videos and random orders are drawn anew.</param>
/// <param name="AreaHigh">Its upper end.</param>
public sealed record DeletionCurve(string Factor, string Order, IReadOnlyList<DeletionPoint> Points,
    double? Area = null, double? AreaLow = null, double? AreaHigh = null);

/// <summary>
/// Deletion curves: every video asks the others for one of its class by the cosine of their concept scores, each
/// concept's standardised over the list, after 0, 1, 2 … concepts were taken away. What an intervention ranks first
/// should be missed more than what chance takes away, by the factor that the intervention changes and by no other.
/// After Petsiuk, Das, Saenko, "RISE", BMVC 2018, who take away pixels.
/// </summary>
/// <param name="scores">Standardised scores (N, C), row by row.</param>
/// <param name="columns">C.</param>
/// <param name="own">What a video does not search: itself and its copies.</param>
/// <param name="factors">Names, and the class of each video.</param>
internal sealed class DeletionStudy(FeatureTable scores, int columns, OwnVideo own,
    IReadOnlyList<(string Name, int[] Labels)> factors)
{
    public const string Motion = "motion", Look = "look", Random = "random";

    /// <summary>So many random orders; a curve has at most so many points.</summary>
    public const int RandomOrders = 40, MostPoints = 33;

    private readonly int[] _steps = [.. Enumerable.Range(0, Math.Min(columns, MostPoints))
        .Select(i => (int)Math.Round(i * (columns - 1.0) / Math.Max(1, Math.Min(columns, MostPoints) - 1)))];

    /// <summary>Points of all curves together, the final value of the progress.</summary>
    public long Searches => (2L + RandomOrders) * _steps.Length;

    /// <summary>Three curves of each factor.</summary>
    /// <param name="motion">How much motion moves each concept, C values.</param>
    /// <param name="look">How much look does.</param>
    /// <param name="random">Draws orders, and videos.</param>
    /// <param name="progress">Told the number of points done, of <see cref="Searches"/>.</param>
    /// <param name="stop">Stops between two points.</param>
    public IReadOnlyList<DeletionCurve> Run(IReadOnlyList<double> motion, IReadOnlyList<double> look,
        ref RandomStream random, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        List<int[]> orders = [Ranked(motion), Ranked(look)];
        for (int i = 0; i < RandomOrders; i++) orders.Add(random.NextPermutation(columns));
        bool[][][][] hits = [.. orders.Select((order, o) => _steps.Select((step, s) =>
        {
            stop.ThrowIfCancellationRequested();
            bool[][] found = Hits(order.AsSpan(step));
            progress?.Report(((long)o * _steps.Length) + s + 1);
            return found;
        }).ToArray())];
        List<DeletionCurve> curves = [];
        for (int f = 0; f < factors.Count; f++)
        {
            bool[][][] ofFactor = [.. hits.Select(order => order.Select(step => step[f]).ToArray())];
            double[][] perVideo = [.. ofFactor.Select(PerVideo)];
            foreach ((string name, int at) in ((string, int)[])[(Motion, 0), (Look, 1)])
                curves.Add(Curve(factors[f].Name, name, ofFactor[at], perVideo[at], perVideo[2..], ref random));
            curves.Add(new(factors[f].Name, Random, [.. _steps.Select((step, s) => OfOrders(step,
                [.. ofFactor[2..].Select(order => Share(order[s]))]))]));
        }
        return curves;
    }

    private static int[] Ranked(IReadOnlyList<double> by) => [.. Enumerable.Range(0, by.Count)
        .OrderByDescending(c => by[c])];

    /// <summary>Whether the nearest other video is of a video's class, for each factor, by what is kept.</summary>
    private bool[][] Hits(ReadOnlySpan<int> kept)
    {
        int[] columnsKept = [.. kept];
        Array.Sort(columnsKept);
        var values = new float[FeatureTable.Length(scores.Videos, columnsKept.Length)];
        for (int row = 0; row < scores.Rows; row++)
            for (int c = 0; c < columnsKept.Length; c++)
                values[(row * columnsKept.Length) + c] = scores.Row(row)[columnsKept[c]];
        FeatureTable[] table = [new(values, columnsKept.Length, scores.Videos, [])];
        int[][] nearest = Retrieval.Search(table, table, 1, own).Indices;
        return [.. factors.Select(f => nearest.Select((near, row) =>
            near.Length > 0 && f.Labels[near[0]] == f.Labels[row]).ToArray())];
    }

    // Mean over the points after the first.
    private static double[] PerVideo(bool[][] steps) => [.. Enumerable.Range(0, steps[0].Length).Select(row =>
        steps.Length == 1 ? 0 : steps.Skip(1).Count(step => step[row]) / (double)(steps.Length - 1))];

    private DeletionCurve Curve(string factor, string order, bool[][] hits, double[] below, double[][] others,
        ref RandomStream random)
    {
        int rows = below.Length;
        var areas = new double[InterventionShares.Draws];
        double[][] recalls = [.. _steps.Select(_ => new double[areas.Length])];
        var taken = new int[rows];
        for (int draw = 0; draw < areas.Length; draw++)
        {
            for (int i = 0; i < rows; i++) taken[i] = random.NextInt(0, rows - 1);
            double sum = 0;
            for (int o = 0; o < others.Length; o++)
            {
                double[] other = others[random.NextInt(0, others.Length - 1)];
                foreach (int row in taken) sum += (other[row] - below[row]) / others.Length;
            }
            areas[draw] = sum / rows;
            for (int s = 0; s < _steps.Length; s++)
                recalls[s][draw] = taken.Count(row => hits[s][row]) / (double)rows;
        }
        double area = others.Average(other => other.Average()) - below.Average();
        (double low, double high) = InterventionShares.Interval(areas);
        return new(factor, order, [.. _steps.Select((step, s) =>
        {
            (double from, double to) = InterventionShares.Interval(recalls[s]);
            return new DeletionPoint(step, Share(hits[s]), from, to);
        })], area, low, high);
    }

    private static DeletionPoint OfOrders(int step, double[] recalls)
    {
        double mean = recalls.Average();
        (double low, double high) = InterventionShares.Interval(recalls);
        return new(step, mean, low, high);
    }

    private static double Share(bool[] hits) => hits.Count(hit => hit) / (double)hits.Length;
}
