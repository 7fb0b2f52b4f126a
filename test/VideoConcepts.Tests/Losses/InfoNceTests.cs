using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

public sealed class InfoNceTests
{
    [Fact]
    public void Loss_OfQueries_HasTheGradientOfItsValueWithConstantKeys()
    {
        using var scope = NewDisposeScope();
        Tensor k = Keys();
        ((Func<Tensor, Tensor>)(q => InfoNce.Loss(q, k))).ShouldHaveGradientOf(Queries());
    }

    [Fact]
    public void Loss_QueriesThatAreAlsoKeys_GetTheGradientOfQueriesAlone()
    {
        using var scope = NewDisposeScope();
        Tensor q = Queries();
        ((Func<Tensor, Tensor>)(x => InfoNce.Loss(x, x))).ShouldHaveGradientOf(q, x => InfoNce.Loss(x, q));
    }

    [Fact]
    public void Loss_OneVideo_IsZeroAndHasAGradient()
    {
        using var scope = NewDisposeScope();
        Tensor q = Queries().narrow(0, 0, 1).clone().requires_grad_(true);
        Tensor loss = InfoNce.Loss(q, Keys().narrow(0, 0, 1));
        loss.ToDouble().ShouldBe(0);
        loss.backward();
        q.grad!.abs().max().ToDouble().ShouldBe(0, 1e-12);
    }

    [Fact]
    public void Loss_VideosInAnotherOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Tensor order = tensor([2L, 0, 3, 1]);
        InfoNce.Loss(Queries().index_select(0, order), Keys().index_select(0, order)).ToDouble()
            .ShouldBe(InfoNce.Loss(Queries(), Keys()).ToDouble(), 1e-12);
    }

    [Fact]
    public void Loss_ScaledQueriesAndKeys_IsTheSame()
    {
        using var scope = NewDisposeScope();
        InfoNce.Loss(Queries() * 3, Keys() * 0.2).ToDouble()
            .ShouldBe(InfoNce.Loss(Queries(), Keys()).ToDouble(), 1e-12);
    }

    [Fact]
    public void Loss_KeysOfOtherProcessesBetween_FindsTheOwnKey()
    {
        using var scope = NewDisposeScope();
        Tensor Of(int process) => InfoNce.Loss(Queries().unflatten(0, -1, 2).select(1, process), Keys(), process, 2);
        stack([Of(0), Of(1)]).mean().ToDouble().ShouldBe(InfoNce.Loss(Queries(), Keys()).ToDouble(), 1e-12);
    }

    [Fact]
    public void Loss_ZeroQuery_IsFinite()
    {
        using var scope = NewDisposeScope();
        double.IsFinite(InfoNce.Loss(zeros(4, 6, ScalarType.Float64), Keys()).ToDouble()).ShouldBeTrue();
    }

    private static Tensor Queries() => ReferenceFill.Input("q", 1, 1, [4, 6]);

    private static Tensor Keys() => ReferenceFill.Input("k", 1, 1, [4, 6]);

    /// <summary>One more key for each query takes its part in the sum.</summary>
    [Fact]
    public void Loss_AgainstKeysOfItsOwn_CountsThemAsNegatives()
    {
        using var scope = NewDisposeScope();
        Tensor q = tensor(new float[,] { { 1, 0 }, { 0, 1 } }), k = tensor(new float[,] { { 1, 0 }, { 0, 1 } });
        Tensor against = tensor(new float[,] { { 3, 0 }, { 1, 0 } });
        double e = Math.Exp(1 / 0.07);
        double expected = (-Math.Log(e / (e + 1 + e)) - Math.Log(e / (e + 1 + 1))) / 2;
        InfoNce.Loss(q, k, against: against).ToDouble().ShouldBe(expected, 1e-5);
    }
}
