using System.Diagnostics;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>Exact search: 20 000 queries in 100 000 rows of 512 numbers, the 50 nearest of each.</summary>
internal static class RetrievalBenchmark
{
    public static void Run(string[] args)
    {
        int queries = args.Length > 0 ? int.Parse(args[0]) : 20_000,
            gallery = args.Length > 1 ? int.Parse(args[1]) : 100_000;
        FeatureTable q = Table(queries, 1), g = Table(gallery, 2);
        var clock = Stopwatch.StartNew();
        Neighbours found = Retrieval.Search(q, g, 50);
        double seconds = clock.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        double rate = 2.0 * queries * gallery * 512 / seconds, product = MatrixProduct.Rate(float32, 2048, 512, 8192);
        Console.WriteLine(
            $"{queries} queries in {gallery} rows of 512: {seconds:F1} s, {rate / 1e9:F0} GFLOP/s, {product / rate:F2} "
            + $"times the product alone, peak {process.PeakWorkingSet64 >> 20} MB, first cosine "
            + $"{found.Cosines[0][0]:F4}");
    }

    private static FeatureTable Table(int rows, long seed)
    {
        var random = RandomStream.For(seed);
        var values = new float[rows * 512];
        for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextDouble(-1, 1);
        return new FeatureTable(
            values, 512,
            [.. Enumerable.Range(0, rows).Select(i => new VideoEntry($"/{i}", 16, i % 100, "list.csv", i + 1))],
            []);
    }
}
