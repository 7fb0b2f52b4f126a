using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

public sealed class DiversityTests
{
    [Fact]
    public void Loss_UniformScores_IsLowest()
    {
        using var scope = NewDisposeScope();
        double lowest = Diversity.Loss(full([3, 2, 8], 0.7, ScalarType.Float64)).ToDouble();
        lowest.ShouldBe(-Math.Log(8), 1e-12);
        Diversity.Loss(Scores()).ToDouble().ShouldBeGreaterThan(lowest);
    }

    [Fact]
    public void Loss_OneConceptForCertain_IsZeroAndFinite()
    {
        using var scope = NewDisposeScope();
        Diversity.Loss(nn.functional.one_hot(tensor([0L, 3], 1, 2), 8).to(ScalarType.Float32) * 1000).ToDouble()
            .ShouldBe(0, 1e-6);
    }

    [Fact]
    public void Loss_OfScores_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        ((Func<Tensor, Tensor>)Diversity.Loss).ShouldHaveGradientOf(Scores());
    }

    [Fact]
    public void Loss_VideosInAnotherOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Diversity.Loss(Scores().index_select(0, tensor([2L, 0, 1]))).ToDouble()
            .ShouldBe(Diversity.Loss(Scores()).ToDouble(), 1e-12);
    }

    private static Tensor Scores() => ReferenceFill.Input("scores", 1, 0.3, [3, 2, 8]);
}
