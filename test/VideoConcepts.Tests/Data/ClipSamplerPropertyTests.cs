using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

[Properties(Replay = "20261126,7", MaxTest = 200)]
public sealed class ClipSamplerPropertyTests
{
    private sealed record Draw(int Frames, int Clips, int Length, double Rate, double Least, int Seed);

    private static readonly Gen<Draw> Draws =
        from clips in Gen.Choose(1, 4)
        from length in Gen.Choose(1, 20)
        from more in Gen.Frequency((1, Gen.Choose(1, 3)), (2, Gen.Choose(1, 300)))
        from rate in Gen.Choose(4, 32)
        from least in Gen.Choose(4, 32)
        from seed in Gen.Choose(0, 1_000_000)
        select new Draw((clips * length) + more, clips, length, rate / 4.0, least / 4.0, seed);

    [Property]
    public Property Sample_OfAnyVideo_IsWithinItAndSpacedByOneRateOfThoseAllowed() => Prop.ForAll(
        Draws.ToArbitrary(), draw =>
    {
        ClipPositions sample = Sample(draw);
        sample.Clips.Length.ShouldBe(draw.Clips);
        sample.Clips.Select(clip => clip.Length).Distinct().ShouldBe([draw.Length]);
        sample.StaticFrame.ShouldBeInRange(0, draw.Length - 1);
        int[] all = [.. sample.Clips.SelectMany(clip => clip)];
        all.Min().ShouldBeGreaterThanOrEqualTo(0);
        all.Max().ShouldBeLessThan(draw.Frames);

        // What the rounded positions leave for the rate; at the last frame it may have been any larger one.
        double most = Math.Min(draw.Rate, draw.Frames / (double)all.Length), low = Math.Min(draw.Least, most);
        for (int i = 1; i < all.Length; i++)
        {
            all[i].ShouldBeGreaterThanOrEqualTo(all[i - 1]);
            low = Math.Max(low, (all[i] - all[0] - 0.5) / i);
            if (all[i] < draw.Frames - 1) most = Math.Min(most, (all[i] - all[0] + 0.5) / i);
        }
        low.ShouldBeLessThanOrEqualTo(most + 1e-9);
    });

    [Property]
    public Property From_OfAnySample_MovesEveryPositionAlike() => Prop.ForAll(Draws.ToArbitrary(),
        Gen.Choose(0, 1000).ToArbitrary(), (draw, first) =>
    {
        ClipPositions sample = Sample(draw), moved = sample.From(first);
        moved.StaticFrame.ShouldBe(sample.StaticFrame);
        moved.Clips.SelectMany(clip => clip).ShouldBe(sample.Clips.SelectMany(clip => clip).Select(p => p + first));
        moved.Clips.Select(clip => clip.Length).ShouldBe(sample.Clips.Select(clip => clip.Length));
    });

    private static ClipPositions Sample(Draw draw)
    {
        RandomStream random = RandomStream.For(draw.Seed);
        return ClipSampler.Sample(draw.Frames, draw.Clips, draw.Length, draw.Rate, ref random, draw.Least);
    }
}
