using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// An approximate index of a library's vectors in files beside it: a graph over look and motion side by side serves
/// every position between the two, since the query is what is weighted. At the ends, where most of the row counts
/// nothing, it would lead astray: look alone and motion alone have graphs of their own. Files that are not of the
/// library as it is now are not used.
/// </summary>
internal sealed class ApproximateIndex : IDisposable
{
    private const int Neighbours = 32, EffortOfAdding = 160;

    /// <summary>Fewest vectors that a search looks at.</summary>
    internal const int Effort = 1024;

    private const int Queries = 200, Ten = 10, Passes = 8;
    private const string Format = "videoconcepts approximate index";

    private static readonly string[] s_endings = ["", ".look", ".motion"];

    private readonly Usearch[] _graphs;
    private readonly (int First, int Count)[] _columns;

    private ApproximateIndex(Usearch[] graphs, IMomentStore store, double recall) =>
        (_graphs, _columns, Recall) = (graphs, Columns(store.Header!), recall);

    /// <summary>Share of the true ten nearest moments that it finds, as it was measured when it was made.</summary>
    public double Recall { get; }

    /// <summary>The index of a library as it is now, or null.</summary>
    public static ApproximateIndex? Find(IMomentStore store)
    {
        if (store.IndexFile is not { } file || OutputSet.ReadJson(file + ".json") is not { } about) return null;
        JsonObject now = About(store, 0);
        foreach (string key in (string[])["format", "library", "identity", "version", "moments"])
            if (!JsonNode.DeepEquals(about[key], now[key])) return null;
        Usearch[] graphs = [.. Columns(store.Header!).Select(part => new Usearch(part.Count, Neighbours, Effort))];
        try
        {
            for (int i = 0; i < graphs.Length; i++)
            {
                string of = file + s_endings[i];
                if (FileStatus.Of(of)?.Length != about["bytes"]?[i]?.GetValue<long>())
                    throw new InvalidOperationException($"{of} is another file");
                graphs[i].View(of);
            }
            return new(graphs, store, about["recall"]!.GetValue<double>());
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or FormatException)
        {
            foreach (Usearch graph in graphs) graph.Dispose();
            return null;
        }
    }

    /// <summary>Makes the index of a library, and measures it.</summary>
    /// <exception cref="BadInputException">Another file stands in its place.</exception>
    public static double Build(IMomentStore store, WorkContext work, CancellationToken stop)
    {
        string file = store.IndexFile!;
        RefuseForeign(store);
        LibraryHeader header = store.Header!;
        (int First, int Count)[] columns = Columns(header);
        using var index = new ApproximateIndex(
            [.. columns.Select(part => new Usearch(part.Count, Neighbours, EffortOfAdding))], store, 0);
        foreach (Usearch graph in index._graphs) graph.Reserve(store.Count);
        work.Track("approximate index", store.Count, tick =>
        {
            index.Fill(store, done => tick(done, ""), stop);
            return 0;
        });
        double recall = work.Track("recall of the index", store.Count,
            tick => Measure(store, index, done => tick(done, ""), stop));
        File.Delete(file + ".json"); // until all are there, there is none
        JsonObject about = About(store, recall);
        var bytes = new JsonArray();
        about["bytes"] = bytes;
        for (int g = 0; g < columns.Length; g++)
        {
            string of = file + s_endings[g], aside = AsideFile.PathOf(of);
            try
            {
                index._graphs[g].Save(aside);
                File.Move(aside, of, overwrite: true);
            }
            finally
            {
                File.Delete(aside);
            }
            bytes.Add(new FileInfo(of).Length);
        }
        AsideFile.WriteText(file + ".json", about.ToJsonString(OutputSet.Indented) + "\n");
        return recall;
    }

    /// <summary>The moments with the largest inner products that it finds, largest first.</summary>
    /// <param name="query">A row's numbers.</param>
    /// <param name="count">How many.</param>
    public IReadOnlyList<(long Moment, float Product)> Nearest(float[] query, int count) =>
        [.. Raw(query, Math.Max(count, Effort)).Take(count)];

