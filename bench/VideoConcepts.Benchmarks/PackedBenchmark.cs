using System.Diagnostics;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// Frames in folders against the same frames packed, one ZIP a video, in turn: the loader, what stays open and in
/// memory, and the start of a list of a million rows.
/// </summary>
internal static class PackedBenchmark
{
    private const int Videos = 24, Rounds = 9, Rows = 1_000_000, Small = 2000, SmallFrames = 16;

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("videoconcepts-bench-").FullName;
        try
        {
            VideoEntry[] folders = [.. Enumerable.Range(0, Videos).Select(i => LoaderBenchmark.Draw(folder, i))];
            VideoEntry[] files = [.. folders.Select(Pack)];
            foreach ((int frames, int size) in ((int, int)[])[(16, 128), (8, 64)])
                foreach (int workers in (int[])[1, 2]) Load(folders, files, frames, size, workers);
            StaysFlat(files);
            Start(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static VideoEntry Pack(VideoEntry video)
    {
        using FrameStore frames = FrameStore.Open(video.Path)!;
        FramePack.Write(frames, video.Path + ".zip", []);
        return video with { Path = video.Path + ".zip" };
    }

    private static void Load(VideoEntry[] folders, VideoEntry[] files, int frames, int size, int workers)
    {
        ClipLoader[] loaders = [.. ((VideoEntry[][])[folders, files]).Select(videos => new ClipLoader(videos,
            new ClipsAndStills(2, frames, size, 3), FrameReaders.Create,
            new LoaderOptions { BatchSize = 4, Workers = workers }))];
        List<double>[] seconds = [[], []];
        for (int round = -1; round < Rounds; round++) // the first one warms up
            for (int form = 0; form < 2; form++)
            {
                var clock = Stopwatch.StartNew();
                foreach (ClipBatch batch in loaders[form].Epoch(round + 1)) batch.Dispose();
                if (round >= 0) seconds[form].Add(clock.Elapsed.TotalSeconds / Videos);
            }
        double[] ratios = [.. seconds[0].Zip(seconds[1], (one, other) => one / other).Order()];
        Console.WriteLine($"clips of {frames}×{size}×{size}, {workers} worker(s): folder {Median(seconds[0]):F4} s "
            + $"a video, ZIP {Median(seconds[1]):F4} s; folder / ZIP {ratios[Rounds / 2]:F3} (of {Rounds} pairs "
            + $"{ratios[0]:F3} to "
            + $"{ratios[^1]:F3})");
    }

    private static void StaysFlat(VideoEntry[] files)
    {
        var loader = new ClipLoader(files, new ClipsAndStills(2, 8, 64, 3), FrameReaders.Create,
            new LoaderOptions { BatchSize = 4, Workers = 2 });
        for (int epoch = 0; epoch < 100; epoch++)
        {
            int open = 0;
            foreach (ClipBatch batch in loader.Epoch(epoch))
            {
                open = Math.Max(open, Directory.GetFiles("/proc/self/fd").Length);
                batch.Dispose();
            }
            if (epoch is not (1 or 9 or 99)) continue;
            long kept = GC.GetTotalMemory(forceFullCollection: true);
            using var process = Process.GetCurrentProcess();
            Console.WriteLine($"epoch {epoch + 1} of ZIPs: at most {open} files open, {kept >> 10} KB managed, "
                + $"{process.WorkingSet64 >> 20} MB in all");
        }
    }

    /// <summary>Reading of a list, a look for cuts at each video included: of videos that are there, many times each,
    /// and of such that are not.</summary>
    private static void Start(string folder)
    {
        byte[] frame = File.ReadAllBytes(Path.Combine(folder, "0", "image_00001.jpg"))[..1000];
        for (int i = 0; i < Small; i++)
        {
            string name = Directory.CreateDirectory(Path.Combine(folder, "small", $"video_{i:D5}")).FullName;
            for (int n = 1; n <= SmallFrames; n++) File.WriteAllBytes(FrameFile.PathOf(name, n), frame);
            using FrameStore frames = FrameStore.Open(name)!;
            FramePack.Write(frames, name + ".zip", []);
        }
        foreach ((string what, Func<int, string> name) in ((string, Func<int, string>)[])[
            ("not there", i => $"small/video_{i:D7}"), ("there", i => $"small/video_{i % Small:D5}")])
        {
            foreach (string ending in (string[])["", ".zip"])
                using (StreamWriter text = File.CreateText(Path.Combine(folder, $"list{ending}.csv")))
                    for (int i = 0; i < Rows; i++) text.Write($"{name(i)}{ending},{SmallFrames}\n");
            List<double>[] seconds = [[], []];
            for (int round = -1; round < 3; round++)
                for (int form = 0; form < 2; form++)
                {
                    var clock = Stopwatch.StartNew();
                    VideoList.Read(Path.Combine(folder, form == 0 ? "list.csv" : "list.zip.csv"));
                    if (round >= 0) seconds[form].Add(clock.Elapsed.TotalSeconds);
                }
            Console.WriteLine($"list of {Rows} rows, videos {what}: folders {Median(seconds[0]):F2} s, ZIPs "
                + $"{Median(seconds[1]):F2} s");
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
