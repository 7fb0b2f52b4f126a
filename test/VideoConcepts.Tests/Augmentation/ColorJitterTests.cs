using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Augmentation;

public sealed class ColorJitterTests
{
    [Theory]
    [InlineData("brightness_0.55", nameof(JitterStep.Brightness), 0.55)]
    [InlineData("brightness_1.45", nameof(JitterStep.Brightness), 1.45)]
    [InlineData("contrast_0.55", nameof(JitterStep.Contrast), 0.55)]
    [InlineData("contrast_1.45", nameof(JitterStep.Contrast), 1.45)]
    [InlineData("saturation_0.55", nameof(JitterStep.Saturation), 0.55)]
    [InlineData("saturation_1.45", nameof(JitterStep.Saturation), 1.45)]
    [InlineData("hue_-0.25", nameof(JitterStep.Hue), -0.25)]
    [InlineData("hue_-0.1", nameof(JitterStep.Hue), -0.1)]
    [InlineData("hue_0.0", nameof(JitterStep.Hue), 0)]
    [InlineData("hue_0.2", nameof(JitterStep.Hue), 0.2)]
    public void Apply_OfOneStep_GivesThePixelsOfThePythonImagingLibrary(string name, string step, double factor)
    {
        var jitter = new ColorJitter(factor, factor, factor, factor, [Enum.Parse<JitterStep>(step)]);
        DifferenceTo(name, jitter).ShouldBe(0);
    }

    [Fact]
    public void Apply_OfFourSteps_FollowsTheOrderAndClipsAfterEach()
    {
        var jitter = new ColorJitter(
            1.3, 1.4, 0.7, -0.15, [JitterStep.Brightness, JitterStep.Saturation, JitterStep.Contrast, JitterStep.Hue]);
        DifferenceTo("brightness_1.3_saturation_0.7_contrast_1.4_hue_-0.15", jitter).ShouldBe(0);

        var other = jitter with
        {
            Order = [JitterStep.Contrast, JitterStep.Hue, JitterStep.Brightness, JitterStep.Saturation],
        };
        DifferenceTo("brightness_1.3_saturation_0.7_contrast_1.4_hue_-0.15", other).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Apply_OnGreyPixels_IsTheSameWithSaturationAndHueLeftOut()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        float[] hinted = PixelFixtures.ToPlanes(source);
        ChannelGrey.Apply(PixelPlanes.Of(hinted, source.Width, source.Height), 1);
        float[] full = [.. hinted];
        var jitter = new ColorJitter(
            0.8, 1.3, 1.4, 0.2, [JitterStep.Saturation, JitterStep.Contrast, JitterStep.Hue, JitterStep.Brightness]);
        jitter.Apply(PixelPlanes.Of(hinted, source.Width, source.Height), grey: true);
        jitter.Apply(PixelPlanes.Of(full, source.Width, source.Height), grey: false);
        hinted.ShouldBe(full);
    }

    /// <summary>
    /// The second frame is brighter in one half: the other half changes with it, unless the level is the first's.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_WithALevelForAllFrames_LeavesStillPixelsStill(bool steady)
    {
        var jitter = new ColorJitter(1, 1.4, 1, 0, [JitterStep.Contrast]);
        ContrastLevel? level = steady ? new ContrastLevel() : null;
        float[] Frame(float bright)
        {
            float[] pixels = [.. Enumerable.Range(0, 3 * 64).Select(i => i % 8 < 4 ? 90f : bright)];
            jitter.Apply(PixelPlanes.Of(pixels, 8, 8), level: level);
            return pixels;
        }
        float[] first = Frame(100), second = Frame(160);
        (first[0] == second[0]).ShouldBe(steady);
        second[4].ShouldBeGreaterThan(first[4]);
    }

    [Fact]
    public void Draw_OverManySeeds_StaysInRangeAndReachesEveryOrder()
    {
        double[] low = [2, 2, 2, 2], high = [-2, -2, -2, -2];
        var orders = new HashSet<string>();
        for (int seed = 0; seed < 2000; seed++)
        {
            RandomStream random = RandomStream.For(seed);
            ColorJitter jitter = ColorJitter.Draw(ref random);
            double[] values = [jitter.Brightness, jitter.Contrast, jitter.Saturation, jitter.Hue];
            for (int i = 0; i < 4; i++) (low[i], high[i]) = (Math.Min(low[i], values[i]), Math.Max(high[i], values[i]));
            jitter.Order.Order().ShouldBe(Enum.GetValues<JitterStep>());
            orders.Add(string.Join(' ', jitter.Order));
        }
        for (int i = 0; i < 3; i++)
        {
            low[i].ShouldBeInRange(0.5, 0.505);
            high[i].ShouldBeInRange(1.495, 1.5);
        }
        low[3].ShouldBeInRange(-0.25, -0.245);
        high[3].ShouldBeInRange(0.245, 0.25);
        orders.Count.ShouldBe(24);
    }

    private static int DifferenceTo(string expected, ColorJitter jitter)
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        float[] planes = PixelFixtures.ToPlanes(source);
        jitter.Apply(PixelPlanes.Of(planes, source.Width, source.Height));
        FrameImage actual = PixelFixtures.ToImage(planes, source.Width, source.Height);
        return PixelFixtures.LargestDifference(actual, PixelFixtures.ReadPpm(expected + ".ppm"));
    }
}
