using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Evaluation;

public sealed class EvaluationRuleTests : IDisposable
{
    private const string Net = "r2plus1d-tiny";
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Measure_Concepts_FindsDeadDuplicateAndUnevenOnes()
    {
        // Four videos, four concepts; the second follows the first, the fourth leads for none.
        float[] scores = [9, 8.5f, 0, 1, 8, 7.5f, 1, 0, 0, 0.4f, 7, 1, 1, 1.5f, 9, 0];
        ConceptFigures figures = ConceptQuality.Measure(scores, 4, [0, 0, 1, 1]);
        figures.Dead.ShouldBe(2);
        figures.Duplicates.ShouldBe(1);
        figures.Spread.ShouldBe(0.5, 1e-12);
        figures.Purity.ShouldBe(1);
        figures.MutualInformation!.Value.ShouldBe(1, 1e-12);
        ConceptQuality.Measure(scores, 4, null).Purity.ShouldBeNull();
        figures.AdjustedInformation!.Value.ShouldBe(
            ConceptQuality.AdjustedMutualInformation(Metrics.Predictions(scores, 4), [0, 0, 1, 1]));
    }

    [Fact]
    public void Chance_OfRecall_IsThatOfADrawWithoutReplacement()
    {
        // Query of class 0: 2 of 4 rows; of class 1: 1 of 4; of class 2: none.
        int[] gallery = [0, 0, 1, 3];
        Chance.Recall([0], gallery, 1, leaveOneOut: false).ShouldBe(0.5);
        Chance.Recall([0], gallery, 2, leaveOneOut: false).ShouldBe(1 - (2 / 4.0 * 1 / 3.0), 1e-12);
        Chance.Recall([0, 1, 2], gallery, 1, leaveOneOut: false).ShouldBe(0.25, 1e-12);
        Chance.Recall(gallery, gallery, 1, leaveOneOut: true).ShouldBe(1 / 6.0, 1e-12);
        Chance.Recall([0], gallery, 50, leaveOneOut: false).ShouldBe(1);
    }

