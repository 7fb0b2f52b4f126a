using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class EffectiveRankTests
{
    [Fact]
    public void Of_FeaturesThatSpreadAlikeOverSomeDirections_IsTheirNumber() =>
        EffectiveRank.Of([3, 0, 0, 1, -3, 0, 0, 1, 0, 3, 0, 1, 0, -3, 0, 1], 4).ShouldBe(2, 1e-6);

    [Fact]
    public void Of_OneDirectionOrNone_IsOne()
    {
        EffectiveRank.Of([1, 2, 2, 4, 5, 10], 2).ShouldBe(1, 1e-6);
        EffectiveRank.Of([7, 1, 7, 1], 2).ShouldBe(1, 1e-6);
    }

    /// <summary>Singular values 4√2 and √2: p = 0.8 and 0.2.</summary>
    [Fact]
    public void Of_UnequalDirections_IsTheExponentialOfTheirEntropy() =>
        EffectiveRank.Of([4, 0, -4, 0, 0, 1, 0, -1], 2)
            .ShouldBe(Math.Exp(-((0.8 * Math.Log(0.8)) + (0.2 * Math.Log(0.2)))), 1e-6);
}
