using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ConceptLeadsTests
{
    [Fact]
    public void Standardised_OfScoresWithACommonPart_LetsWhatStandsOutLead()
    {
        float[] from = [5, 0, 5.2f, 1, 4.8f, -1]; // concept 0 scores high for all
        float[] scores = ConceptLeads.Standardised([5.1f, 2, 5.3f, 0.1f], from, 2);
        double first = Math.Sqrt(0.08 / 3), second = Math.Sqrt(2 / 3.0);
        double[] expected = [0.1 / first, 2 / second, 0.3 / first, 0.1 / second];
        for (int i = 0; i < 4; i++) ((double)scores[i]).ShouldBe(expected[i], 1e-4);
        Metrics.Predictions(scores, 2).ShouldBe([1, 0]);
        ConceptLeads.Standardised([5, 7], [5, 3, 5, 3], 2)[0].ShouldBe(0); // all alike: no division by zero
    }

    [Fact]
    public void Of_ConceptsThatNameTheClass_IsSureOfIt()
    {
        ConceptLeads found = Measure(i => i % 4, i => i % 4);
        found.Information.ShouldBe(1, 1e-12);
        found.Low.ShouldBe(1, 1e-9);
        found.High.ShouldBe(1, 1e-9);
        found.Shuffled.ShouldBeInRange(0.005, 0.08);
        found.Shares.ShouldBe([0.25, 0.25, 0.25, 0.25, 0]);
        (found.Dead, found.Purity).ShouldBe((1, 1));
        found.Spread.ShouldBe(Math.Log(4) / Math.Log(5), 1e-12);
    }

    /// <summary>An interval about the value, which a plain bootstrap would shift up: a video drawn twice is two that
    /// agree.</summary>
    [Fact]
    public void Of_ConceptsThatKnowNothing_HasAnIntervalAboutZero()
    {
        RandomStream random = RandomStream.For(8);
        int[] labels = [.. Enumerable.Range(0, 120).Select(_ => random.NextInt(0, 3))];
        ConceptLeads found = Measure(i => i % 5, i => labels[i]);
        found.Information.ShouldBe(0, 0.03);
        found.Low.ShouldBeInRange(-0.15, Math.Min(0, found.Information));
        found.High.ShouldBeInRange(Math.Max(0, found.Information), 0.15);
        ((found.Low + found.High) / 2).ShouldBe(found.Information, (found.High - found.Low) / 10);
        found.Shuffled.ShouldBeInRange(0.005, 0.08);
        Measure(i => i % 5, i => labels[i]).Low.ShouldBe(found.Low);
        Measure(i => i % 5, i => labels[i], seed: 2).Low.ShouldNotBe(found.Low);
    }

    private static ConceptLeads Measure(Func<int, int> leading, Func<int, int> label, long seed = 1)
    {
        RandomStream random = RandomStream.For(seed);
        return ConceptLeads.Of([.. Enumerable.Range(0, 120).Select(leading)], 5,
            [.. Enumerable.Range(0, 120).Select(label)], ref random);
    }
}