    [Fact]
    public void Spread_OfOneLeadingConcept_IsNoNegativeZero()
    {
        double spread = ConceptQuality.Measure([9, 0, 9, 0], 2, [0, 0]).Spread;
        BitConverter.DoubleToInt64Bits(spread).ShouldBe(0);
        FigureText.Number(-0.0, 2).ShouldBe("0.00");
        FigureText.Number(-0.004, 2).ShouldBe("0.00");
        FigureText.Number(-0.006, 2).ShouldBe("-0.01");
        FigureText.Number(double.NegativeInfinity, 2).ShouldBe("-Infinity");
        FigureText.Percent(-0.0002).ShouldBe("0.0 %");
        BitConverter.DoubleToInt64Bits(FigureText.Rounded(-1e-9, 6)).ShouldBe(0);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void TopFive_OfFiveClasses_IsLeftOutEverywhere(int classes, bool there)
    {
        string[] chance = [.. Chance.Classification(classes).Select(f => f.Name)];
        chance.ShouldBe(there ? ["top-1", "top-5", "mean class"] : ["top-1", "mean class"]);
        FeatureTable table = Tables.Blobs(12 * classes, 6, classes, 1, 1);
        LinearProbeResult probe = LinearProbe.Run(table, table,
            new LinearProbeOptions { Epochs = 1, MinimumSteps = 0 });
        probe.Values().Select(f => f.Name).ShouldBe([.. chance, "train top-1"]);
        ClassificationResult.Of(new VideoScores(probe.Probabilities, classes, table.Videos, [])).Figures.Select(f =>
            f.Name).ShouldBe(chance);
    }

    [Fact]
    public void Mean_OfResultsWithOtherLabels_IsRefusedByLine()
    {
        VideoScores Result(string name, int label) =>
            ResultFiles.ReadProbabilities(_work.Write(name,
                $"path,label,p0,p1\n/v/a,0,0.5,0.5\n/v/b,{label},0.5,0.5\n"));
        VideoScores.Mean([Result("a.csv", 1), Result("b.csv", 1)]).Videos.Count.ShouldBe(2);
        Should.Throw<BadInputException>(() => VideoScores.Mean([Result("a.csv", 1), Result("c.csv", 0)])).Shown()
            .ShouldBe($"{_work["c.csv"]}:3: label 0, but {_work["a.csv"]}:3 has 1 for the same video; merge results of "
                + "the same list.");
        Should.Throw<BadInputException>(() => Result("d.csv", 2)).Shown().ShouldBe(
            $"{_work["d.csv"]}:3: label 2 is out of range, there are columns for the classes 0 to 1.");
    }

    [Fact]
    public void Chance_WithCopies_IsOfWhatIsSearched()
    {
        TinyFrames.Write(_work, "a", 3);
        Directory.CreateSymbolicLink(_work["b"], _work["a"]);
        VideoList list = VideoList.Read(_work.Write("l.csv", "a,3,0\nb,3,0\nc,3,0\nd,3,1\n"));
        OwnVideo own = OwnVideo.Of(list.Videos, list.Videos,
            VideoContents.Of([list.Videos], stop: TestContext.Current.CancellationToken));
        (own.Copied, own.Searched).ShouldBe((2, 2));
        // a and b search c and d, of which c is right; c searches a, b, d; d finds none of its class.
        Chance.Recall([0, 0, 0, 1], [0, 0, 0, 1], 1, own).ShouldBe((0.5 + 0.5 + (2 / 3.0) + 0) / 4, 1e-12);
        ListRules.Copies(own, 4).ShouldStartWith("2 of 4 queries have a copy");
        Neighbours found = Retrieval.Search([Tables.Of(1, [1, 1, 2, -4])], [Tables.Of(1, [1, 1, 2, -4])], 10, own);
        found.Indices[0].Order().ShouldBe([2, 3]);
        found.Indices[2].Order().ShouldBe([0, 1, 3]);
    }

    [Fact]
    public void Classes_OfARowThatIsThereTwice_AreTheSameOrRefused()
    {
        VideoList twice = VideoList.Read(_work.Write("twice.csv", "a,3,0\nb,3,1\na,3,0\n")),
            other = VideoList.Read(_work.Write("other.csv", "a,3,0\na,3,1\n"));
        FactorEvaluation.Classes(new FeatureTable([1, 2, 3], 1, twice.Videos, []), twice).ShouldBe([0, 1, 0]);
        Should.Throw<BadInputException>(() => FactorEvaluation.Classes(new FeatureTable([1, 2], 1, other.Videos, []),
            other)).Shown()
            .ShouldBe($"{_work["other.csv"]}:2: the video has label 1 here and 0 in line 1; remove one of the rows.");
    }

    [Fact]
    public void Divide_AList_TakesTheShareOfEveryClassAndTheSameEachTime()
    {
        VideoEntry[] videos = [.. Enumerable.Range(0, 60)
            .Select(i => new VideoEntry($"/v{i}", 9, i % 3 == 0 ? 0 : i == 1 ? 2 : 1, "l.csv", i + 1))];
        (IReadOnlyList<VideoEntry> first, IReadOnlyList<VideoEntry> others) = ListRules.Divide(videos, 0.1, 5);
        first.GroupBy(v => v.Label).OrderBy(g => g.Key).Select(g => g.Count()).ShouldBe([2, 4, 1]);
        first.Concat(others).OrderBy(v => v.Line).ShouldBe(videos);
        ListRules.Divide(videos, 0.1, 5).First.ShouldBe(first);
        ListRules.Divide(videos, 0.1, 6).First.ShouldNotBe(first);
    }

    [Fact]
    public void HoldOut_OfAListWithCopies_LeavesCopiesOfTrainedVideosOut()
    {
        for (int i = 0; i < 10; i++)
        {
            TinyFrames.Write(_work, $"v{i}", 5);
            Directory.CreateSymbolicLink(_work[$"again{i}"], $"v{i}");
        }
        IReadOnlyList<VideoEntry> videos = VideoList.Read(_work.Write("list.csv", string.Concat(
            Enumerable.Range(0, 10).Select(i => $"v{i},5,0\nagain{i},5,0\n")))).Videos;
        VideoContents contents = VideoContents.Of([videos], stop: TestContext.Current.CancellationToken);
        (IReadOnlyList<VideoEntry> train, IReadOnlyList<VideoEntry> held, int copies) =
            ListRules.HoldOut(videos, 0.3, 5, contents);
        (train.Count, held.Count + copies).ShouldBe((14, 6));
        copies.ShouldBeGreaterThan(0);
        train.Select(contents.Of).Intersect(held.Select(contents.Of)).ShouldBeEmpty();
    }

    [Fact]
    public void Lists_ThatOverlapOrHaveGaps_AreRefusedByLine()
    {
        VideoList List(string name, params string[] rows)
        {
            File.WriteAllLines(_work[name], rows);
            return VideoList.Read(_work[name]);
        }
        VideoList train = List("train.csv", "a,20,0", "b,20,2"),
            full = List("full.csv", "a,20,0", "b,20,1"),
            test = List("test.csv", "c,20,0", "b,20,3");
        Should.Throw<BadInputException>(() => ListRules.NoOverlap(train, test))
            .Shown().ShouldStartWith($"{_work["test.csv"]}:2: 1 of 2 videos are in {_work["train.csv"]} too");
        Should.Throw<BadInputException>(() => ListRules.Classes(train)).Shown().ShouldBe(
            $"{_work["train.csv"]}:2: label 2, but class 1 has no video in {_work["train.csv"]}; number the classes "
            + "from 0 without gaps.");
        Should.Throw<BadInputException>(() => ListRules.Classes(full, test))
            .Shown().ShouldBe($"{_work["test.csv"]}:2: label 3 is out of range, there are classes 0 to 1.");
        ListRules.Classes(full).ShouldBe(2);
    }

    [Fact]
    public void Lists_OfWhichThereAreNone_AreRefusedByTheNameOfTheOption()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        foreach (Action run in (Action[])[
            () => RetrievalEvaluation.Run(new RetrievalOptions { Net = Net }, stop: stop),
            () => ProbeEvaluation.Run(new ProbeOptions { Net = Net }, stop: stop),
            () => ConceptEvaluation.Run(new ConceptEvaluationOptions { Net = Net }, stop: stop),
            () => FineTuning.Run(new FineTuneOptions { Net = Net, Out = _work["out"] }, stop: stop),
        ])
        {
            BadInputException refusal = Should.Throw<BadInputException>(run);
            refusal.Shown().ShouldStartWith("--train_csv is missing: name the labelled list");
            refusal.Message.ShouldStartWith("TrainLists is missing: ");
        }
        Should.Throw<BadInputException>(() => RetrievalEvaluation.OfFeatures([], null, new RetrievalOptions(),
            stop: stop)).Shown().ShouldBe("--train_features is missing: name a folder to search in.");
        Directory.Exists(_work["out"]).ShouldBeFalse();
    }

