using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>What a moment is compared with.</summary>
public sealed record UnusualOptions
{
    /// <summary>What <see cref="Motion"/> is where none is given.</summary>
    public const double DefaultMotion = 0.25;

    /// <summary>How much motion counts, from 0, look alone, to 1, motion alone; null: <see cref="DefaultMotion"/>, or
    /// look alone in a library that knows nothing of motion. What is best is in docs/search.md.</summary>
    public double? Motion { get; init; }

    /// <summary>Whether a moment is compared with all other videos rather than with those of its group.</summary>
    public bool InLibrary { get; init; }

    /// <summary>Which videos are a group: a number of folders that their paths begin with, or a regular expression
    /// whose first group, or all of it, is the name; null: those of one tag.</summary>
    public string? Group { get; init; }

    /// <summary>Other videos that count: those whose most similar moments are most similar.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>How many are told.</summary>
    public int Top { get; init; } = 20;

    /// <summary>As a library takes it.</summary>
    /// <exception cref="BadInputException">Motion is asked for where nothing is known of it.</exception>
    internal UnusualOptions For(LibraryHeader header) =>
        this with { Motion = OptionRange.Motion(Motion, DefaultMotion, header) };

    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal void Validate()
    {
        OptionRange.Motion(Motion);
        OptionRange.Top(Top);
        if (Neighbours is < 1 or > 100) throw new BadInputException($"‹neighbours› is {Neighbours}: give 1 to 100.");
        if (InLibrary && Group is not null)
            throw new BadInputException("‹group› is not read with ‹by› library, where all videos are one group.");
    }
}

/// <summary>A part of a video that is unlike the other videos of its group.</summary>
/// <param name="Part">Where it is; the moment is the most unusual one of it.</param>
/// <param name="Group">Of the video.</param>
/// <param name="Score">How far its distance lies above the median of its group, in standard deviations as the median
/// absolute deviation estimates them.</param>
/// <param name="Distance">1 - mean similarity to the nearest other videos.</param>
/// <param name="Moments">Moments that are in it.</param>
public sealed record UnusualPart(MomentPart Part, string Group, double Score, double Distance, int Moments);

/// <summary>What is unusual in a library.</summary>
/// <param name="Parts">Most unusual first.</param>
/// <param name="Groups">Groups of at least two videos, with the number of their moments.</param>
/// <param name="Compared">Moments that were compared.</param>
/// <param name="Alone">Moments of videos that are alone in their group: they are not judged.</param>
public sealed record UnusualResult(IReadOnlyList<UnusualPart> Parts, IReadOnlyDictionary<string, long> Groups,
    long Compared, long Alone);

/// <summary>
/// Finds moments that no other video of their group has the like of. The distance of a moment is 1 - the mean of its
/// similarities to the k nearest other videos, of each of which the most similar moment counts: a moment's own video
/// says nothing, and one copy does not make it usual. Distances of a group are measured from its median in units of
/// its median absolute deviation × 1.4826, at least 0.005, so that quiet and busy cameras can stand in one list.
/// </summary>
public static class UnusualMoments
{
    private const double LeastDeviation = 0.005; // float16 and the network's noise alone make about a fifth of it

