using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

public sealed class ClipsAndStillsTests
{
    private const int Clips = 2, Frames = 4, Size = 16, FrameLength = 3 * Size * Size;
    private static readonly VideoEntry Video = new("video", 30, null, "train.csv", 3);

    [Fact]
    public void Build_OfVideo_WritesEachClipAndStaticFrameWithItsOwnDraw()
    {
        (byte[] clips, byte[] stills) = Build(new ClipsAndStills(Clips, Frames, Size, 2), 5);
        (ClipPositions positions, ClipAugmentation[] drawn) = Draws(5);
        for (int clip = 0; clip < Clips; clip++)
        {
            for (int t = 0; t < Frames; t++)
                Frame(clips, (clip * Frames) + t).ShouldBe(Apply(drawn[clip], positions.Clips[clip][t]));
            Frame(stills, clip).ShouldBe(Apply(drawn[Clips + clip], positions.Clips[clip][positions.StaticFrame]));
        }
        drawn.Select(augmentation => augmentation.Jitter!.Value.Hue).Distinct().Count().ShouldBe(2 * Clips);
    }

    [Fact]
    public void Build_WithTheSameStream_GivesTheSameViewsFromAnyThread()
    {
        var builder = new ClipsAndStills(Clips, Frames, Size, 2);
        byte[] expected = All(builder, 9);
        byte[][] again = new byte[8][];
        Parallel.For(0, again.Length, i =>
        {
            All(builder, 100 + i);
            again[i] = All(builder, 9);
        });
        again.ShouldAllBe(bytes => bytes.SequenceEqual(expected));
        All(builder, 10).ShouldNotBe(expected);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(30)]
    public void Build_OfVideo_DecodesEachFrameOnce(int frameCount)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            RandomStream random = RandomStream.For(seed);
            int[] wanted = [.. ClipSampler.Sample(frameCount, Clips, Frames, 2, ref random).Clips
                .SelectMany(clip => clip).Distinct()];
            var reader = new PatternReader();
            random = RandomStream.For(seed);
            new ClipsAndStills(Clips, Frames, Size, 2).Build(
                Video with { FrameCount = frameCount }, reader, ref random, new byte[Clips * Frames * FrameLength],
                new byte[Clips * FrameLength]);
            reader.Positions.ShouldBe(wanted);
        }
    }

    /// <summary>
    /// Frames of 96×72 whose crops are at least 50 high, for clips of 5: an eighth of the size is enough.
    /// </summary>
    [Fact]
    public void Build_OfFramesMuchLargerThanTheClips_DecodesThemSmaller()
    {
        const int Small = 5;
        using var work = new WorkFolder();
        for (int i = 1; i <= 30; i++) File.Copy(PixelFixtures.Path("frame.jpg"), work[$"image_{i:D5}.jpg"]);
        var video = new VideoEntry(work.Path, 30, null, "train.csv", 3);
        byte[] Read(bool shrinks, out List<int> factors)
        {
            using var reader = new ShrinkingReader(shrinks);
            RandomStream random = RandomStream.For(5);
            byte[] clips = new byte[Clips * Frames * 3 * Small * Small], stills = new byte[Clips * 3 * Small * Small];
            new ClipsAndStills(Clips, Frames, Small, 2).Build(video, reader, ref random, clips, stills);
            factors = reader.Factors;
            return [.. clips, .. stills];
        }

        byte[] exact = Read(false, out _), fast = Read(true, out List<int> factors);

        factors[0].ShouldBe(1); // the size must be known before the crops are drawn
        factors.Skip(1).ShouldAllBe(factor => factor == 8);
        exact.Zip(fast, (a, b) => (double)Math.Abs(a - b)).Average().ShouldBeLessThan(12); // levels of 255
    }

    /// <summary>Pictures and weights stay from frame to frame; what is new is a path and a file handle.</summary>
    [Fact]
    public void Build_InSteadyState_AllocatesNoBuffersPerFrame()
    {
        Assert.SkipUnless(TurboJpegFrameReader.IsAvailable,
            "There is no libturbojpeg; `apt-get install libturbojpeg0` runs this test.");
        using var work = new WorkFolder();
        for (int i = 1; i <= 60; i++) File.Copy(PixelFixtures.Path("frame.jpg"), work[$"image_{i:D5}.jpg"]);
        var video = new VideoEntry(work.Path, 60, null, "train.csv", 3);
        using var reader = new TurboJpegFrameReader();
        var builder = new ClipsAndStills(Clips, 16, Size, 1);
        byte[] clips = new byte[Clips * 16 * FrameLength], stills = new byte[Clips * FrameLength];
        RandomStream random = RandomStream.For(5);
        for (int i = 0; i < 5; i++) builder.Build(video, reader, ref random, clips, stills);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) builder.Build(video, reader, ref random, clips, stills);
        ((GC.GetAllocatedBytesForCurrentThread() - before) / (10.0 * Clips * 16)).ShouldBeLessThan(1024);
    }

    [Fact]
    public void Build_OfFramesThatChangeSize_NamesTheFrame()
    {
        var reader = new PatternReader { OddPosition = 12 };
        string? message = null;
        for (int seed = 0; message is null; seed++)
        {
            try
            {
                RandomStream random = RandomStream.For(seed);
                new ClipsAndStills(Clips, Frames, Size, 2).Build(Video, reader, ref random,
                    new byte[Clips * Frames * FrameLength], new byte[Clips * FrameLength]);
            }
            catch (BadInputException error)
            {
                message = error.Message;
            }
        }
        message.ShouldContain("image_00013.jpg");
        message.ShouldContain("train.csv:3");
        message.ShouldContain("41x33");
    }

    [Fact]
    public void Build_OfMissingFrame_PassesTheReadersErrorOnAndStaysUsable()
    {
        var builder = new ClipsAndStills(Clips, Frames, Size, 2);
        byte[] expected = All(builder, 3);
        using (var reader = new SkiaFrameReader())
        {
            RandomStream random = RandomStream.For(3);
            bool failed = false;
            try
            {
                builder.Build(Video, reader, ref random, new byte[Clips * Frames * FrameLength],
                    new byte[Clips * FrameLength]);
            }
            catch (BadInputException error)
            {
                failed = error.Message.Contains("train.csv:3", StringComparison.Ordinal);
            }
            failed.ShouldBeTrue();
        }
        All(builder, 3).ShouldBe(expected);
    }

    /// <summary>Crop and flip are those of any step; colours change more and more, and then as ever.</summary>
    [Theory]
    [InlineData("concepts")]
    [InlineData("multilevel")]
    public void At_WhileTheJitterWarmsUp_ChangesColoursLess(string kind)
    {
        IClipBuilder plain = kind == "concepts" ? new ClipsAndStills(Clips, Frames, Size, 2)
            : new MultiLevelClips(Frames, Size, 2);
        IClipBuilder warming = kind == "concepts" ? new ClipsAndStills(Clips, Frames, Size, 2) { JitterWarmup = 100 }
            : new MultiLevelClips(Frames, Size, 2) { JitterWarmup = 100 };
        plain.At(0).ShouldBeSameAs(plain);
        for (int seed = 0; seed < 5; seed++)
        {
            byte[] full = All(plain, seed);
            All(warming.At(100), seed).ShouldBe(full);
            All(warming.At(0), seed).ShouldNotBe(full);
        }
        double[] changes =
            [.. ((long[])[0, 10, 50, 100]).Select(step => Enumerable.Range(0, 40).Average(Change(step)))];
        changes[0].ShouldBe(0);
        changes.ShouldBeInOrder();
        changes.ShouldBeUnique();

        // Of a seed: how far the jitter of a first clip lies from none, and a channel that stands for all counts 1.
        Func<int, double> Change(long step) => seed =>
        {
            RandomStream random = RandomStream.For(seed);
            var drawn = ClipAugmentation.Draw(ref random, 40, 32, Size, step / 100.0);
            ColorJitter jitter = drawn.Jitter!.Value;
            return Math.Abs(jitter.Brightness - 1) + Math.Abs(jitter.Contrast - 1) + Math.Abs(jitter.Saturation - 1)
                + Math.Abs(jitter.Hue) + (drawn.GreyChannel is null ? 0 : 1);
        };
    }

    [Fact]
    public void Properties_OfBuilder_SayWhatAVideoNeeds()
    {
        var builder = new ClipsAndStills(3, 16, 112, 3);
        (builder.Clips, builder.Stills).ShouldBe((3, 3));
        (builder.Frames, builder.Size, builder.FramesNeeded).ShouldBe((16, 112, 48));
        Should.Throw<ArgumentOutOfRangeException>(() => new ClipsAndStills(2, 1, 112, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => new ClipsAndStills(2, 16, 112, 0.5));
    }

    private static byte[] Frame(byte[] frames, int number) =>
        frames.AsSpan(number * FrameLength, FrameLength).ToArray();

    private static (byte[] Clips, byte[] Stills) Build(IClipBuilder builder, int seed)
    {
        byte[] clips = new byte[builder.ClipsLength], stills = new byte[builder.StillsLength];
        RandomStream random = RandomStream.For(seed);
        builder.Build(Video, new PatternReader(), ref random, clips, stills);
        return (clips, stills);
    }

    private static byte[] All(IClipBuilder builder, int seed)
    {
        (byte[] clips, byte[] stills) = Build(builder, seed);
        return [.. clips, .. stills];
    }

    /// <summary>The documented order of draws: positions, then v1 … vS, s1 … sS.</summary>
    private static (ClipPositions Positions, ClipAugmentation[] Drawn) Draws(int seed)
    {
        RandomStream random = RandomStream.For(seed);
        ClipPositions positions = ClipSampler.Sample(Video.FrameCount, Clips, Frames, 2, ref random);
        var drawn = new ClipAugmentation[2 * Clips];
        for (int i = 0; i < drawn.Length; i++) drawn[i] = ClipAugmentation.Draw(ref random, 40, 32, Size);
        return (positions, drawn);
    }

    private static byte[] Apply(ClipAugmentation augmentation, int position)
    {
        var image = new FrameImage();
        new PatternReader().Read(Video, position, image);
        var frame = new byte[FrameLength];
        augmentation.Apply(image, new AugmentationScratch(), frame);
        return frame;
    }

    /// <summary>Reads files, shrunk as asked for, or whole and shrunk afterwards as the resize does it.</summary>
    private sealed class ShrinkingReader(bool shrinks) : IFrameReader
    {
        private readonly SkiaFrameReader _reader = new();
        private readonly FrameImage _whole = new();

        public List<int> Factors { get; } = [];

        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            Factors.Add(shrink);
            if (shrinks)
            {
                _reader.Read(video, position, destination, shrink);
                return;
            }
            _reader.Read(video, position, _whole);
            (int width, int height) = ((_whole.Width + shrink - 1) / shrink, (_whole.Height + shrink - 1) / shrink);
            AntialiasedResize.Resize(
                _whole, new CropBox(0, 0, _whole.Width, _whole.Height), width, height, destination);
        }

        public void Dispose() => _reader.Dispose();
    }
}
