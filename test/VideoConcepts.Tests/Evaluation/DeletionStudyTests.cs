using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class DeletionStudyTests
{
    private const int Videos = 64;

    /// <summary>Concepts 0 and 1 know one factor, 2 and 3 the other.</summary>
    [Fact]
    public void Run_OfConceptsThatKnowAFactorEach_MissesThoseOfTheFactorAlone()
    {
        IReadOnlyList<DeletionCurve> curves = Run([1, 1, 0, 0], [0, 0, 1, 1], OwnVideo.Alone(Videos));
        curves.Select(c => $"{c.Factor} {c.Order}").ShouldBe(["m motion", "m look", "m random", "l motion", "l look",
            "l random"]);
        curves.ShouldAllBe(c => c.Points.Select(p => p.Deleted).SequenceEqual(new[] { 0, 1, 2, 3 }));
        curves.ShouldAllBe(c => c.Points[0].Recall == 1);
        double[] Recalls(int curve) => [.. curves[curve].Points.Select(p => p.Recall)];
        Recalls(0)[1].ShouldBe(1);
        Recalls(0)[2].ShouldBeInRange(0.2, 0.8); // by chance: 31 of 63
        Recalls(1).ShouldBe([1, 1, 1, 1]);
        Recalls(3).ShouldBe([1, 1, 1, 1]);
        Recalls(4)[2].ShouldBeInRange(0.2, 0.8);
        foreach (int gone in (int[])[0, 4])
        {
            curves[gone].AreaLow!.Value.ShouldBeGreaterThan(0);
            curves[gone].Area!.Value.ShouldBeInRange(curves[gone].AreaLow!.Value, curves[gone].AreaHigh!.Value);
        }
        curves[1].AreaHigh!.Value.ShouldBeLessThan(0);
        curves[2].Area.ShouldBeNull();
        // the mean over the points after the first
        curves[0].Area!.Value.ShouldBe(Recalls(2)[1..].Average() - Recalls(0)[1..].Average(), 1e-12);
        curves[2].Points.ShouldAllBe(p => p.Low <= p.Recall && p.Recall <= p.High);
        DeletionPoint[] again = [.. Run([1, 1, 0, 0], [0, 0, 1, 1], OwnVideo.Alone(Videos))[2].Points];
        again.ShouldBe(curves[2].Points);
    }

    [Fact]
    public void Run_OfManyConcepts_LooksAtNoMorePointsThanAPictureShows()
    {
        RandomStream random = RandomStream.For(2);
        float[] scores = [.. Enumerable.Range(0, 4 * 100).Select(_ => (float)random.NextNormal())];
        var study = new DeletionStudy(Tables.Of(100, scores), 100, OwnVideo.Alone(4), [("m", [0, 0, 1, 1])]);
        double[] ranks = [.. Enumerable.Range(0, 100).Select(i => (double)i)];
        List<long> told = [];
        IReadOnlyList<DeletionCurve> curves = study.Run(ranks, ranks, ref random, new InlineProgress<long>(told.Add),
            TestContext.Current.CancellationToken);
        int[] deleted = [.. curves[0].Points.Select(p => p.Deleted)];
        (deleted.Length, deleted[0], deleted[^1]).ShouldBe((DeletionStudy.MostPoints, 0, 99));
        deleted.Zip(deleted.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
        told[^1].ShouldBe(study.Searches);
        told.ShouldBe([.. told.Distinct().Order()]);
    }

    // Two classes of each factor, far apart beside what tells the videos apart.
    private static IReadOnlyList<DeletionCurve> Run(double[] motion, double[] look, OwnVideo own)
    {
        RandomStream random = RandomStream.For(1);
        int[] m = [.. Enumerable.Range(0, Videos).Select(i => i % 2)], l = [.. m.Select((_, i) => i / 2 % 2)];
        var scores = new float[Videos * 4];
        for (int i = 0; i < scores.Length; i++)
            scores[i] = (float)((i % 4 < 2 ? m : l)[i / 4] * 2 - 1 + (0.1 * random.NextNormal()));
        var study = new DeletionStudy(Tables.Of(4, scores), 4, own, [("m", m), ("l", l)]);
        return study.Run(motion, look, ref random, null, TestContext.Current.CancellationToken);
    }
}
