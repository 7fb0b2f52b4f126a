using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>Codes whose disentanglement is known.</summary>
public sealed class DisentanglementTests
{
    private const int Videos = 96;

    /// <summary>Two factors of 2 and 3 classes, each pair of classes equally often.</summary>
    private static readonly ConceptFactor[] Factors = [Factor("look", i => i % 2), Factor("motion", i => i / 2 % 3)];

    [Fact]
    public void OfCodes_OfImportances_IsOneLessTheirEvenness()
    {
        double[][] importances = [[1, 0, 0.5, 0], [0, 2, 0.5, 0]];
        DciScores.OfCodes(importances).ShouldBe([1, 1, 0, 0]);
        DciScores.Disentanglement(importances).ShouldBe(3.0 / 4, 1e-12); // weights 1, 2 and 1 of 4
        DciScores.Completeness([0, 3, 0]).ShouldBe(1);
        DciScores.Completeness([2, 2, 2, 2]).ShouldBe(0, 1e-12);
        DciScores.Completeness([1, 1, 0, 0]).ShouldBe(0.5, 1e-12); // ln 2 of ln 4
        DciScores.Completeness([0, 0]).ShouldBe(0);
        double tilted = 1 + (((0.9 * Math.Log(0.9)) + (0.1 * Math.Log(0.1))) / Math.Log(2));
        DciScores.OfCodes([[0.9], [0.1]])[0].ShouldBe(tilted, 1e-12);
    }

    [Fact]
    public void Of_ACodeForEachFactor_IsDisentangledAndComplete()
    {
        ConceptDisentanglement found = Measure(2, (random, i, c) => c == 0 ? i % 2 : i / 2 % 3);
        found.Disentanglement!.Value.ShouldBe(1, 1e-9);
        found.Disentanglement.AboveShuffled.ShouldBe(1, 1e-9);
        foreach (FactorDisentanglement factor in found.Factors)
        {
            // code and factor are one, and factors know nothing of each other
            factor.Gap.Value.ShouldBe(1, 1e-9, factor.Factor);
            factor.Completeness.Value.ShouldBe(1, 1e-9);
            factor.Informativeness.Value.ShouldBe(1);
            factor.Informativeness.Low.ShouldBe(1);
        }
        // the other code answers one class of two, of three
        found.Factors.Select(f => f.Predictability.Value).ShouldBe([1 - (1 / 2.0), 1 - (1 / 3.0)], 1e-9);
        found.Concepts.Select(c => c.Disentanglement!.Value).ShouldBe([1, 1], 1e-9);
        found.Concepts[1].Information.ShouldBe([0, 1], 1e-9);
        found.Concepts[1].Importance.ShouldBe([0, 1], 1e-9);
    }

    [Fact]
    public void Of_TheSameCodeTwice_HasNoGap()
    {
        ConceptDisentanglement found = Measure(4, (random, i, c) => c % 2 == 0 ? i % 2 : i / 2 % 3);
        found.Factors.ShouldAllBe(f => Math.Abs(f.Gap.Value) < 1e-12 && Math.Abs(f.Predictability.Value) < 1e-12);
        found.Disentanglement!.Value.ShouldBe(1, 1e-9);
        // two codes of four share a factor, up to which of them each tree takes
        found.Factors.ShouldAllBe(f => Math.Abs(f.Completeness.Value - 0.5) < 0.05);
    }

