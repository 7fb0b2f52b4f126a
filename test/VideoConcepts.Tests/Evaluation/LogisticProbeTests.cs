using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class LogisticProbeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>
    /// By scikit-learn 1.2: StandardScaler and LogisticRegression(C = 1 / penalty, class_weight = "balanced",
    /// solver = "newton-cg", tol = 1e-12).
    /// </summary>
    [Theory]
    [InlineData(10, new[] { 0.556013, 0.292138, 0.151849, 0.391526, 0.347056, 0.261417, 0.269828, 0.496872, 0.2333 })]
    [InlineData(100, new[] { 0.365549, 0.336793, 0.297658, 0.339883, 0.339452, 0.320665, 0.317138, 0.365284,
        0.317578 })]
    [InlineData(1000, new[] { 0.336579, 0.333995, 0.329426, 0.333905, 0.334144, 0.331951, 0.331436, 0.3369, 0.331664 })]
    public void Run_WithOnePenalty_GivesTheProbabilitiesOfScikitLearn(double penalty, double[] expected)
    {
        int[] labels = [.. Enumerable.Range(0, 30).Select(i => i % 5 < 3 ? 0 : i % 5 - 2)];
        FeatureTable train = Tables.Of(4, [.. from i in Enumerable.Range(0, 30)
                                              from j in Enumerable.Range(0, 4)
                                              select (float)((Math.Sin(1.3 * (i + 1) * (j + 1)) * (j + 1))
                                                  + (j == labels[i] ? 0.9 : 0))], labels);
        FeatureTable test = Tables.Of(4, [.. from i in Enumerable.Range(0, 3)
                                             from j in Enumerable.Range(0, 4)
                                             select (float)(Math.Sin(0.7 * (i + 3) * (j + 1)) * (j + 1))], [0, 1, 2]);
        (LinearProbeResult result, double chosen) = LogisticProbe.Run(train, test,
            Folds.AtRandom(train.Videos, 1), [penalty], stop: Stop);
        chosen.ShouldBe(penalty);
        for (int i = 0; i < expected.Length; i++) ((double)result.Probabilities[i]).ShouldBe(expected[i], 2e-6);
        result.Confusion.Cast<int>().Sum().ShouldBe(3);
    }

    [Fact]
    public void Run_WithSeveralPenalties_TakesTheOneThatIsBestOnFoldsLeftOut()
    {
        FeatureTable train = Tables.Blobs(60, 30, 3, 1.5, seed: 4);
        int[] folds = [.. Enumerable.Range(0, 60).Select(i => i / 20)];
        double[] penalties = [1000, 30, 1, 0.01];
        double[] right = [.. penalties.Select(penalty => Enumerable.Range(0, 3).Sum(fold =>
            LogisticProbe.Run(Part(train, row => row / 20 != fold), Part(train, row => row / 20 == fold), folds[..40],
                [penalty], stop: Stop).Result.Top1))];
        right.Distinct().Count().ShouldBeGreaterThan(1);
        LogisticProbe.Run(train, train, folds, penalties, stop: Stop).Penalty
            .ShouldBe(penalties[Array.IndexOf(right, right.Max())]);
    }

    [Fact]
    public void Folds_WithTestListsOfOtherSplits_AreThoseLists()
    {
        VideoEntry[] videos = [.. Enumerable.Range(0, 12).Select(i => new VideoEntry($"/v{i}", 9, i % 2, "a.csv", i))];
        Folds.BySplits(videos, [videos[8..], videos[..8]]).ShouldBe([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
        Folds.BySplits(videos, [videos[8..], videos[..7]]).ShouldBeNull(); // one is in neither
        Folds.BySplits(videos, [videos]).ShouldBeNull(); // no two folds
    }

    [Fact]
    public void Run_OfASingleVideo_IsRefused()
    {
        FeatureTable one = Tables.Of(2, [1, 2], [0]);
        Should.Throw<BadInputException>(() => LogisticProbe.Run(one, one, Folds.AtRandom(one.Videos, 1), stop: Stop))
            .Message.ShouldBe("A probe needs at least 2 training videos; there are 1.");
    }

    [Fact]
    public void Folds_AtRandom_HaveTheirShareOfEachClass()
    {
        VideoEntry[] videos = [.. Enumerable.Range(0, 53)
            .Select(i => new VideoEntry($"/v{i}", 9, i < 40 ? 0 : 1, "a.csv", i))];
        int[] folds = Folds.AtRandom(videos, 3);
        folds.CountBy(f => f).Select(f => f.Value).Order().ShouldBe([10, 10, 11, 11, 11]);
        foreach (int fold in folds.Distinct())
            folds.Where((f, i) => f == fold && i >= 40).Count().ShouldBeInRange(2, 3);
        Folds.AtRandom(videos, 3).ShouldBe(folds);
        Folds.AtRandom(videos, 4).ShouldNotBe(folds);
    }

    [Fact]
    public void Run_Progress_EndsWithAllFits()
    {
        FeatureTable table = Tables.Blobs(40, 8, 2, 3, seed: 1);
        List<long> told = [];
        int[] folds = Folds.AtRandom(table.Videos, 1);
        LogisticProbe.Run(table, table, folds, progress: new Collected(told), stop: Stop);
        told.ShouldBe(Enumerable.Range(1, (int)LogisticProbe.Fits(folds)).Select(i => (long)i));
    }

    private static FeatureTable Part(FeatureTable table, Func<int, bool> isWanted)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(isWanted)];
        return new FeatureTable([.. rows.SelectMany(row => table.Row(row).ToArray())], table.Dimension,
            [.. rows.Select(row => table.Videos[row])], []);
    }

    private sealed class Collected(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }
}
