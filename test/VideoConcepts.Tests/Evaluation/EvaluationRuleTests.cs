using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Evaluation;

public sealed class EvaluationRuleTests : IDisposable
{
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
    public void Divide_AList_TakesTheShareOfEveryClassAndTheSameEachTime()
    {
        VideoEntry[] videos = [.. Enumerable.Range(0, 60).Select(i => new VideoEntry($"/v{i}", 9, i % 3 == 0 ? 0 : i == 1 ? 2 : 1, "l.csv", i + 1))];
        (List<VideoEntry> first, List<VideoEntry> others) = ListRules.Divide(videos, 0.1, 5);
        first.GroupBy(v => v.Label).OrderBy(g => g.Key).Select(g => g.Count()).ShouldBe([2, 4, 1]);
        first.Concat(others).OrderBy(v => v.Line).ShouldBe(videos);
        ListRules.Divide(videos, 0.1, 5).First.ShouldBe(first);
        ListRules.Divide(videos, 0.1, 6).First.ShouldNotBe(first);
    }

    [Fact]
    public void Lists_ThatOverlapOrHaveGaps_AreRefusedByLine()
    {
        VideoList List(string name, params string[] rows)
        {
            File.WriteAllLines(_work[name], rows);
            return VideoList.Read(_work[name]);
        }
        VideoList train = List("train.csv", "a,20,0", "b,20,2"), full = List("full.csv", "a,20,0", "b,20,1"), test = List("test.csv", "c,20,0", "b,20,3");
        Should.Throw<BadInputException>(() => ListRules.NoOverlap(train, test)).Message.ShouldStartWith($"{_work["test.csv"]}:2: 1 of 2 videos are in {_work["train.csv"]} too");
        Should.Throw<BadInputException>(() => ListRules.Classes(train)).Message.ShouldContain("class 1 has no video");
        Should.Throw<BadInputException>(() => ListRules.Classes(full, test)).Message.ShouldBe($"{_work["test.csv"]}:2: label 3 is out of range, there are classes 0 to 1.");
        ListRules.Classes(full).ShouldBe(2);
    }

    [Fact]
    public void Retrieval_OfTwoStreams_RanksByTheSumOfTheirCosines()
    {
        FeatureTable a = Tables.Blobs(40, 6, 4, 1, 1), b = Tables.Blobs(40, 9, 4, 1, 2), qa = Tables.Blobs(12, 6, 4, 1, 3), qb = Tables.Blobs(12, 9, 4, 1, 4);
        Neighbours both = Retrieval.Search([qa, qb], [a, b], 40), first = Retrieval.Search(qa, a, 40), second = Retrieval.Search(qb, b, 40);
        for (int q = 0; q < 12; q++)
            for (int rank = 0; rank < 40; rank++)
            {
                int row = both.Indices[q][rank];
                double sum = first.Cosines[q][Array.IndexOf(first.Indices[q], row)] + second.Cosines[q][Array.IndexOf(second.Indices[q], row)];
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
        Should.Throw<BadInputException>(() => coclr.BatchOf(1000, 3)).Message.ShouldContain("a step of 32 clips cannot be divided among 3 processes; choose another --train_batch.");
    }
}
