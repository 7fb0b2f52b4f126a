using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ConceptStabilityTests
{
    private const int Videos = 120;

    private static readonly ConceptHead Head = new("static", "clips", 0, 4);

    [Fact]
    public void Of_TheSameConceptsInAnotherOrder_FindsThemAll()
    {
        float[] first = Noise(4, 1);
        int[] order = [2, 0, 3, 1];
        // each on its own scale
        float[] second = [.. first.Select((_, i) => (5 * first[(i / 4 * 4) + order[i % 4]]) - (i % 4))];
        ConceptStability found = Measure((first, 4), (second, 4));
        found.Correlation.ShouldBe(1, 1e-6);
        (found.Matched, found.Information).ShouldBe((1, 1));
        found.Pairs[0].Partners.ShouldBe([1, 3, 0, 2]);
        found.ChanceHigh.ShouldBeInRange(0, 0.3);
        found.ChanceCorrelation.ShouldBeInRange(0, found.ChanceHigh);
    }

    [Fact]
    public void Of_OtherNoise_IsLikeShuffledVideos()
    {
        ConceptStability found = Measure((Noise(4, 1), 4), (Noise(4, 2), 4), (Noise(4, 3), 4));
        found.Pairs.Select(p => (p.First, p.Second)).ShouldBe([(0, 1), (0, 2), (1, 2)]);
        found.Correlation.ShouldBeInRange(0, 0.2); // the pairing looks for the largest
        found.Matched.ShouldBe(0);
        found.Information.ShouldBe(0, 0.05);
        found.Correlation.ShouldBe(found.ChanceCorrelation, 0.08);
    }

    /// <summary>What shows in one run where another one hides it is not the same concept.</summary>
    [Fact]
    public void Of_TurnedSigns_DoesNotMatch()
    {
        float[] first = Noise(1, 1);
        ConceptStability found = Measure((first, 1), ([.. first.Select(x => -x)], 1));
        found.Correlation.ShouldBe(-1, 1e-6);
        found.Matched.ShouldBe(0);
    }

    [Fact]
    public void Of_FewerConcepts_PairsAsManyAsThereAre()
    {
        float[] first = Noise(4, 1);
        float[] second = [.. Enumerable.Range(0, Videos).SelectMany(row =>
            (float[])[first[(row * 4) + 3], first[row * 4]])];
        ConceptStability found = Measure((first, 4), (second, 2));
        found.Pairs[0].Partners.ShouldBe([1, -1, -1, 0]);
        found.Correlation.ShouldBe(1, 1e-6);
        found.Matched.ShouldBe(1);
    }

    private static ConceptStability Measure(params (float[], int)[] runs)
    {
        RandomStream random = RandomStream.For(1);
        return ConceptStability.Of(Head, runs, ref random, TestContext.Current.CancellationToken);
    }

    private static float[] Noise(int concepts, long seed)
    {
        RandomStream random = RandomStream.For(seed);
        return [.. Enumerable.Range(0, Videos * concepts).Select(_ => (float)random.NextNormal())];
    }
}
