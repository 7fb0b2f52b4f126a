using System.Globalization;
using System.Numerics.Tensors;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Search;
using VideoConcepts.Training;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// What the nearest moment shares with the query: of the moment in the middle of each query video, the class of each
/// factor, by look, by motion, by both, and by the backbone's feature of the clip; of the model and of random weights.
/// </summary>
internal static class SearchQuality
{
    private sealed record Moments(int[][] Labels, int[] Video, float[] Look, float[] Motion, float[] Features,
        int Count);

    private static readonly EncoderOptions s_encoder = new() { Precision = PrecisionChoice.Auto }; // as index

    /// <param name="args">MODEL LIBRARY QUERIES [EXCEPT [STRIDE]]: lists of frames, of each factor one, with commas;
    /// QUERIES as many, or - for the library's own videos, each among the others; EXCEPT: beside it among those alone
    /// of which the factor of that number differs.</param>
    public static void Run(string[] args)
    {
        if (args.Length < 3)
        {
            Console.Error.WriteLine("usage: search-quality MODEL LISTS QUERIES|- [EXCEPT|- [STRIDE]]");
            return;
        }
        string[] lists = args[1].Split(','), queries = args[2] == "-" ? [] : args[2].Split(',');
        int? except = args.ElementAtOrDefault(3) is { } number and not "-"
            ? int.Parse(number, CultureInfo.InvariantCulture) : null;
        int? stride = args.ElementAtOrDefault(4) is { } s ? int.Parse(s, CultureInfo.InvariantCulture) : null;
        foreach (bool random in (bool[])[false, true])
        {
            using MomentNetwork network = random ? TrainedMomentNetwork.Random(args[0], s_encoder)
                : TrainedMomentNetwork.Of(args[0], s_encoder);
            Moments library = Index(network, lists, stride, out LibraryHeader header);
            Moments asked = queries.Length == 0 ? library : Index(network, queries, stride, out _);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(random ? "random weights" : args[0])}: {library.Count} moments of {header.Span} frames, stride "
                + $"{header.FrameStride}"));
            foreach (int? other in except is null ? [null] : new int?[] { null, except })
            {
                if (other is not null) Console.WriteLine($" among moments of another factor {other}:");
                foreach (double motion in (double[])[0, 0.5, 1])
                {
                    var slider = Slider.At(motion, header.Concepts > 0);
                    Show($"motion {motion:F1}", library, asked, queries.Length == 0, other, (a, b) => Dot(slider.Query(
                        Row(asked.Look, a, header.LookSize), Row(asked.Motion, a, header.MotionSize), header.Concepts),
                        Row(library.Look, b, header.LookSize), Row(library.Motion, b, header.MotionSize)));
                }
                Show("clip feature", library, asked, queries.Length == 0, other, (a, b) =>
                    TensorPrimitives.CosineSimilarity(Row(asked.Features, a, header.FeatureSize),
                        Row(library.Features, b, header.FeatureSize)));
            }
        }
    }

    private static void Show(string row, Moments library, Moments asked, bool own, int? except,
        Func<int, int, float> similarity)
    {
        int factors = library.Labels.Length;
        int[] middles = [.. Enumerable.Range(0, asked.Count).GroupBy(i => asked.Video[i])
            .Select(video => video.ElementAt(video.Count() / 2))];
        var nearest = new int[middles.Length];
        Parallel.For(0, middles.Length, q =>
        {
            (float best, int found) = (float.NegativeInfinity, -1);
            for (int b = 0; b < library.Count; b++)
            {
                if (own && library.Video[b] == asked.Video[middles[q]]) continue;
                if (except is { } f && Label(library, f, b) == Label(asked, f, middles[q])) continue;
                float product = similarity(middles[q], b);
                if (product > best) (best, found) = (product, b);
            }
            nearest[q] = found;
        });
        IEnumerable<(int Query, int Found)> pairs = middles.Zip(nearest).Where(pair => pair.Second >= 0);
        List<string> shares = [];
        for (int f = 0; f < factors; f++)
        {
            var hits = pairs.Select(p => (Class: Label(asked, f, p.Query),
                Same: Label(asked, f, p.Query) == Label(library, f, p.Found) ? 1.0 : 0)).ToArray();
            double balanced = hits.GroupBy(hit => hit.Class).Average(c => c.Average(hit => hit.Same));
            shares.Add(string.Create(CultureInfo.InvariantCulture,
                $"factor {f} {hits.Average(hit => hit.Same):F3} (classes weigh the same {balanced:F3})"));
        }
        // asked of those alone whose combination is there
        var there = Enumerable.Range(0, library.Count).Select(b => Combination(library, b)).ToHashSet();
        var known = pairs.Where(p => there.Contains(Combination(asked, p.Query))).ToArray();
        double both = known.Length == 0 ? double.NaN
            : known.Average(p => Combination(asked, p.Query) == Combination(library, p.Found) ? 1.0 : 0);
        shares.Add(string.Create(CultureInfo.InvariantCulture, $"all {both:F3} of {known.Length}"));
        Console.WriteLine($"  {row}: {string.Join(", ", shares)}");
    }

    private static string Combination(Moments of, int moment) =>
        string.Join(',', of.Labels.Select((_, f) => Label(of, f, moment)));

    private static int Label(Moments of, int factor, int moment) => of.Labels[factor][of.Video[moment]];

    private static ReadOnlySpan<float> Row(float[] rows, int row, int width) => rows.AsSpan(row * width, width);

    private static float Dot(float[] query, ReadOnlySpan<float> look, ReadOnlySpan<float> motion) =>
        TensorPrimitives.Dot(query.AsSpan(0, look.Length), look)
        + TensorPrimitives.Dot(query.AsSpan(look.Length), motion);

    // By what index writes, into a file that is removed.
    private static Moments Index(MomentNetwork network, string[] lists, int? stride, out LibraryHeader header)
    {
        string file = Path.Combine(Path.GetTempPath(), $"videoconcepts-quality-{Environment.ProcessId}.db");
        var options = new IndexOptions { Library = file, Lists = [lists[0]], Strip = 0, FrameStride = stride };
        try
        {
            using SqliteMomentStore store = SqliteMomentStore.Open(file, create: true);
            header = IndexHeader.Of(options, store, network);
            store.SetHeader(header);
            new IndexRun(store, jobs => new OwnJobs(jobs), network, null, Environment.ProcessorCount,
                TimeProvider.System)
                .Index(IndexSources.Find(options, header.Root, _ => { }), null, false, new WorkContext(), null,
                    default);
            var rows = store.Videos().Where(video => video.Moments > 0).Select((video, i) => (video.Id, Row: i))
                .ToDictionary();
            string root = header.Root;
            string[] paths = [.. store.Videos().Where(video => video.Moments > 0)
                .Select(video => Path.Combine(root, video.Path))];
            MomentBlock[] blocks = [.. store.Blocks(MomentParts.Vectors | MomentParts.Features)];
            return new(
                [.. lists.Select(list => Labels(list, paths))],
                [.. blocks.SelectMany(block => Enumerable.Repeat(rows[block.VideoId], block.Count))],
                [.. blocks.SelectMany(block => block.Look)], [.. blocks.SelectMany(block => block.Motion)],
                [.. blocks.SelectMany(block => block.Features)], blocks.Sum(block => block.Count));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int[] Labels(string list, string[] paths)
    {
        Dictionary<string, int> labels = VideoList.Read(list).Videos.ToDictionary(row => Path.GetFullPath(row.Path),
            row => row.Label!.Value);
        return [.. paths.Select(path => labels[path])];
    }
}
