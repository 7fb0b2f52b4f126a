using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class PooledResultTests
{
    /// <summary>Mean class accuracy of all videos, not the mean of the splits'.</summary>
    [Fact]
    public void Pooled_OfTwoFolds_CountsEveryVideoOnce()
    {
        ClassificationResult first = Fold(0, [0, 0, 0, 1], right: [true, true, false, false]);
        ClassificationResult second = Fold(1, [1], right: [true]);
        ClassificationResult all = ClassificationResult.Pooled([first, second])!;
        all.Scores.Videos.Count.ShouldBe(5);
        all.Top1.ShouldBe(3 / 5.0, 1e-12);
        all.MeanClass.ShouldBe(((2 / 3.0) + (1 / 2.0)) / 2, 1e-12);
    }

    [Fact]
    public void Pooled_OfFoldsThatShareAVideoOrDifferInClasses_IsNone()
    {
        ClassificationResult fold = Fold(0, [0, 1], right: [true, true]);
        ClassificationResult.Pooled([fold, fold]).ShouldBeNull();
        ClassificationResult.Pooled([fold, Fold(1, [0, 2], right: [true, true], classes: 3)]).ShouldBeNull();
    }

    private static ClassificationResult Fold(int fold, int[] labels, bool[] right, int classes = 2)
    {
        var scores = new float[labels.Length * classes];
        for (int i = 0; i < labels.Length; i++)
            scores[(i * classes) + (right[i] ? labels[i] : (labels[i] + 1) % classes)] = 1;
        return ClassificationResult.Of(new VideoScores(scores, classes,
            [.. labels.Select((label, i) => new VideoEntry($"/f{fold}/v{i}", 32, label, "t.csv", i + 1))], []));
    }
}
