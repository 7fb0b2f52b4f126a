using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Search;
using static VideoConcepts.Benchmarks.RandomMoments;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// What a search in many moments takes: reading the library, comparing all, and the approximate index, with its recall.
/// Moments are random unit vectors, or those of a library and mixtures of two of one video.
/// </summary>
internal static class SearchBenchmark
{
    private static readonly string[] s_index = [".hnsw", ".hnsw.look", ".hnsw.motion"];

    private const int VideoLength = 1024, Queries = 60, Ten = 10;

    /// <param name="args">[MOMENTS [LIBRARY|- [exact]]]: how many, whose they are, and whether no index is
    /// made.</param>
    public static void Run(string[] args)
    {
        int count = int.Parse(args.ElementAtOrDefault(0) ?? "1000000", CultureInfo.InvariantCulture);
        string? from = args.ElementAtOrDefault(1) is { } named and not "-" ? named : null;
        string file = Path.Combine(Path.GetTempPath(), $"videoconcepts-search-{Environment.ProcessId}.db");
        try
        {
            (int look, int motion, int concepts) = Fill(file, count, from);
            Console.WriteLine($"{count} moments of {look} + {motion} numbers ({concepts} of concepts), "
                + $"{(from is null ? "random" : "of " + from)}; file {new FileInfo(file).Length >> 20} MB");
            Measure(file, indexes: args.ElementAtOrDefault(2) != "exact");
        }
        finally
        {
            foreach (string ending in (string[])["", .. s_index, ".hnsw.json", "-wal", "-shm", ".lock"])
                File.Delete(file + ending);
        }
    }

    private static void Measure(string file, bool indexes)
    {
        var clock = Stopwatch.StartNew();
        using var library = MomentLibrary.Open(file);
        long before = Environment.WorkingSet;
        library.Search(new MomentQuery { Moment = 1, Motion = 0.5, Exact = true });
        Console.WriteLine($"cold: opened and first exact search {clock.Elapsed.TotalSeconds:F2} s, "
            + $"{(Environment.WorkingSet - before) >> 20} MB more in memory");
        int of = 0;
        long all = library.Store.Count;
        double[] exact = Times(() => library.Search(new MomentQuery
        {
            Moment = 1 + (of++ * (all / Queries) % all),
            Motion = of % 3 / 2.0,
            Exact = true,
        }));
        Console.WriteLine($"exact, warm, whole search: {Shown(exact)}");

        if (!indexes) return;
        clock.Restart();
        double recall = ApproximateIndex.Build(library.Store, new WorkContext(), default);
        Console.WriteLine($"index made and measured in {clock.Elapsed.TotalSeconds:F0} s, "
            + $"{s_index.Sum(end => new FileInfo(file + end).Length) >> 20} MB, recall@10 {recall:F3}");
        clock.Restart();
        using var again = MomentLibrary.Open(file);
        again.Search(new MomentQuery { Moment = 1 });
        Console.WriteLine($"cold by the index: {clock.Elapsed.TotalSeconds:F3} s");
        double[] fast = Times(() => again.Search(new MomentQuery
        {
            Moment = 1 + (of++ * (all / Queries) % all),
            Motion = of % 3 / 2.0,
        }));
        Console.WriteLine($"by the index, warm, whole search: {Shown(fast)}");
        Efforts(library);
    }

    // How many moments the index looks at, against what it finds.
    private static void Efforts(MomentLibrary library)
    {
        LibraryHeader header = library.Header;
        using ApproximateIndex index = ApproximateIndex.Find(library.Store)!;
        MomentMatrix matrix = library.Matrix(default);
        foreach (double motion in (double[])[0, 0.5, 1])
        {
            float[][] queries = [.. Enumerable.Range(0, Queries).Select(q =>
            {
                long moment = 1 + (q * (library.Store.Count / Queries));
                MomentBlock block = library.Store.BlockOf(moment, MomentParts.Vectors)!;
                return Slider.At(motion, header.Concepts > 0).Query(block.Look.AsSpan(0, header.LookSize),
                    block.Motion.AsSpan(0, header.MotionSize), header.Concepts);
            })];
            long[][] exact = [.. queries.Select(q => matrix.Nearest(q, Ten).Select(hit => hit.Moment).ToArray())];
            foreach (int effort in (int[])[64, 128, 256, 512, 1024, 2048])
            {
                double found = 0;
                double[] times = Times(() => { }, queries.Length, q => found += index.Raw(queries[q], effort).Take(Ten)
                    .Select(hit => hit.Moment).Intersect(exact[q]).Count() / (double)Ten);
                Console.WriteLine($"  motion {motion:F1}, {effort} looked at: recall@10 {found / queries.Length:F3}, "
                    + Shown(times));
            }
        }
    }