    /// <summary>Controls lie at 0, or at chance, within what 95 % of draws lie in; noise is like them.</summary>
    [Fact]
    public void Of_Noise_IsLikeShuffledLabels()
    {
        ConceptDisentanglement found = Measure(4, (random, i, c) => random());
        foreach (FactorDisentanglement factor in found.Factors)
        {
            double chance = factor.Factor == "look" ? 1 / 2.0 : 1 / 3.0;
            factor.Informativeness.ShuffledLow.ShouldBeLessThan(chance);
            factor.Informativeness.ShuffledHigh.ShouldBeGreaterThan(chance);
            factor.Informativeness.Low.ShouldBeLessThan(chance);
            factor.Gap.Value.ShouldBeInRange(0, 2 * factor.Gap.ShuffledHigh);
            factor.Predictability.Value.ShouldBeInRange(0, 2 * factor.Predictability.ShuffledHigh);
            factor.Gap.Low.ShouldBeLessThan(0.02);
            factor.Completeness.AboveShuffled.ShouldBeInRange(-0.1, 0.1);
        }
        found.Disentanglement!.Value.ShouldBeLessThan(0.2);
        found.Disentanglement.AboveShuffled.ShouldBeInRange(-0.1, 0.15);
    }

    [Fact]
    public void Of_OneFactor_LeavesDisentanglementOut()
    {
        ConceptDisentanglement found = Measure(2, (random, i, c) => c == 0 ? i % 2 : random(), Factors[..1]);
        found.Disentanglement.ShouldBeNull();
        found.Concepts.ShouldAllBe(c => c.Disentanglement == null);
        found.Factors[0].Completeness.Value.ShouldBe(1, 1e-9);
    }

    [Fact]
    public void Of_TheSameSeed_IsTheSame()
    {
        ConceptEstimate Found(long seed) =>
            Measure(2, (random, i, c) => (i % 2) + (3 * random()), seed: seed).Factors[0].Gap;
        Found(1).ShouldBe(Found(1));
        Found(2).Low.ShouldNotBe(Found(1).Low);
    }

    [Fact]
    public void Grow_WithoutADepth_TakesTheOneThatPredictsWhatWasNotDrawn()
    {
        RandomStream random = RandomStream.For(4);
        int[] labels = [.. Enumerable.Range(0, Videos).Select(i => i % 2)];
        CancellationToken stop = TestContext.Current.CancellationToken;
        // a step with noise on top: one split tells all there is, further ones learn the noise
        var step = new ConceptCodes([[.. labels.Select(l => (float)((2 * l) + random.NextNormal()))]]);
        RandomForest.Grow(step, labels, 2, 30, null, 1, stop).Depth.ShouldBeLessThan(4);
        // eight steps in turn: three splits are needed
        var turns = new ConceptCodes([[.. Enumerable.Range(0, Videos).Select(i => (float)(i % 8))]]);
        RandomForest deep = RandomForest.Grow(turns, labels, 2, 30, null, 1, stop);
        deep.Depth.ShouldBeInRange(3, 7);
        deep.Predict(turns).ShouldBe(labels);
        // where nothing can be split, nothing matters
        RandomForest.Grow(new ConceptCodes([new float[Videos]]), labels, 2, 5, null, 1, stop).Importances
            .ShouldBe([0]);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(99, 9)]
    [InlineData(399, 19)]
    [InlineData(100_000, 20)]
    public void BinsOf_FewVideos_AreFewer(int videos, int bins) => ConceptCodes.BinsOf(videos).ShouldBe(bins);

    private static ConceptDisentanglement Measure(int codes, Func<Func<double>, int, int, double> value,
        ConceptFactor[]? factors = null, long seed = 1)
    {
        RandomStream random = RandomStream.For(5);
        ConceptCodes Codes() => new([.. Enumerable.Range(0, codes).Select(c =>
            Enumerable.Range(0, Videos).Select(i => (float)value(() => random.NextDouble(), i, c)).ToArray())]);
        var measure = new DisentanglementMeasure(Codes(), Codes(), factors ?? Factors, seed, _ => { },
            TestContext.Current.CancellationToken);
        return measure.Of("codes", [new ConceptHead("static", "clips", 0, codes)]);
    }

    private static ConceptFactor Factor(string name, Func<int, int> label) => new(name,
        [.. Enumerable.Range(0, Videos).Select(label)], [.. Enumerable.Range(0, Videos).Select(label)]);
}
