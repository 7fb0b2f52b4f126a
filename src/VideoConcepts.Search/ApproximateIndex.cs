using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// An approximate index of a library's vectors in a file beside it: one graph over look and motion side by side serves
/// every position between the two, since the query is what is weighted. A file that is not of the library as it is now
/// is not used.
/// </summary>
internal sealed class ApproximateIndex : IDisposable
{
    private const int Neighbours = 32, EffortOfAdding = 160;

    /// <summary>Fewest vectors that a search looks at.</summary>
    internal const int Effort = 256;

    private const int Queries = 200, Ten = 10;
    private const string Format = "videoconcepts approximate index";

    private readonly Usearch _graph;

    private ApproximateIndex(Usearch graph, double recall) => (_graph, Recall) = (graph, recall);

    /// <summary>Share of the true ten nearest moments that it finds, as it was measured when it was made.</summary>
    public double Recall { get; }

    /// <summary>The index of a library as it is now, or null.</summary>
    public static ApproximateIndex? Find(IMomentStore store)
    {
        if (store.IndexFile is not { } file || OutputSet.ReadJson(file + ".json") is not { } about) return null;
        JsonObject now = About(store, 0);
        foreach (string key in (string[])["format", "library", "version", "moments"])
            if (!JsonNode.DeepEquals(about[key], now[key])) return null;
        if (FileStatus.Of(file) is not { } status || status.Length != about["bytes"]?.GetValue<long>()) return null;
        var graph = new Usearch(Width(store), Neighbours, Effort);
        try
        {
            graph.View(file);
            return new(graph, about["recall"]!.GetValue<double>());
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or FormatException)
        {
            graph.Dispose();
            return null;
        }
    }

    /// <summary>Makes the index of a library, and measures it.</summary>
    /// <exception cref="BadInputException">Another file stands in its place.</exception>
    public static double Build(IMomentStore store, WorkContext work, CancellationToken stop)
    {
        string file = store.IndexFile!;
        RefuseForeign(store);
        using var graph = new Usearch(Width(store), Neighbours, EffortOfAdding);
        graph.Reserve(store.Count);
        LibraryHeader header = store.Header!;
        long done = 0;
        work.Track("approximate index", store.Count, tick =>
        {
            foreach (MomentBlock[] blocks in store.Blocks(MomentParts.Vectors).Chunk(2 * Environment.ProcessorCount))
            {
                // the graph has room for as many threads as there are cores
                var cores = new ParallelOptions
                {
                    CancellationToken = stop,
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                };
                Parallel.ForEach(blocks, cores, block =>
                {
                    float[] rows = MomentMatrix.Rows(block, header.LookSize, header.MotionSize);
                    int width = rows.Length / block.Count;
                    for (int i = 0; i < block.Count; i++)
                        graph.Add(block.First + i, rows.AsSpan(i * width, width));
                });
                tick(done += blocks.Sum(block => block.Count), "");
            }
            return 0;
        });
        double recall = work.Track("recall of the index", store.Count, tick => Measure(store, graph, done => tick(done, ""), stop));
        File.Delete(file + ".json"); // until both are there, there is none
        string aside = AsideFile.PathOf(file);
        try
        {
            graph.Save(aside);
            File.Move(aside, file, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
        JsonObject about = About(store, recall);
        about["bytes"] = new FileInfo(file).Length;
        AsideFile.WriteText(file + ".json", about.ToJsonString(OutputSet.Indented) + "\n");
        return recall;
    }

    /// <summary>The moments with the largest inner products that it finds, largest first.</summary>
    /// <param name="query">A row's numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="withoutVideo">A video that is left out.</param>
    /// <param name="moments">Tells which video moments are of.</param>
    public IReadOnlyList<(long Moment, float Product)> Nearest(float[] query, int count, long? withoutVideo,
        Func<IReadOnlyList<long>, IReadOnlyList<Moment>> moments)
    {
        for (int asked = Math.Max(count, Effort); ; asked *= 4)
        {
            (long Moment, float Product)[] found = _graph.Nearest(query, asked);
            int all = found.Length;
            if (withoutVideo is { } own)
            {
                HashSet<long> its = [.. moments([.. found.Select(hit => hit.Moment)])
                    .Where(moment => moment.VideoId == own).Select(moment => moment.Id)];
                found = [.. found.Where(hit => !its.Contains(hit.Moment))];
            }
            if (found.Length >= count || all < asked) return [.. found.Take(count)];
        }
    }

    /// <summary>What the graph gives, of as many moments as are looked at.</summary>
    internal IReadOnlyList<(long Moment, float Product)> Raw(float[] query, int looked) => _graph.Nearest(query, looked);

    public void Dispose() => _graph.Dispose();

    // Moments spread evenly over the library ask for others: by look, by both and by motion in turn.
    private static double Measure(IMomentStore store, Usearch graph, Action<long> tick, CancellationToken stop)
    {
        LibraryHeader header = store.Header!;
        int width = Width(store);
        int count = (int)Math.Min(Queries, store.Count);
        float[][] queries = [.. Evenly(store, count).Select((row, i) =>
            Slider.At(i % 3 / 2.0, header.Concepts > 0).Query(row.AsSpan(0, header.LookSize),
                row.AsSpan(header.LookSize), header.Concepts))];
        TopMoments[] exact = [.. queries.Select(_ => new TopMoments(Ten))];
        long done = 0;
        foreach (MomentBlock block in store.Blocks(MomentParts.Vectors))
        {
            stop.ThrowIfCancellationRequested();
            float[] rows = MomentMatrix.Rows(block, header.LookSize, header.MotionSize);
            Parallel.For(0, count, q =>
            {
                for (int i = 0; i < block.Count; i++)
                    exact[q].Add(block.First + i, TensorPrimitives.Dot(rows.AsSpan(i * width, width), queries[q]));
            });
            tick(done += block.Count);
        }
        return queries.Index().Average(q => exact[q.Index].Ordered().Select(hit => hit.Moment)
            .Intersect(graph.Nearest(q.Item, Effort).Take(Ten).Select(hit => hit.Moment)).Count()
                / (double)Math.Min(Ten, store.Count));
    }

    private static IEnumerable<float[]> Evenly(IMomentStore store, int count)
    {
        LibraryHeader header = store.Header!;
        long all = store.Count, seen = 0;
        int given = 0;
        foreach (MomentBlock block in store.Blocks(MomentParts.Vectors))
        {
            float[]? rows = null;
            for (; given < count && given * all / count < seen + block.Count; given++)
            {
                rows ??= MomentMatrix.Rows(block, header.LookSize, header.MotionSize);
                int width = rows.Length / block.Count;
                yield return rows[(int)(((given * all / count) - seen) * width)..][..width];
            }
            seen += block.Count;
        }
    }

    private static int Width(IMomentStore store) => store.Header!.LookSize + store.Header.MotionSize;

    private static JsonObject About(IMomentStore store, double recall) => new()
    {
        ["format"] = Format,
        ["library"] = FileHash.OfText(JsonSerializer.Serialize(store.Header! with { Root = "" })),
        ["version"] = store.Version,
        ["moments"] = store.Count,
        ["recall"] = recall,
    };

    /// <exception cref="BadInputException">A file that this program did not make stands in its place.</exception>
    public static void RefuseForeign(IMomentStore store)
    {
        if (store.IndexFile is not { } file) return;
        bool known = OutputSet.ReadJson(file + ".json")?["format"]?.ToString() == Format;
        foreach (string path in (string[])[file, file + ".json"])
            if (!known && OutputSet.IsTaken(path)) throw OutputSet.Foreign(path, "index");
    }
}
