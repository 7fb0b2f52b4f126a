using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

public sealed class FidelityTests
{
    [Fact]
    public void Loss_OfRebuiltFeatures_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        Tensor feat = Features();
        ((Func<Tensor, Tensor>)(x => Fidelity.Loss(x, feat))).ShouldHaveGradientOf(Rebuilt());
    }

    [Fact]
    public void Loss_OfRealFeatures_HasNoGradient()
    {
        using var scope = NewDisposeScope();
        Fidelity.Loss(Rebuilt(), Features().requires_grad_(true)).requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Loss_PerfectlyRebuiltUpToScale_IsMinusOne()
    {
        using var scope = NewDisposeScope();
        Fidelity.Loss(Features() * 4, Features()).ToDouble().ShouldBe(-1, 1e-12);
        Fidelity.Loss(Features() * -4, Features()).ToDouble().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Loss_RowsInAnotherOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Tensor order = tensor([2L, 0, 3, 1]);
        Fidelity.Loss(Rebuilt().index_select(0, order), Features().index_select(0, order)).ToDouble()
            .ShouldBe(Fidelity.Loss(Rebuilt(), Features()).ToDouble(), 1e-12);
    }

    [Fact]
    public void Loss_ZeroFeature_IsFinite()
    {
        using var scope = NewDisposeScope();
        double.IsFinite(Fidelity.Loss(zeros_like(Features()), Features()).ToDouble()).ShouldBeTrue();
    }

    private static Tensor Rebuilt() => ReferenceFill.Input("rebuilt", 1, 1, [4, 6]);

    private static Tensor Features() => ReferenceFill.Input("feat", 1, 1, [4, 6]);
}
