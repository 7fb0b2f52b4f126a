namespace VideoConcepts.Evaluation;

/// <summary>A factor of the training and of the test videos.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Train">The class of each training video.</param>
/// <param name="Test">The class of each test video.</param>
internal sealed record ConceptFactor(string Name, int[] Train, int[] Test)
{
    public int Classes { get; } = Math.Max(Train.Max(), Test.Max()) + 1;
}

/// <summary>
/// MIG, SAP and DCI of the concepts of some heads, each with its interval and its control.
/// <para>Mutual information is counted on the test list in bins of equally many videos. Classifiers and forests learn
/// from the training list, of which forests take at most 4096 videos, drawn at random; accuracies are of the test
/// list.</para>
/// <para>The interval of MIG and SAP is the basic bootstrap of 200 draws in which the videos of both lists are drawn
/// anew; bins stay where they are. That of DCI is ±1.96 deviations of 20 draws, each a forest of 10 trees of the same
/// depth on training videos drawn anew, asked of test videos drawn anew: so few trees vary more than 100, which makes
/// it rather too wide.</para>
/// <para>The control deals the videos' labels out anew in both lists, all factors of a video together. A gap of two
/// codes is never below 0, nor are disentanglement and completeness: of shuffled labels they are small, not 0. So the
/// mean over draws is given with what 95 % of them lie in (MIG and SAP 200 draws, DCI 10 forests of 50 trees), and
/// <see cref="ConceptEstimate.AboveShuffled"/> is the figure less that.</para>
/// </summary>
internal sealed class DisentanglementMeasure
{
    /// <summary>Trees that are grown for a factor, shuffled and drawn anew included.</summary>
    public const int TreesOfAFactor = Trees + (Refits * RefitTrees) + (Shuffles * ShuffledTrees);

    private const int Trees = 100, Refits = 20, RefitTrees = 10, Shuffles = 10, ShuffledTrees = 50;
    private const int Draws = 200, MostForestVideos = 4096;

    private readonly ConceptCodes _train, _test, _grown;
    private readonly int[] _grownVideos;
    private readonly int[][] _trainBins, _testBins, _testOwnBins;
    private readonly int _bins;
    private readonly IReadOnlyList<ConceptFactor> _factors;
    private readonly PlugInInformation _information;
    private readonly Action<int> _done;
    private readonly CancellationToken _stop;
    private readonly long _seed;
    private RandomStream _random;

    /// <param name="train">Codes of the training videos.</param>
    /// <param name="test">Codes of the test videos.</param>
    /// <param name="factors">Classes of both.</param>
    /// <param name="seed">Draws videos, shuffles, and grows trees.</param>
    /// <param name="done">Told of trees that are grown, of <see cref="TreesOfAFactor"/> for each factor.</param>
    /// <param name="stop">Stops between draws and trees.</param>
    public DisentanglementMeasure(ConceptCodes train, ConceptCodes test, IReadOnlyList<ConceptFactor> factors,
        long seed, Action<int> done, CancellationToken stop)
    {
        (_train, _test, _factors, _seed, _done, _stop) = (train, test, factors, seed, done, stop);
        _random = RandomStream.For(seed);
        _bins = ConceptCodes.BinsOf(test.Videos);
        _testOwnBins = test.Bins(test.Edges(_bins));
        float[][] edges = train.Edges(ConceptCodes.BinsOf(train.Videos));
        (_trainBins, _testBins) = (train.Bins(edges), test.Bins(edges));
        _information = new PlugInInformation(test.Videos);
        _grownVideos = train.Videos <= MostForestVideos ? [.. Enumerable.Range(0, train.Videos)]
            : _random.NextPermutation(train.Videos)[..MostForestVideos];
        _grown = train.Of(_grownVideos);
    }