    private static double[] Times(Action search) => Times(search, Queries, _ => search());

    private static double[] Times(Action warm, int count, Action<int> search)
    {
        warm();
        var times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            search(i);
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }
        return times;
    }

    private static string Shown(double[] times)
    {
        double[] ordered = [.. times.Order()];
        return string.Create(CultureInfo.InvariantCulture,
            $"median {ordered[ordered.Length / 2]:F1} ms, 95 % within {ordered[(int)(ordered.Length * 0.95)]:F1} ms");
    }

    private static (int Look, int Motion, int Concepts) Fill(string file, int count, string? from)
    {
        using MomentLibrary? source = from is null ? null : MomentLibrary.Open(from);
        (int look, int motion, int concepts) = source is null ? (256, 256, 0)
            : (source.Header.LookSize, source.Header.MotionSize, source.Header.Concepts);
        using SqliteMomentStore store = SqliteMomentStore.Open(file, create: true);
        store.SetHeader(Header(look, motion, concepts, 0, "/"));
        var random = new Random(1);
        MomentBlock[] real = source is null ? [] : [.. source.Store.Blocks(MomentParts.Vectors)];
        for (int first = 0, v = 0; first < count; first += VideoLength, v++)
        {
            using IVideoWriter writer = store.Write();
            int length = Math.Min(VideoLength, count - first);
            for (int at = 0; at < length; at += MomentBlock.Most)
            {
                int rows = Math.Min(MomentBlock.Most, length - at);
                MomentBlock block = real.Length == 0 ? Random(rows, look, motion, random)
                    : Mixed(rows, real[random.Next(real.Length)], look, motion, concepts, random);
                writer.Add([.. Enumerable.Range(at, rows)
                    .Select(i => new Moment(0, 0, 4 * i, (4 * i) + 7, i, i + 2.0))], new byte[]?[rows], block);
            }
            writer.Commit(new LibraryVideo
            {
                Path = $"{v}",
                Kind = VideoKind.File,
                Size = 1,
                Modified = 1,
                Hash = $"{v}",
                Frames = 4 * length,
                Moments = length,
            });
        }
        return (look, motion, concepts);
    }

    private static MomentBlock Random(int rows, int look, int motion, Random random)
    {
        float[] Part(int width) => [.. Enumerable.Range(0, rows).SelectMany(_ => Direction(width, random))];
        return new(0, 0, rows, Part(look), Part(motion), new float[rows], []);
    }

    private static MomentBlock Mixed(int rows, MomentBlock of, int look, int motion, int concepts, Random random)
    {
        List<float> looks = [], motions = [];
        for (int i = 0; i < rows; i++)
        {
            int a = random.Next(of.Count), b = random.Next(of.Count);
            float share = random.NextSingle();
            looks.AddRange(Mix(of.Look, a, b, look, 0, look, share));
            motions.AddRange(Mix(of.Motion, a, b, motion, 0, motion - concepts, share));
            motions.AddRange(Mix(of.Motion, a, b, motion, motion - concepts, concepts, share));
        }
        return new(0, 0, rows, [.. looks], [.. motions], new float[rows], new float[rows * 4 * concepts]);
    }

    private static float[] Mix(float[] rows, int a, int b, int width, int first, int count, float share) =>
        Unit([.. Enumerable.Range(first, count).Select(i =>
            (share * rows[(a * width) + i]) + ((1 - share) * rows[(b * width) + i]))]);
}
