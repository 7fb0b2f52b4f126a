using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class MetricsTests
{
    private static readonly float[] Scores =
    [
        0.9f, 0.1f, 0.0f, // predicts 0
        0.2f, 0.3f, 0.5f, // predicts 2
        0.4f, 0.4f, 0.2f, // a tie of 0 and 1
        0.1f, 0.8f, 0.1f, // predicts 1
    ];

    [Fact]
    public void TopK_HandMade_CountsTheBestAndTheNext()
    {
        Metrics.TopK(Scores, 3, [0, 1, 1, 0], 1).ShouldBe(0.25);
        Metrics.TopK(Scores, 3, [0, 1, 1, 0], 2).ShouldBe(1);
        Metrics.TopK(Scores, 3, [2, 2, 2, 2], 3).ShouldBe(1);
    }

    [Fact]
    public void TopK_ConstantScores_AreNoBetterThanAnsweringZero() =>
        Metrics.TopK(new float[8], 4, [0, 3], 1).ShouldBe(0.5);

    [Fact]
    public void TopK_NotANumber_IsNoHit() =>
        Metrics.TopK([float.NaN, 0, 0], 3, [0], 3).ShouldBe(0);

    [Fact]
    public void TopK_LabelsOfAnotherLength_Throws() =>
        Should.Throw<ArgumentException>(() => Metrics.TopK(Scores, 3, [0], 1));

    [Fact]
    public void Confusion_HandMade_HasTruthInRows()
    {
        int[,] counts = Metrics.Confusion([0, 1, 1, 0], Metrics.Predictions(Scores, 3), 3);
        counts.ShouldBe(new[,] { { 1, 1, 0 }, { 1, 0, 1 }, { 0, 0, 0 } });
    }

    [Fact]
    public void MeanClassAccuracy_AbsentClass_DoesNotCount()
    {
        Metrics.MeanClassAccuracy(new[,] { { 3, 1, 0 }, { 0, 0, 0 }, { 1, 0, 1 } }).ShouldBe((0.75 + 0.5) / 2);
        Metrics.MeanClassAccuracy(new int[2, 2]).ShouldBe(0);
    }
}
