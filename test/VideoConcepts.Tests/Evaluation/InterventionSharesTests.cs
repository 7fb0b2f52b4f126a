using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class InterventionSharesTests
{
    // Motion, look, and each as drawn anew: all sixteen combinations of -1 and 1, so that moments are exact.
    private static readonly (int Motion, int Look, int NewMotion, int NewLook)[] Design =
        [.. from m in Signs from l in Signs from n in Signs from k in Signs select (m, l, n, k)];

    private static int[] Signs => [-1, 1];

    private static readonly Intervention Frozen = Intervention.OfClips[0], Reversed = Intervention.OfClips[1];

    /// <summary>Total effects of s = a m + b l, independent factors, are a² / (a² + b²) and b² / (a² + b²).</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    [InlineData(1, 0)]
    public void Of_AnAdditiveScore_GivesTheTotalEffectOfEachFactor(double a, double b)
    {
        double motion = a * a / ((a * a) + (b * b));
        IReadOnlyList<InterventionShare> found = Measure((m, l) => (a * m) + (b * l),
            (Intervention.OtherMotion, v => (v.NewMotion, v.Look)),
            (Intervention.OtherAppearance, v => (v.Motion, v.NewLook)));
        found[0].Share.ShouldBe(motion, 1e-6);
        found[1].Share.ShouldBe(1 - motion, 1e-6);
        found[0].Low.ShouldBeLessThanOrEqualTo(found[0].Share + 1e-6);
        found[0].High.ShouldBeGreaterThanOrEqualTo(found[0].Share - 1e-6);
        // without motion b l is left, and tells all but motion's share of the variance
        if (b > 0)
            Measure((m, l) => (a * m) + (b * l), (Frozen, v => (0, v.Look)))[0].Share.ShouldBe(motion, 1e-6);
        // a motion that turns round is worse than another one
        Measure((m, l) => (a * m) + (b * l), (Reversed, v => (-v.Motion, v.Look)))[0].Share.ShouldBe(2 * motion, 1e-6);
    }

    /// <summary>Of s = m l each factor alone decides the sign: both total effects are 1.</summary>
    [Fact]
    public void Of_AnInteraction_IsMovedWhollyByEither()
    {
        IReadOnlyList<InterventionShare> found = Measure((m, l) => m * l,
            (Intervention.OtherMotion, v => (v.NewMotion, v.Look)),
            (Intervention.OtherAppearance, v => (v.Motion, v.NewLook)));
        found.Select(f => f.Share).ShouldAllBe(share => Math.Abs(share - 1) < 1e-6);
    }

    /// <summary>What all videos have in common is no share of the variance; it stands beside it.</summary>
    [Fact]
    public void Of_AShiftOfAll_IsNoChangeOfTheVariance()
    {
        float[] own = [1, 2, 3, 4], later = [3, 4, 5, 6];
        foreach (Intervention what in (Intervention[])[Frozen, Reversed])
        {
            InterventionShare found = Shares(own, what, later);
            found.Share.ShouldBe(0, 1e-9);
            found.Shift.ShouldBe(2 / Math.Sqrt(1.25), 1e-6);
        }
    }

    [Theory]
    [InlineData(true, 0.25, 0, 0, 1)] // nothing is left
    [InlineData(true, 0.25, 1e-10, 1e-6, 1)] // but for rounding
    [InlineData(true, 0.25, 0.0625, 0.125, 0)] // half of each score
    [InlineData(false, 0.25, 0.25, 0.25, 0)]
    [InlineData(false, 0.25, 0.25, -0.25, 2)]
    [InlineData(false, 0, 0, 0, 0)] // there was nothing
    [InlineData(true, 0, 0.25, 0, 0)]
    public void Share_OfMoments_IsAsDefined(bool removes, double before, double after, double together,
        double expected) =>
        InterventionShares.Share(removes, before, after, together).ShouldBe(expected, 1e-12);

    [Fact]
    public void Of_TheSameSeed_IsTheSameAndTheIntervalNarrowsWithVideos()
    {
        (double few, double again) = (Width(50, 1), Width(50, 1));
        few.ShouldBe(again);
        Width(50, 2).ShouldNotBe(few);
        Width(800, 1).ShouldBe(few / 4, few / 10); // as 1 over the root of their number

        static double Width(int videos, long seed)
        {
            RandomStream random = RandomStream.For(4, videos);
            float[] own = new float[videos], other = new float[videos];
            for (int i = 0; i < videos; i++)
            {
                double look = random.NextNormal();
                (own[i], other[i]) = ((float)(look + random.NextNormal()), (float)(look + random.NextNormal()));
            }
            InterventionShare found = Shares(own, Intervention.OtherMotion, other, seed);
            found.Share.ShouldBe(0.5, 0.15);
            return found.High - found.Low;
        }
    }

    [Theory]
    [InlineData(0.3, 0.1, "dynamic")]
    [InlineData(0.1, 0.3, "static")]
    [InlineData(0.3, 0.3, "both")]
    [InlineData(0.2, 0.24, "neither")]
    public void Kind_OfAConcept_IsThatOfWhatSurelyMovesIt(double motion, double look, string expected)
    {
        var head = new ConceptHead("static", "clips", 0, 4);
        InterventionShare[] shares = [Share("frozen", 0.9), Share("recoloured", 0.9),
            Share(Intervention.OtherMotionName, motion), Share(Intervention.OtherAppearanceName, look)];
        ConceptInterventions found = ConceptInterventions.Of(head, 1, isDead: false, shares);
        found.Kind.ShouldBe(expected);
        (found.Motion, found.Look).ShouldBe((shares[2], shares[3]));
        ConceptInterventions.Of(head, 1, isDead: true, shares).Kind.ShouldBe("dead");
    }

    /// <summary>Reversed and shuffled clips have another frame in the middle, which is all that stills show.</summary>
    [Fact]
    public void Kind_OfStills_IsNotJudgedByOtherFramesInTheMiddle()
    {
        InterventionShare[] shares = [Share("frozen", 0), Share("reversed", 0.5), Share("shuffled", 0.5),
            Share("recoloured", 0.3)];
        ConceptInterventions.Of(new("static", "stills", 0, 4), 1, isDead: false, shares).Kind.ShouldBe("static");
        ConceptInterventions.Of(new("static", "clips", 0, 4), 1, isDead: false, shares).Kind.ShouldBe("both");
    }

    /// <summary>Without counterparts motion is what freezing, reversing or shuffling changes; look what freezing
    /// leaves, or colours change.</summary>
    [Fact]
    public void Kind_WithoutCounterparts_IsThatOfTheSurestChangeOfClips()
    {
        var head = new ConceptHead("dynamic", "clips", 4, 4);
        ConceptInterventions Found(double frozen, double shuffled, double recoloured) => ConceptInterventions.Of(
            head, 0, false, [Share("frozen", frozen), Share("reversed", 0), Share("shuffled", shuffled),
                Share("recoloured", recoloured)]);
        Found(0.9, 0.2, 0.1).Kind.ShouldBe("dynamic");
        Found(0.1, 0.1, 0.1).Kind.ShouldBe("static");
        Found(0.1, 0.4, 0.1).Kind.ShouldBe("both");
        Found(0.9, 0.2, 0.4).Kind.ShouldBe("both");
        (Found(0.1, 0.4, 0.1).Motion.Name, Found(0.1, 0.4, 0.1).Look.Name).ShouldBe(("shuffled", "stays_when_frozen"));
        Found(0.9, 0.2, 0.4).Look.Name.ShouldBe("recoloured");
    }

    // An interval of no more than a hundredth on either side of what lies at its lower end.
    private static InterventionShare Share(string name, double low) => new(name, low + 0.01, low, low + 0.02, 0);

    private static IReadOnlyList<InterventionShare> Measure(Func<double, double, double> score,
        params (Intervention What, Func<(int Motion, int Look, int NewMotion, int NewLook), (int, int)> Change)[] all)
    {
        RandomStream random = RandomStream.For(1);
        float[] Scores(Func<(int Motion, int Look, int NewMotion, int NewLook), (int, int)> of) =>
            [.. Design.Select(of).Select(v => (float)score(v.Item1, v.Item2))];
        return InterventionShares.Of(Scores(v => (v.Motion, v.Look)),
            [.. all.Select(c => (c.What, Scores(c.Change)))], 1, ref random, null,
            TestContext.Current.CancellationToken).OfColumn(0);
    }

    private static InterventionShare Shares(float[] own, Intervention what, float[] changed, long seed = 1)
    {
        RandomStream random = RandomStream.For(seed);
        return InterventionShares.Of(own, [(what, changed)], 1, ref random, null,
            TestContext.Current.CancellationToken).OfColumn(0)[0];
    }
}