    [Fact]
    public void Concepts_OfAModelThatHasNone_AreRefusedAndNoFolderIsMade()
    {
        TrainOptions options = TinyRun.WithMethod(TinyRun.Model, "multilevel");
        using (IVideoModel model = TrainingRun.BuildModel(options))
            Checkpoint.Save(_work["checkpoint.safetensors"], model, options, 1);
        foreach (string name in (string[])["a", "b"]) TinyFrames.Write(_work, name, 2);
        Should.Throw<BadInputException>(() => ConceptEvaluation.Run(new ConceptEvaluationOptions
        {
            Checkpoint = _work.Path,
            TrainLists = [_work.Write("train.csv", "a,2,0\n")],
            TestLists = [_work.Write("test.csv", "b,2,0\n")],
            Out = _work["out"],
        }, stop: TestContext.Current.CancellationToken)).Shown().ShouldBe($"{_work["checkpoint.safetensors"]}: a model "
            + "without concepts; give a run of train --method concepts.");
        Directory.Exists(_work["out"]).ShouldBeFalse();
    }

    [Fact]
    public void Retrieval_OfTwoStreams_RanksByTheSumOfTheirCosines()
    {
        FeatureTable a = Tables.Blobs(40, 6, 4, 1, 1), b = Tables.Blobs(40, 9, 4, 1, 2),
            qa = Tables.Blobs(12, 6, 4, 1, 3), qb = Tables.Blobs(12, 9, 4, 1, 4);
        Neighbours both = Retrieval.Search([qa, qb], [a, b], 40),
            first = Retrieval.Search(qa, a, 40),
            second = Retrieval.Search(qb, b, 40);
        for (int q = 0; q < 12; q++)
            for (int rank = 0; rank < 40; rank++)
            {
                int row = both.Indices[q][rank];
                double sum = first.Cosines[q][Array.IndexOf(first.Indices[q], row)]
                    + second.Cosines[q][Array.IndexOf(second.Indices[q], row)];
                both.Cosines[q][rank].ShouldBe((float)(sum / 2), 1e-5f);
            }
    }

