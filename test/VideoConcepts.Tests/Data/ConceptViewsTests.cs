using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

public sealed class ConceptViewsTests
{
    private const int Clips = 2, Frames = 4, Size = 16, ViewLength = 3 * Frames * Size * Size;
    private static readonly VideoEntry Video = new("video", 30, null, "train.csv", 3);

    [Fact]
    public void Build_OfVideo_WritesEachClipWithItsOwnDraw()
    {
        float[] views = Build(new ConceptViews(Clips, Frames, Size, 2), 5, out _);
        (ClipPositions positions, ClipAugmentation[] drawn) = Draws(5);
        for (int clip = 0; clip < Clips; clip++)
        {
            float[] expected = new float[ViewLength];
            for (int t = 0; t < Frames; t++) Apply(drawn[clip], positions.Clips[clip][t], expected, t);
            View(views, clip).ShouldBe(expected);
        }
        drawn.Select(augmentation => augmentation.Jitter!.Value.Hue).Distinct().Count().ShouldBe(2 * Clips);
    }

    [Fact]
    public void Build_OfVideo_RepeatsOneFrameInTheStaticViewsWithTheirOwnDraw()
    {
        float[] views = Build(new ConceptViews(Clips, Frames, Size, 2), 5, out _);
        (ClipPositions positions, ClipAugmentation[] drawn) = Draws(5);
        for (int clip = 0; clip < Clips; clip++)
        {
            float[] expected = new float[ViewLength];
            for (int t = 0; t < Frames; t++) Apply(drawn[Clips + clip], positions.Clips[clip][positions.StaticFrame], expected, t);
            View(views, Clips + clip).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_OfVideo_SubtractsThePreviousFrameOfTheAugmentedClip(bool wrap)
    {
        float[] views = Build(new ConceptViews(Clips, Frames, Size, 2) { ReferenceWrap = wrap }, 6, out _);
        const int area = Size * Size;
        for (int clip = 0; clip < Clips; clip++)
        {
            float[] v = View(views, clip), d = View(views, (2 * Clips) + clip);
            for (int i = 0; i < ViewLength; i++)
            {
                int t = i / area % Frames, pixel = i - (t * area);
                float expected = t > 0 ? v[i] - v[i - area]
                    : wrap ? v[i] - v[pixel + ((Frames - 1) * area)]
                    : v[i + area] - v[i];
                d[i].ShouldBe(expected);
            }
            d.ShouldContain(value => value != 0);
        }
    }

    [Fact]
    public void Build_WithTheSameStream_GivesTheSameViewsFromAnyThread()
    {
        var builder = new ConceptViews(Clips, Frames, Size, 2);
        float[] expected = Build(builder, 9, out _);
        float[][] again = new float[8][];
        Parallel.For(0, again.Length, i =>
        {
            Build(builder, 100 + i, out _);
            again[i] = Build(builder, 9, out _);
        });
        again.ShouldAllBe(views => views.SequenceEqual(expected));
        Build(builder, 10, out _).ShouldNotBe(expected);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(30)]
    public void Build_OfVideo_DecodesEachFrameOnce(int frameCount)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            RandomStream random = RandomStream.For(seed);
            int[] wanted = [.. ClipSampler.Sample(frameCount, Clips, Frames, 2, ref random).Clips.SelectMany(clip => clip).Distinct()];
            var reader = new PatternReader();
            random = RandomStream.For(seed);
            new ConceptViews(Clips, Frames, Size, 2).Build(
                Video with { FrameCount = frameCount }, reader, ref random, new float[3 * Clips * ViewLength]);
            reader.Positions.ShouldBe(wanted);
        }
    }