    /// <summary>Finds them.</summary>
    /// <param name="library">Where.</param>
    /// <param name="options">What moments are compared with.</param>
    /// <param name="stop">Stops between products.</param>
    /// <exception cref="BadInputException">An option is out of range.</exception>
    public static UnusualResult Find(MomentLibrary library, UnusualOptions? options = null,
        CancellationToken stop = default)
    {
        options ??= new();
        options.Validate();
        options = options.For(library.Header);
        VideoGroups groups = VideoGroups.By(options.Group);
        library.Refresh();
        MomentPairs pairs = MomentPairs.Load(library, Slider.At(options.Motion!.Value, library.Header.Concepts > 0),
            stop);
        string[] of = [.. pairs.Videos.Select(video => options.InLibrary ? "" : groups.Of(video.Video))];
        NearestVideos[] nearest = [.. pairs.Videos.Select(video => new NearestVideos(video.Count, options.Neighbours))];
        pairs.Compare(of, (a, firstA, b, firstB, tile) => Take(tile, nearest[a], a, firstA, nearest[b], b, firstB),
            library.Work, stop);
        List<(long Moment, float Score, double Distance)> scores = [];
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var group in Enumerable.Range(0, of.Length).GroupBy(video => of[video], StringComparer.Ordinal))
        {
            (long, double Distance)[] known = [.. group.SelectMany(video => Enumerable
                .Range(0, pairs.Videos[video].Count)
                .Select(i => (pairs.Videos[video].First + i, nearest[video].Distance(i)))
                .Where(moment => !double.IsNaN(moment.Item2)))];
            if (known.Length == 0) continue;
            sizes[group.Key] = known.Length;
            double median = Median(known.Select(m => m.Distance));
            double deviation = Math.Max(LeastDeviation,
                1.4826 * Median(known.Select(m => Math.Abs(m.Distance - median))));
            foreach ((long id, double distance) in known)
                scores.Add((id, (float)((distance - median) / deviation), distance));
        }
        return new([.. Parts(library, scores, options, of, pairs, stop)], sizes, scores.Count,
            pairs.Count - scores.Count);
    }

    private static IEnumerable<UnusualPart> Parts(MomentLibrary library,
        List<(long Moment, float Score, double Distance)> scores, UnusualOptions options, string[] groups,
        MomentPairs pairs, CancellationToken stop)
    {
        var ranked = scores.OrderByDescending(s => s.Score).ThenBy(s => s.Moment).ToArray();
        Dictionary<long, double> distances = ranked.ToDictionary(s => s.Moment, s => s.Distance);
        Dictionary<long, string> names = pairs.Videos.Zip(groups).ToDictionary(p => p.First.Video.Id, p => p.Second);
        Dictionary<long, float> score = ranked.ToDictionary(s => s.Moment, s => s.Score);
        var moments = ranked.Chunk(4 * options.Top).SelectMany(some =>
        {
            stop.ThrowIfCancellationRequested();
            return library.Store.Moments([.. some.Select(s => s.Moment)]);
        }).Select(moment => (moment, score[moment.Id]));
        foreach (MergedHit hit in HitMerging.Of(moments, options.Top, Scored))
        {
            LibraryVideo video = library.Video(hit.Best.VideoId);
            yield return new(MomentPart.Of(library, video, hit.Best, hit.Start, hit.End), names[video.Id], hit.Product,
                distances[hit.Best.Id], hit.Moments);
        }

        (Moment, float)? Scored(long id) => score.TryGetValue(id, out float its)
            && library.Store.Moments([id]) is [var moment] ? (moment, its) : null;
    }

    private static void Take(PairTile tile, NearestVideos rows, int a, int firstA, NearestVideos columns, int b,
        int firstB)
    {
        var best = new float[tile.Columns];
        best.AsSpan().Fill(float.NegativeInfinity);
        for (int i = 0; i < tile.Rows; i++)
        {
            ReadOnlySpan<float> row = tile.Row(i);
            rows.Add(firstA + i, b, TensorPrimitives.Max(row));
            TensorPrimitives.Max(row, best, best);
        }
        for (int j = 0; j < best.Length; j++) columns.Add(firstB + j, a, best[j]);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The k other videos that the moments of a video are most similar to.</summary>
    private sealed class NearestVideos(int moments, int k)
    {
        private readonly float[] _similar = new float[moments * k];
        private readonly int[] _videos = new int[moments * k];
        private readonly byte[] _counts = new byte[moments];

        public void Add(int moment, int video, float similarity)
        {
            Span<float> similar = _similar.AsSpan(moment * k, k);
            Span<int> videos = _videos.AsSpan(moment * k, k);
            int count = _counts[moment], at = videos[..count].IndexOf(video); // a long video comes in several parts
            if (at < 0 && count < k) at = _counts[moment]++;
            else if (at < 0) at = TensorPrimitives.IndexOfMin<float>(similar);
            else if (similar[at] >= similarity) return;
            if (count == k && similar[at] >= similarity) return;
            (similar[at], videos[at]) = (similarity, video);
        }

        public double Distance(int moment)
        {
            int count = _counts[moment];
            return count == 0 ? double.NaN
                : 1 - (TensorPrimitives.Sum<float>(_similar.AsSpan(moment * k, count)) / count);
        }
    }
}