    /// <summary>What the graph gives, of as many moments as are looked at.</summary>
    internal IReadOnlyList<(long Moment, float Product)> Raw(float[] query, int looked)
    {
        // the smallest graph that has all that the query asks for
        int graph = _columns.Index().Where(part => !query.AsSpan(0, part.Item.First).ContainsAnyExcept(0f)
                && !query.AsSpan(part.Item.First + part.Item.Count).ContainsAnyExcept(0f))
            .MinBy(part => part.Item.Count).Index;
        return _graphs[graph].Nearest(query.AsSpan(_columns[graph].First, _columns[graph].Count), looked);
    }

    public void Dispose()
    {
        foreach (Usearch graph in _graphs) graph.Dispose();
    }

    // Of a row: all, look alone, and what motion alone compares; all is look where nothing is known of motion.
    private static (int First, int Count)[] Columns(LibraryHeader header)
    {
        int width = header.LookSize + header.MotionSize;
        int motion = header.Concepts > 0 ? header.Concepts : header.MotionSize;
        return motion == 0 ? [(0, width)] : [(0, width), (0, header.LookSize), (width - motion, motion)];
    }

    // Moments that follow each other are alike: added in their order they would link to each other alone, and a search
    // would not find its way between them. The first of every eight make the ways, then come the others.
    private void Fill(IMomentStore store, Action<long> tick, CancellationToken stop)
    {
        LibraryHeader header = store.Header!;
        // the graphs have room for as many threads as there are cores
        var cores = new ParallelOptions
        {
            CancellationToken = stop,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        long done = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            foreach (MomentBlock[] blocks in store.Blocks(MomentParts.Vectors).Chunk(2 * Environment.ProcessorCount))
            {
                Parallel.ForEach(blocks, cores, block => Add(block, pass, header));
                tick(done += blocks.Sum(block => block.Count) / Passes);
            }
        }
    }

    private void Add(MomentBlock block, int first, LibraryHeader header)
    {
        float[] rows = MomentMatrix.Rows(block, header.LookSize, header.MotionSize);
        int width = rows.Length / block.Count;
        for (int i = first; i < block.Count; i += Passes)
            foreach ((Usearch graph, (int column, int count)) in _graphs.Zip(_columns))
                graph.Add(block.First + i, rows.AsSpan((i * width) + column, count));
    }

    // Moments spread evenly over the library ask for others: by look, by both and by motion in turn.
    private static double Measure(IMomentStore store, ApproximateIndex index, Action<long> tick, CancellationToken stop)
    {
        LibraryHeader header = store.Header!;
        int width = Width(store);
        int count = (int)Math.Min(Queries, store.Count);
        float[][] queries = [.. Evenly(store, count).Select((row, i) =>
            Slider.At(header.MotionSize > 0 ? i % 3 / 2.0 : 0, header.Concepts > 0).Query(
                row.AsSpan(0, header.LookSize), row.AsSpan(header.LookSize), header.Concepts))];
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
            .Intersect(index.Raw(q.Item, Effort).Take(Ten).Select(hit => hit.Moment)).Count()
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
        ["identity"] = store.Identity,
        ["version"] = store.Version,
        ["moments"] = store.Count,
        ["recall"] = recall,
    };

    /// <exception cref="BadInputException">A file that this program did not make stands in its place.</exception>
    public static void RefuseForeign(IMomentStore store)
    {
        if (store.IndexFile is not { } file) return;
        bool known = OutputSet.ReadJson(file + ".json")?["format"]?.ToString() == Format;
        foreach (string path in (IEnumerable<string>)[.. s_endings.Select(end => file + end), file + ".json"])
            if (!known && OutputSet.IsTaken(path)) throw OutputSet.Foreign(path, "index");
    }
}