    /// <summary>Frames of 96×72 whose crops are at least 50 high, for views of 5: an eighth of the size is enough.</summary>
    [Fact]
    public void Build_OfFramesMuchLargerThanTheViews_DecodesThemSmaller()
    {
        const int Small = 5;
        using var work = new WorkFolder();
        for (int i = 1; i <= 30; i++) File.Copy(PixelFixtures.Path("frame.jpg"), work[$"image_{i:D5}.jpg"]);
        var video = new VideoEntry(work.Path, 30, null, "train.csv", 3);
        float[] Views(bool shrinks, out List<int> factors)
        {
            using var reader = new ShrinkingReader(shrinks);
            RandomStream random = RandomStream.For(5);
            var views = new float[3 * Clips * 3 * Frames * Small * Small];
            new ConceptViews(Clips, Frames, Small, 2).Build(video, reader, ref random, views);
            factors = reader.Factors;
            return views;
        }

        float[] exact = Views(false, out _), fast = Views(true, out List<int> factors);

        factors[0].ShouldBe(1); // the size must be known before the crops are drawn
        factors.Skip(1).ShouldAllBe(factor => factor == 8);
        exact.Zip(fast, (a, b) => (double)Math.Abs(a - b)).Average().ShouldBeLessThan(0.25); // 0.02 is one level of 255
    }

    /// <summary>Pictures and weights stay from frame to frame; what is new is a path and a file handle.</summary>
    [Fact]
    public void Build_InSteadyState_AllocatesNoBuffersPerFrame()
    {
        Assert.SkipUnless(TurboJpegFrameReader.IsAvailable, "There is no libturbojpeg; `apt-get install libturbojpeg0` runs this test.");
        using var work = new WorkFolder();
        for (int i = 1; i <= 60; i++) File.Copy(PixelFixtures.Path("frame.jpg"), work[$"image_{i:D5}.jpg"]);
        var video = new VideoEntry(work.Path, 60, null, "train.csv", 3);
        using var reader = new TurboJpegFrameReader();
        var builder = new ConceptViews(Clips, 16, Size, 1);
        var views = new float[3 * Clips * 3 * 16 * Size * Size];
        RandomStream random = RandomStream.For(5);
        for (int i = 0; i < 5; i++) builder.Build(video, reader, ref random, views);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) builder.Build(video, reader, ref random, views);
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
                new ConceptViews(Clips, Frames, Size, 2).Build(Video, reader, ref random, new float[3 * Clips * ViewLength]);
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
        var builder = new ConceptViews(Clips, Frames, Size, 2);
        float[] expected = Build(builder, 3, out _);
        using (var reader = new SkiaFrameReader())
        {
            RandomStream random = RandomStream.For(3);
            bool failed = false;
            try
            {
                builder.Build(Video, reader, ref random, new float[expected.Length]);
            }
            catch (BadInputException error)
            {
                failed = error.Message.Contains("train.csv:3", StringComparison.Ordinal);
            }
            failed.ShouldBeTrue();
        }
        Build(builder, 3, out _).ShouldBe(expected);
    }

    [Fact]
    public void Properties_OfBuilder_SayWhatAVideoNeeds()
    {
        var builder = new ConceptViews(3, 16, 112, 3);
        (builder.Views, builder.Frames, builder.Size, builder.FramesNeeded).ShouldBe((9, 16, 112, 48));
        Should.Throw<ArgumentOutOfRangeException>(() => new ConceptViews(2, 1, 112, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => new ConceptViews(2, 16, 112, 0.5));
    }

    private static float[] View(float[] views, int view) => views.AsSpan(view * ViewLength, ViewLength).ToArray();

    private static float[] Build(ConceptViews builder, int seed, out PatternReader reader)
    {
        reader = new PatternReader();
        var views = new float[3 * Clips * ViewLength];
        RandomStream random = RandomStream.For(seed);
        builder.Build(Video, reader, ref random, views);
        return views;
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

    private static void Apply(ClipAugmentation augmentation, int position, float[] clip, int t)
    {
        var image = new FrameImage();
        new PatternReader().Read(Video, position, image);
        augmentation.Apply(image, new AugmentationScratch(), clip, t, Frames);
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
            AntialiasedResize.Resize(_whole, new CropBox(0, 0, _whole.Width, _whole.Height), width, height, destination);
        }

        public void Dispose() => _reader.Dispose();
    }

    /// <summary>Frames of 40×32 that differ by position, without files.</summary>
    private sealed class PatternReader : IFrameReader
    {
        public List<int> Positions { get; } = [];

        public int OddPosition { get; init; } = -1;

        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            Positions.Add(position);
            int extra = position == OddPosition ? 1 : 0;
            destination.Resize(40 + extra, 32 + extra);
            RandomStream random = RandomStream.For(77, position);
            foreach (ref byte value in destination.Pixels) value = (byte)random.NextInt(0, 255);
        }

        public void Dispose()
        {
        }
    }
}
