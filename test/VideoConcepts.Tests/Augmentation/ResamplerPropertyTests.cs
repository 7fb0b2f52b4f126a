using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Augmentation;

[Properties(Replay = "20261126,13", MaxTest = 100)]
public sealed class ResamplerPropertyTests
{
    private sealed record Case(
        int SourceWidth, int SourceHeight, CropBox Box, int Width, int Height, ResampleFilter Filter, int Seed);

    private static readonly Gen<Case> Cases =
        from sourceWidth in Gen.Choose(1, 50)
        from sourceHeight in Gen.Choose(1, 50)
        from boxWidth in Gen.Choose(1, sourceWidth)
        from boxHeight in Gen.Choose(1, sourceHeight)
        from x in Gen.Choose(0, sourceWidth - boxWidth)
        from y in Gen.Choose(0, sourceHeight - boxHeight)
        from width in Gen.Choose(1, 40)
        from height in Gen.Choose(1, 40)
        from filter in Gen.Elements(ResampleFilter.Bilinear, ResampleFilter.Bicubic)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(sourceWidth, sourceHeight, new CropBox(x, y, boxWidth, boxHeight), width, height, filter, seed);

    /// <summary>
    /// Half a level is lost by rounding after each pass; the second pass enlarges that of the first by the sum of its
    /// weights without their signs, at most 1.5 of the cubic kernel.
    /// </summary>
    [Property]
    public Property Resize_OfAnyBox_IsWhatSumsOverAllPixelsGive() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        FrameImage source = Noise(c), actual = new();
        AntialiasedResize.Resize(source, c.Box, c.Width, c.Height, actual, c.Filter);
        (actual.Width, actual.Height).ShouldBe((c.Width, c.Height));
        double[][] across = Weights(c.Box.Width, c.Width, c.Filter), down = Weights(c.Box.Height, c.Height, c.Filter);
        double most = c.Filter == ResampleFilter.Bilinear ? 1.01 : 1.26;
        for (int channel = 0; channel < 3; channel++)
        {
            double[][] rows = [.. Enumerable.Range(0, c.Box.Height).Select(y => across
                .Select(weights => Level(weights
                    .Select((w, x) => w * Pixel(source, c.Box.X + x, c.Box.Y + y, channel)).Sum()))
                .ToArray())];
            Farthest(actual, channel, (x, y) => down[y].Select((w, row) => w * rows[row][x]).Sum())
                .ShouldBeLessThan(most);
        }
    });

    /// <summary>Where one pass has nothing to do, the other alone is right to half a level.</summary>
    [Property]
    public Property Resize_OfWidthOrHeightAlone_RoundsToTheNearestLevel() => Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        FrameImage source = Noise(c), wide = new(), high = new();
        AntialiasedResize.Resize(source, c.Box, c.Width, c.Box.Height, wide, c.Filter);
        AntialiasedResize.Resize(source, c.Box, c.Box.Width, c.Height, high, c.Filter);
        double[][] across = Weights(c.Box.Width, c.Width, c.Filter), down = Weights(c.Box.Height, c.Height, c.Filter);
        for (int channel = 0; channel < 3; channel++)
        {
            Farthest(wide, channel, (x, y) => across[x].Select((w, column) =>
                w * Pixel(source, c.Box.X + column, c.Box.Y + y, channel)).Sum()).ShouldBeLessThan(0.501);
            Farthest(high, channel, (x, y) => down[y].Select((w, row) =>
                w * Pixel(source, c.Box.X + x, c.Box.Y + row, channel)).Sum()).ShouldBeLessThan(0.501);
        }
    });

    private static double Farthest(FrameImage actual, int channel, Func<int, int, double> expected) =>
        Enumerable.Range(0, actual.Width * actual.Height).Max(i => Math.Abs(
            Pixel(actual, i % actual.Width, i / actual.Width, channel)
                - Level(expected(i % actual.Width, i / actual.Width))));

    private static double Level(double value) => Math.Clamp(value, 0, 255);

    private static double Pixel(FrameImage image, int x, int y, int channel) =>
        image.Pixels[(3 * ((y * image.Width) + x)) + channel];

    private static FrameImage Noise(Case c)
    {
        var image = new FrameImage();
        image.Resize(c.SourceWidth, c.SourceHeight);
        RandomStream random = RandomStream.For(c.Seed);
        // Many pixels at either end, where a sum of a cubic kernel is cut off.
        foreach (ref byte value in image.Pixels) value = (byte)Math.Clamp(random.NextInt(-100, 355), 0, 255);
        return image;
    }

    /// <summary>Of each output sample the weight of every input sample, most of them 0.</summary>
    private static double[][] Weights(int input, int output, ResampleFilter filter)
    {
        double scale = (double)input / output;
        return [.. Enumerable.Range(0, output).Select(i =>
        {
            double[] weights = [.. Enumerable.Range(0, input)
                .Select(k => Kernel((k + 0.5 - ((i + 0.5) * scale)) / Math.Max(1, scale), filter))];
            return weights.Select(w => w / weights.Sum()).ToArray();
        })];
    }

    // The triangle, and the cubic convolution of Keys, 1981, with a = -1/2.
    private static double Kernel(double x, ResampleFilter filter) => (filter, Math.Abs(x)) switch
    {
        (ResampleFilter.Bilinear, var d) => Math.Max(0, 1 - d),
        (_, var d) when d < 1 => (1.5 * d * d * d) - (2.5 * d * d) + 1,
        (_, var d) when d < 2 => (-0.5 * d * d * d) + (2.5 * d * d) - (4 * d) + 2,
        _ => 0,
    };
}
