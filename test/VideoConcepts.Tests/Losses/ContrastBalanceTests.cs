using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

public sealed class ContrastBalanceTests
{
    private const double Chance = 6;

    [Fact]
    public void Loss_WhereNeitherLeads_AddsNothing()
    {
        Weights(6, 6).ShouldBe((1, 1));
        Weights(2.5, 2.5).ShouldBe((1, 1));
        Weights(7, 6.5).ShouldBe((1, 1)); // worse than chance is as good as chance
    }

    /// <summary>learned = 1 - 3/6 + 0.02 and 1 - 5.4/6 + 0.02, r = 0.52/0.12.</summary>
    [Fact]
    public void Loss_WhereOneLeads_WeighsTheOtherMore()
    {
        double r = 0.52 / 0.12;
        (double look, double motion) = Weights(3, 5.4);
        look.ShouldBe(2 / (1 + r), 1e-9);
        motion.ShouldBe(2 * r / (1 + r), 1e-9);
        Weights(5.4, 3).ShouldBe((motion, look));
    }

    [Fact]
    public void Loss_OfContrastsThatBeginElsewhere_GoesByTheShareOfEach() => Weights(3, 4, 8).ShouldBe((1, 1));

    [Fact]
    public void Loss_WhereOneIsFarAhead_LeavesItASeventeenth()
    {
        (double look, double motion) = Weights(0.01, 6);
        look.ShouldBe(2 / 17.0, 1e-9);
        motion.ShouldBe(32 / 17.0, 1e-9);
    }

    // The weights of both in look + motion + the term, which are its gradient, and its value by them.
    private static (double Look, double Motion) Weights(double look, double motion, double motionChance = Chance)
    {
        using var scope = NewDisposeScope();
        Tensor s = tensor(look, float64, requires_grad: true), d = tensor(motion, float64, requires_grad: true);
        Tensor total = s + d + ContrastBalance.Loss(s, d, (Chance, motionChance));
        total.backward();
        (double ws, double wd) = (s.grad!.ToDouble(), d.grad!.ToDouble());
        total.ToDouble().ShouldBe((ws * look) + (wd * motion), 1e-9);
        return (Math.Round(ws, 12), Math.Round(wd, 12));
    }
}
