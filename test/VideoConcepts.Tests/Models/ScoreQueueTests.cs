using TorchSharp;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

public sealed class ScoreQueueTests
{
    [Fact]
    public void Append_ToAFullQueue_DropsTheOldestAndPutsTheNewestLast()
    {
        using var scope = NewDisposeScope();
        Tensor queue = Rows(1, 2, 3, 4);
        ScoreQueue.Append(queue, Rows(5, 6));
        Numbers(queue).ShouldBe([3, 4, 5, 6]);
    }

    [Fact]
    public void Append_MoreRowsThanItHolds_KeepsTheNewest()
    {
        using var scope = NewDisposeScope();
        Tensor queue = Rows(1, 2, 3, 4);
        ScoreQueue.Append(queue, Rows(5, 6, 7, 8, 9, 10));
        Numbers(queue).ShouldBe([7, 8, 9, 10]);
    }

    [Fact]
    public void Append_RowsWithGradient_KeepsTheirNumbersAlone()
    {
        using var scope = NewDisposeScope();
        Tensor queue = Rows(1, 2);
        ScoreQueue.Append(queue, Rows(3).requires_grad_(true) * 2);
        queue.requires_grad.ShouldBeFalse();
        Numbers(queue).ShouldBe([2, 6]);
    }

    [Fact]
    public void Filled_OfAPartlyFilledQueue_IsItsNewestRows()
    {
        using var scope = NewDisposeScope();
        Numbers(ScoreQueue.Filled(Rows(0, 0, 7, 8), 2)).ShouldBe([7, 8]);
    }

    private static Tensor Rows(params float[] values) => tensor(values, values.Length, 1, 1);

    private static float[] Numbers(Tensor queue) => queue.contiguous().data<float>().ToArray();
}
