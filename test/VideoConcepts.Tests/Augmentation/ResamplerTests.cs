using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Augmentation;

public sealed class ResamplerTests
{
    public static TheoryData<string, int[], int, int> Cases()
    {
        var cases = new TheoryData<string, int[], int, int>();
        foreach (string filter in Enum.GetNames<ResampleFilter>())
        {
            cases.Add(filter, [0, 0, 61, 47], 20, 16);
            cases.Add(filter, [3, 5, 40, 30], 17, 23);
            cases.Add(filter, [7, 2, 54, 45], 48, 40);
            cases.Add(filter, [20, 10, 21, 17], 40, 33);
            cases.Add(filter, [50, 40, 11, 7], 5, 3);
            cases.Add(filter, [0, 0, 61, 47], 61, 47);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resize_OfCrop_GivesThePixelsOfThePythonImagingLibrary(
        string filter, int[] corner, int width, int height)
    {
        var box = new CropBox(corner[0], corner[1], corner[2], corner[3]);
        FrameImage expected = PixelFixtures.ReadPpm(
            $"{filter.ToLowerInvariant()}_{box.X}_{box.Y}_{box.Width}_{box.Height}_to_{width}_{height}.ppm");
        var actual = new FrameImage();
        AntialiasedResize.Resize(PixelFixtures.ReadPpm("source.ppm"), box, width, height, actual,
            Enum.Parse<ResampleFilter>(filter));
        PixelFixtures.LargestDifference(actual, expected).ShouldBe(0);
    }

    [Fact]
    public void Resize_AfterOtherPreparations_GivesWhatAFreshOneGives()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        FrameImage expected = new(), actual = new();
        var fresh = new Resampler();
        fresh.Prepare(new CropBox(3, 5, 40, 30), 17, 23);
        fresh.Resize(source, expected);

        var used = new Resampler();
        foreach ((CropBox box, int width) in new[] { (new CropBox(0, 0, 61, 47), 90), (new CropBox(1, 1, 9, 9), 3) })
        {
            used.Prepare(box, width, width, ResampleFilter.Bicubic);
            used.Resize(source, actual);
        }
        used.Prepare(new CropBox(3, 5, 40, 30), 17, 23);
        used.Resize(source, actual);
        PixelFixtures.LargestDifference(actual, expected).ShouldBe(0);
    }

    [Fact]
    public void Resize_OfOtherPixelsOutsideTheBox_ChangesNothing()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm");
        var box = new CropBox(20, 10, 21, 17);
        FrameImage before = new(), after = new();
        AntialiasedResize.Resize(source, box, 12, 12, before);
        for (int y = 0; y < source.Height; y++)
        {
            for (int x = 0; x < source.Width; x++)
            {
                if (x < 20 || x >= 41 || y < 10 || y >= 27)
                    source.Pixels.Slice(3 * ((y * source.Width) + x), 3).Fill(255);
            }
        }
        AntialiasedResize.Resize(source, box, 12, 12, after);
        PixelFixtures.LargestDifference(after, before).ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 2)]
    public void Resize_OfTinyPicture_KeepsAConstantColour(int width, int height)
    {
        FrameImage source = new(), result = new();
        source.Resize(width, height);
        source.Pixels.Fill(201);
        AntialiasedResize.Resize(source, new CropBox(0, 0, width, height), 33, 7, result);
        result.Pixels.ToArray().ShouldAllBe(value => value == 201);
    }

    [Theory]
    [InlineData(-1, 0, 5, 5)]
    [InlineData(0, 43, 5, 5)]
    [InlineData(57, 0, 5, 5)]
    public void Resize_OfBoxOutsideThePicture_Throws(int x, int y, int width, int height)
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm"), result = new();
        Should.Throw<ArgumentOutOfRangeException>(
            () => AntialiasedResize.Resize(source, new CropBox(x, y, width, height), 4, 4, result));
    }

    [Fact]
    public void Resize_OfManyFrames_AllocatesNothing()
    {
        FrameImage source = PixelFixtures.ReadPpm("source.ppm"), result = new();
        var resampler = new Resampler();
        for (int i = 0; i < 200; i++) Once(resampler, source, result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) Once(resampler, source, result);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Once(Resampler resampler, FrameImage source, FrameImage result)
    {
        resampler.Prepare(new CropBox(3, 5, 40, 30), 17, 23);
        resampler.Resize(source, result);
        resampler.Prepare(new CropBox(2, 4, 40, 30), 17, 23);
        resampler.Resize(source, result);
    }
}