    [Fact]
    public void Windows_SpreadUniformly_ReachFromEndToEnd()
    {
        var clips = new ClipOptions { Frames = 16, MaxWindows = 10, Uniform = true };
        int[] starts = EvaluationClips.WindowStarts(1000, clips);
        starts.Length.ShouldBe(10);
        (starts[0], starts[^1]).ShouldBe((0, 984));
        starts.Zip(starts.Skip(1), (x, y) => y - x).ShouldAllBe(d => d >= 109 && d <= 110);
        EvaluationClips.WindowStarts(18, clips).ShouldBe([0, 1, 2]); // no window twice
        EvaluationClips.WindowStarts(12, clips).ShouldBe([0]);
        EvaluationClips.WindowStarts(9, clips).ShouldBeEmpty();
    }

    [Fact]
    public void Batch_OfAProtocol_IsDividedAmongProcesses()
    {
        ClassifierTraining coclr = EvaluationPreset.Of("coclr").FineTune;
        coclr.BatchOf(1000, 1).ShouldBe(32);
        coclr.BatchOf(1000, 4).ShouldBe(8);
        coclr.BatchOf(20, 2).ShouldBe(10);
        Should.Throw<BadInputException>(() => coclr.BatchOf(1000, 3)).Shown().ShouldContain(
            "a step of 32 clips cannot be divided among 3 processes; choose another --train_batch.");
    }

    /// <summary>The mean over all orders of one grouping is what it takes out as chance.</summary>
    [Fact]
    public void AdjustedInformation_OverAllOrders_IsZeroOnAverage()
    {
        int[] a = [0, 0, 0, 1, 1, 2, 2], b = [0, 0, 1, 1, 2, 2, 2];
        double sum = 0;
        int orders = 0;
        foreach (int[] order in Orders(b))
        {
            sum += ConceptQuality.AdjustedMutualInformation(a, order);
            orders++;
        }
        orders.ShouldBe(5040);
        (sum / orders).ShouldBe(0, 1e-12);
        ConceptQuality.AdjustedMutualInformation(a, [5, 5, 5, 3, 3, 4, 4]).ShouldBe(1, 1e-12);
        ConceptQuality.AdjustedMutualInformation(a, [0, 0, 0, 0, 0, 0, 0]).ShouldBe(0, 1e-12);
        ConceptQuality.AdjustedMutualInformation([0, 0], [1, 1]).ShouldBe(1);
    }

    private static IEnumerable<int[]> Orders(int[] items)
    {
        if (items.Length == 1) return [items];
        return Enumerable.Range(0, items.Length).SelectMany(i =>
            Orders([.. items[..i], .. items[(i + 1)..]]).Select(rest => (int[])[items[i], .. rest]));
    }
}
