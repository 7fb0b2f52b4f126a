using System.Diagnostics;
using SkiaSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// Loading of one video at the published size: 32 frames of 340×256, two clips of 16×128×128 and two static frames.
/// Each part is measured beside the whole, on one thread, round by round.
/// </summary>
internal static class LoaderBenchmark
{
    private const int Videos = 12, Frames = 48, Width = 340, Height = 256, Rounds = 4;

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("videoconcepts-bench-").FullName;
        try
        {
            VideoEntry[] videos = [.. Enumerable.Range(0, Videos).Select(i => Draw(folder, i))];
            double size = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories)
                .Average(file => new FileInfo(file).Length) / 1024.0;
            Console.WriteLine(
                $"{Width}×{Height} frames of {size:F0} KB; seconds per video, the best of "
                + $"{Rounds} rounds over {Videos} videos");
            if (TurboJpegFrameReader.IsAvailable) Measure("libturbojpeg", videos, () => new TurboJpegFrameReader());
            Measure("SkiaSharp", videos, () => new SkiaFrameReader());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// What a loader gives of clips of this size, the best of three epochs of 12 videos for each worker.
    /// </summary>
    public static double VideosPerSecond(int frames, int size, int workers)
    {
        string folder = Directory.CreateTempSubdirectory("videoconcepts-bench-").FullName;
        try
        {
            VideoEntry[] drawn = [.. Enumerable.Range(0, Videos).Select(i => Draw(folder, i))];
            VideoEntry[] videos = [.. Enumerable.Repeat(drawn, workers).SelectMany(v => v)];
            var loader = new ClipLoader(videos, new ClipsAndStills(2, frames, size, 3), FrameReaders.Create,
                new LoaderOptions { BatchSize = 4, Workers = workers });
            double best = 0;
            for (int epoch = 0; epoch < 3; epoch++)
            {
                var clock = Stopwatch.StartNew();
                foreach (ClipBatch batch in loader.Epoch(epoch)) batch.Dispose();
                best = Math.Max(best, loader.BatchesPerEpoch * 4 / clock.Elapsed.TotalSeconds);
            }
            return best;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string name, VideoEntry[] videos, Func<IFrameReader> factory)
    {
        var builder = new ClipsAndStills(2, 16, 128, 3);
        byte[] clips = new byte[2 * 16 * 3 * 128 * 128], stills = new byte[2 * 3 * 128 * 128];
        using IFrameReader reader = factory();
        var image = new FrameImage();
        double decode = Best(videos, (video, random) =>
        {
            ClipPositions positions = ClipSampler.Sample(video.FrameCount, 2, 16, 3, ref random);
            foreach (int position in positions.Clips.SelectMany(p => p).Distinct()) reader.Read(video, position, image);
        });
        double whole = Best(videos, (video, random) => builder.Build(video, reader, ref random, clips, stills));
        Console.WriteLine(
            $"{name,-13} decode alone {decode:F4}, decode, two augmented clips and static frames {whole:F4}");
        Parts(videos[0], reader);
        foreach (int workers in (int[])[1, 2])
        {
            var loader = new ClipLoader(videos, builder, factory,
                new LoaderOptions { BatchSize = 4, Workers = workers });
            double loaded = double.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                foreach (ClipBatch batch in loader.Epoch(round)) batch.Dispose();
                loaded = Math.Min(loaded, clock.Elapsed.TotalSeconds / (loader.BatchesPerEpoch * 4));
            }
            Console.WriteLine($"{name,-13} loader with {workers} worker(s) {loaded:F4}");
        }
    }

    /// <summary>Where the time of the 34 augmented frames goes.</summary>
    private static void Parts(VideoEntry video, IFrameReader reader)
    {
        const int Count = 34, Repeats = 5;
        var source = new FrameImage();
        reader.Read(video, 0, source);
        var resized = new FrameImage();
        var clip = new float[3 * 128 * 128];
        var frame = new byte[3 * 128 * 128];
        var resampler = new Resampler();
        var random = RandomStream.For(1, 0, 0);
        ClipAugmentation[] draws =
            [.. Enumerable.Range(0, Count).Select(_ => ClipAugmentation.Draw(ref random, Width, Height, 128))];
        double Time(Action<ClipAugmentation> part)
        {
            double best = double.MaxValue;
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                var clock = Stopwatch.StartNew();
                foreach (ClipAugmentation draw in draws) part(draw);
                best = Math.Min(best, clock.Elapsed.TotalSeconds);
            }
            return best;
        }
        double resize = Time(draw =>
        {
            resampler.Prepare(draw.Crop, 128, 128);
            resampler.Resize(source, resized);
        });
        double load = Time(_ => PixelPlanes.Of(clip, 128, 128).Load(resized));
        double jitter = Time(draw =>
            draw.Jitter!.Value.Apply(PixelPlanes.Of(clip, 128, 128), draw.GreyChannel is not null));
        double rest = Time(draw =>
        {
            PixelPlanes planes = PixelPlanes.Of(clip, 128, 128);
            if (draw.Flip) HorizontalFlip.Apply(planes);
            if (draw.GreyChannel is int channel) ChannelGrey.Apply(planes, channel);
            planes.Store(frame);
        });
        Console.WriteLine(
            $"              of {Count} frames: crop and resize {resize:F4}, to planes {load:F4}, jitter {jitter:F4}, "
            + $"flip, grey and to bytes {rest:F4}");
    }

    private static double Best(VideoEntry[] videos, LoadOne load)
    {
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < videos.Length; i++) load(videos[i], RandomStream.For(round, 0, i));
            best = Math.Min(best, clock.Elapsed.TotalSeconds / videos.Length);
        }
        return best;
    }

    private delegate void LoadOne(VideoEntry video, RandomStream random);

    /// <summary>Waves and noise that make about 29 KB, the size of a Kinetics frame.</summary>
    /// <summary>A video of noise and waves, as a folder of frames.</summary>
    public static VideoEntry Draw(string folder, int index)
    {
        string name = Directory.CreateDirectory(Path.Combine(folder, $"{index}")).FullName;
        var random = RandomStream.For(7, 0, index);
        using var bitmap = new SKBitmap(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = new byte[4 * Width * Height];
        for (int frame = 0; frame < Frames; frame++)
        {
            for (int i = 0; i < Width * Height; i++)
            {
                (int x, int y) = (i % Width, i / Width);
                double wave = (60 * Math.Sin((x + (3 * frame)) / 9.0))
                    + (40 * Math.Cos((y - frame) / 5.0))
                    + random.NextDouble(-14, 14);
                for (int c = 0; c < 3; c++) pixels[(4 * i) + c] = (byte)Math.Clamp(128 + wave + (c * 20), 0, 255);
                pixels[(4 * i) + 3] = 255;
            }
            pixels.CopyTo(bitmap.GetPixelSpan());
            using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 88);
            using FileStream file = File.Create(Path.Combine(name, $"image_{frame + 1:D5}.jpg"));
            data.SaveTo(file);
        }
        return new VideoEntry(name, Frames, null, "bench.csv", index + 1);
    }
}
