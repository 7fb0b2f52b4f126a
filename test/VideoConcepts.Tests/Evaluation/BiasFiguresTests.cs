using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class BiasFiguresTests
{
    // Twelve videos of class 0, four of class 1.
    private static readonly int[] Labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1];

    [Fact]
    public void Of_HalfOfTheAdvantageLeft_SurvivesByHalf()
    {
        // unchanged: all right, 0.5 above chance; changed: 9 of 12 and 3 of 4 right, 0.25 above chance
        int[] answers = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1];
        BiasFigures found = BiasFigures.Of(2, (Labels, Labels), [(Labels, answers)], RandomStream.For(1),
            TestContext.Current.CancellationToken)[0];
        found.Accuracy.ShouldBe(0.75, 1e-12);
        found.Survives!.Value.ShouldBe(0.5, 1e-12);
        found.Low!.Value.ShouldBeInRange(-0.3, 0.4);
        found.High!.Value.ShouldBeInRange(0.6, 1);
    }

    [Fact]
    public void Of_TheSameAnswers_SurvivesWhollyInEachDraw()
    {
        int[] answers = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
        BiasFigures found = BiasFigures.Of(2, (Labels, answers), [(Labels, answers)], RandomStream.For(1),
            TestContext.Current.CancellationToken)[0];
        (found.Survives, found.Low, found.High).ShouldBe((1, 1, 1));
    }

    [Fact]
    public void Of_OneAnswerToAll_IsChanceAndSaysNothing()
    {
        // 12 of 16 right, but of two classes one: 0.5 over the classes
        int[] answers = new int[16];
        BiasFigures.Of(2, (Labels, answers), [(Labels, Labels)], RandomStream.For(1),
            TestContext.Current.CancellationToken)[0]
            .ShouldBe(new BiasFigures(1, null, null, null));
    }

    [Fact]
    public void Contrasted_RightMovingAndWrongFrozen_CountsByClass()
    {
        int[] moving = [.. Labels], frozen = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        moving[15] = 0; // wrong both times
        // class 0: 3 of 12, class 1: 3 of 4
        BiasFigures.Contrasted(2, (Labels, moving), (Labels, frozen)).ShouldBe((0.25 + 0.75) / 2, 1e-12);
    }
}
