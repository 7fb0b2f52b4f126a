using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Tests.Data.Synthetic;

public sealed class PairPlanTests
{
    private static readonly AppearanceClass[] Appearances = Enum.GetValues<AppearanceClass>();
    private static readonly MotionClass[] Motions = Enum.GetValues<MotionClass>();

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(PairPlan.MaxHeldOut)]
    public void Plan_AnySeed_HoldsOutTheNumberAndLeavesFivePartners(int heldOut)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var plan = new PairPlan(seed, heldOut);
            Appearances.Sum(a => Motions.Count(m => plan.IsHeldOut(a, m))).ShouldBe(heldOut);
            Appearances.Min(a => Motions.Count(m => !plan.IsHeldOut(a, m))).ShouldBeGreaterThanOrEqualTo(5);
            Motions.Min(m => Appearances.Count(a => !plan.IsHeldOut(a, m))).ShouldBeGreaterThanOrEqualTo(5);
        }
    }

    [Fact]
    public void Plan_OtherSeed_HoldsOutOtherPairs()
    {
        PairPlan first = new(1, 12), second = new(2, 12);
        Appearances.Any(a => Motions.Any(m => first.IsHeldOut(a, m) != second.IsHeldOut(a, m))).ShouldBeTrue();
    }

    [Fact]
    public void Assign_Training_AvoidsHeldOutPairsAndBalancesBothFactors()
    {
        var plan = new PairPlan(1, 12);
        var pairs = plan.Assign(384, withHeldOut: false, RandomStream.For(1));
        pairs.ShouldAllBe(pair => !plan.IsHeldOut(pair.Appearance, pair.Motion));
        foreach (var run in pairs.Chunk(PairPlan.Classes))
        {
            run.Select(pair => pair.Appearance).Distinct().Count().ShouldBe(8);
            run.Select(pair => pair.Motion).Distinct().Count().ShouldBe(8);
        }

        var uses = pairs.CountBy(pair => pair).Select(count => count.Value).ToArray();
        uses.Length.ShouldBe(64 - 12);
        uses.Min().ShouldBeGreaterThanOrEqualTo(5);
        uses.Max().ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Assign_Test_UsesEveryPairEquallyOften()
    {
        var pairs = new PairPlan(1, 12).Assign(128, withHeldOut: true, RandomStream.For(1));
        pairs.CountBy(pair => pair).ShouldAllBe(count => count.Value == 2);
        pairs.Distinct().Count().ShouldBe(64);
    }
}