    /// <summary>Measures.</summary>
    /// <param name="name">What the set of codes is called.</param>
    /// <param name="heads">The heads that the codes are of.</param>
    public ConceptDisentanglement Of(string name, IReadOnlyList<ConceptHead> heads)
    {
        int[] trained = All(_train.Videos), tested = All(_test.Videos);
        Gaps gaps = GapsOf(_factors, trained, tested);
        Gaps[] gapDraws = [.. Times(Draws, () => GapsOf(_factors, Drawn(_train.Videos), Drawn(_test.Videos)))];
        Gaps[] gapControls = [.. Times(Draws, () => GapsOf(Shuffled(), trained, tested))];
        Dci dci = DciOf(_factors, Trees, null, null, tested);
        int[] depths = dci.Depths;
        Dci[] dciDraws = [.. Times(Refits, () => DciOf(_factors, RefitTrees, depths, Drawn(_grown.Videos),
            Drawn(_test.Videos)))];
        Dci[] dciControls = [.. Times(Shuffles, () => DciOf(Shuffled(), ShuffledTrees, depths, null, tested))];
        ConceptEstimate GapFigure(Func<Gaps, double> of) =>
            ConceptEstimate.Basic(of(gaps), [.. gapDraws.Select(of)], [.. gapControls.Select(of)]);
        ConceptEstimate DciFigure(Func<Dci, double> of) =>
            ConceptEstimate.Normal(of(dci), [.. dciDraws.Select(of)], [.. dciControls.Select(of)]);
        bool several = _factors.Count > 1;
        return new(name, heads, _bins, [.. _factors.Select((factor, f) => new FactorDisentanglement(factor.Name,
            GapFigure(g => g.Information[f]), GapFigure(g => g.Accuracy[f]),
            DciFigure(d => DciScores.Completeness(d.Importances[f])), DciFigure(d => d.Accuracies[f]), depths[f]))],
            several ? DciFigure(d => DciScores.Disentanglement(d.Importances)) : null,
            Roles(heads, dci.Importances, several));
    }

    private List<ConceptRole> Roles(IReadOnlyList<ConceptHead> heads, double[][] importances, bool several)
    {
        int[] rows = All(_test.Videos);
        double[] disentanglement = DciScores.OfCodes(importances);
        List<ConceptRole> roles = [];
        foreach (ConceptHead head in heads)
            for (int c = 0; c < head.Concepts; c++)
            {
                int code = roles.Count;
                roles.Add(new(head, c,
                    [.. _factors.Select(f => _information.Entropy(f.Test) is var entropy && entropy > 0
                        ? _information.Information(_testOwnBins[code], f.Test, rows) / entropy : 0)],
                    [.. importances.Select(factor => factor[code])], several ? disentanglement[code] : null));
            }
        return roles;
    }

    /// <summary>MIG and SAP of each factor.</summary>
    private sealed record Gaps(double[] Information, double[] Accuracy);

    private Gaps GapsOf(IReadOnlyList<ConceptFactor> factors, int[] trainRows, int[] testRows) => new(
        [.. factors.Select(f => SingleCode.InformationGap(
            [.. _testOwnBins.Select(bins => _information.Information(bins, f.Test, testRows))],
            _information.Entropy(f.Test, testRows)))],
        [.. factors.Select(f => SingleCode.Gap(SingleCode.Accuracies(_trainBins, f.Train, trainRows, _testBins, f.Test,
            testRows)))]);

    /// <summary>R (F, D), the test accuracy and the depth of each factor.</summary>
    private sealed record Dci(double[][] Importances, double[] Accuracies, int[] Depths);

    private Dci DciOf(IReadOnlyList<ConceptFactor> factors, int trees, int[]? depths, int[]? trainRows, int[] testRows)
    {
        long seed = (long)_random.NextBits();
        RandomForest[] forests = [.. factors.Select((factor, f) =>
        {
            RandomForest forest = RandomForest.Grow(_grown, Array.ConvertAll(_grownVideos, v => factor.Train[v]),
                factor.Classes, trees, depths?[f], seed + f, _stop, trainRows);
            _done(trees);
            return forest;
        })];
        return new([.. forests.Select(f => f.Importances)], [.. forests.Zip(factors, (forest, factor) =>
        {
            int[] predicted = forest.Predict(_test);
            return testRows.Count(row => predicted[row] == factor.Test[row]) / (double)testRows.Length;
        })], [.. forests.Select(f => f.Depth)]);
    }

    private IEnumerable<T> Times<T>(int draws, Func<T> draw)
    {
        for (int i = 0; i < draws; i++)
        {
            _stop.ThrowIfCancellationRequested();
            yield return draw();
        }
    }

    private static int[] All(int videos) => [.. Enumerable.Range(0, videos)];

    private int[] Drawn(int videos)
    {
        var rows = new int[videos];
        for (int i = 0; i < videos; i++) rows[i] = _random.NextInt(0, videos - 1);
        return rows;
    }

    private ConceptFactor[] Shuffled()
    {
        int[] train = _random.NextPermutation(_train.Videos), test = _random.NextPermutation(_test.Videos);
        return [.. _factors.Select(f => new ConceptFactor(f.Name, Array.ConvertAll(train, i => f.Train[i]),
            Array.ConvertAll(test, i => f.Test[i])))];
    }
}
