using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Augmentation;

public sealed class ClipAugmentationTests
{
    // Without the hue step, which goes through 8-bit HSV and so is not the identity at a shift of 0.
    private static readonly ColorJitter NoJitter = new(
        1, 1, 1, 0, [JitterStep.Brightness, JitterStep.Contrast, JitterStep.Saturation]);

    [Fact]
    public void Flip_OfPicture_MirrorsEveryRowExactly()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        float[] planes = PixelFixtures.ToPlanes(source);
        HorizontalFlip.Apply(PixelPlanes.Of(planes, source.Width, source.Height));
        FrameImage flipped = PixelFixtures.ToImage(planes, source.Width, source.Height);
        for (int y = 0; y < source.Height; y++)
        {
            for (int x = 0; x < source.Width; x++)
            {
                ReadOnlySpan<byte> expected = source.Pixels.Slice(3 * ((y * source.Width) + source.Width - 1 - x), 3);
                flipped.Pixels.Slice(3 * ((y * source.Width) + x), 3).SequenceEqual(expected).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Grey_OfOneChannel_CopiesItToAllThree(int channel)
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        int area = source.Width * source.Height;
        float[] before = PixelFixtures.ToPlanes(source);
        float[] planes = [.. before];
        ChannelGrey.Apply(PixelPlanes.Of(planes, source.Width, source.Height), channel);
        for (int c = 0; c < 3; c++)
            planes.AsSpan(c * area, area).SequenceEqual(before.AsSpan(channel * area, area)).ShouldBeTrue();
    }

    [Fact]
    public void Apply_WithoutColourChange_EqualsResize()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm"), resized = new();
        var box = new CropBox(7, 2, 54, 45);
        var actual = new byte[3 * 13 * 13];
        AntialiasedResize.Resize(source, box, 13, 13, resized);
        new ClipAugmentation(box, 13, Flip: false, GreyChannel: null, NoJitter).Apply(source, new AugmentationScratch(),
            actual);
        actual.ShouldBe(Bytes(PixelFixtures.ToPlanes(resized)));
    }

    [Fact]
    public void Apply_WithEverything_GoesInTheOrderOfTheMethod()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm"), resized = new();
        var jitter = new ColorJitter(
            1.2, 0.7, 1.4, 0.1, [JitterStep.Hue, JitterStep.Contrast, JitterStep.Brightness, JitterStep.Saturation]);
        var augmentation = new ClipAugmentation(new CropBox(3, 5, 40, 30), 16, Flip: true, GreyChannel: 2, jitter);
        var actual = new byte[3 * 16 * 16];
        augmentation.Apply(source, new AugmentationScratch(), actual);

        AntialiasedResize.Resize(source, augmentation.Crop, 16, 16, resized);
        float[] expected = PixelFixtures.ToPlanes(resized);
        PixelPlanes planes = PixelPlanes.Of(expected, 16, 16);
        HorizontalFlip.Apply(planes);
        ChannelGrey.Apply(planes, 2);
        jitter.Apply(planes);
        actual.ShouldBe(Bytes(expected));
    }

    private static byte[] Bytes(float[] planes) => [.. planes.Select(value => checked((byte)value))];

    [Fact]
    public void Draw_OverManySeeds_FlipsHalfAndTakesEveryGreyChannel()
    {
        const int seeds = 6000;
        int flips = 0;
        var channels = new int[4];
        for (int seed = 0; seed < seeds; seed++)
        {
            RandomStream random = RandomStream.For(seed);
            ClipAugmentation drawn = ClipAugmentation.Draw(ref random, 340, 256, 128);
            if (drawn.Flip) flips++;
            channels[drawn.GreyChannel ?? 3]++;
            drawn.Size.ShouldBe(128);
        }
        flips.ShouldBeInRange(2800, 3200);
        channels[3].ShouldBeInRange(2800, 3200);
        for (int channel = 0; channel < 3; channel++) channels[channel].ShouldBeInRange(880, 1120);
    }

    [Fact]
    public void Apply_OfManyFrames_AllocatesNothing()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        var scratch = new AugmentationScratch();
        var frame = new byte[3 * 16 * 16];
        RandomStream random = RandomStream.For(1);
        ClipAugmentation drawn = ClipAugmentation.Draw(ref random, source.Width, source.Height, 16) with
        {
            GreyChannel = null,
            Flip = true,
        };
        for (int i = 0; i < 200; i++) drawn.Apply(source, scratch, frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) drawn.Apply(source, scratch, frame);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
