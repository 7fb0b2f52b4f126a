using System.Globalization;
using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>What is counted.</summary>
public sealed record CountOptions
{
    /// <summary>A concept, such as static:3 or dynamic:7; this or <see cref="Tag"/>.</summary>
    public string? Concept { get; init; }

    /// <summary>A tag of videos.</summary>
    public string? Tag { get; init; }

    /// <summary>Seconds of a bin; null: what gives the longest video at most 60 of them.</summary>
    public double? Bin { get; init; }

    /// <summary>A video of the library, by its path there; null: all.</summary>
    public string? Video { get; init; }
}

/// <summary>A stretch of a video.</summary>
/// <param name="Video">Which.</param>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Moments">Moments whose middle is in it.</param>
/// <param name="Count">Those of them that are counted.</param>
public sealed record CountBin(LibraryVideo Video, double Start, double End, int Moments, int Count)
{
    /// <summary>Share of the moments.</summary>
    public double Share => Moments > 0 ? (double)Count / Moments : 0;
}

/// <summary>How often something occurs over time.</summary>
/// <param name="Bins">Those with moments, by video and time.</param>
/// <param name="Bin">Seconds of a bin.</param>
/// <param name="Moments">Moments that were looked at.</param>
/// <param name="Count">Those of them that are counted.</param>
public sealed record CountResult(IReadOnlyList<CountBin> Bins, double Bin, long Moments, long Count)
{
    /// <summary>Share of the moments.</summary>
    public double Share => Moments > 0 ? (double)Count / Moments : 0;
}

/// <summary>
/// Counts over time how often a concept leads: it has the largest score of its kind. Static concepts are read from
/// stills, dynamic ones from differences, as the search by look and by motion does. A tag is one of whole videos.
/// </summary>
public static class ConceptCounts
{
    private const int MostBins = 60;

    private static readonly double[] s_lengths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

    /// <summary>Counts.</summary>
    /// <param name="library">In what.</param>
    /// <param name="options">What.</param>
    /// <param name="stop">Stops between videos.</param>
    /// <exception cref="BadInputException">There is no such concept, tag or video, or an option is out of range.
    /// </exception>
    public static CountResult Count(MomentLibrary library, CountOptions options, CancellationToken stop = default)
    {
        if (options.Concept is null == options.Tag is null)
            throw new BadInputException("give either ‹concept› (such as static:3) or ‹tag›.");
        if (options.Bin is not null and not (>= 0.1 and <= 1e7))
            throw new BadInputException($"‹bin› is {options.Bin}: give 0.1 seconds or more.");
        library.Refresh();
        int k = library.Header.Concepts;
        (int first, int index) = options.Concept is { } concept ? Place(concept, k) : (0, 0);
        IReadOnlyList<LibraryVideo> all = library.Videos;
        LibraryVideo[] videos = [.. all.Where(video => video.Moments > 0
            && (options.Video is null || video.Path == options.Video))];
        if (options.Video is not null && videos.Length == 0)
            throw new BadInputException($"‹video› {options.Video}: the library has no moments of such a path.");
        if (options.Tag is { } tag && all.All(video => video.Tag != tag))
            throw new BadInputException($"‹tag› {tag}: no video has it; the library has "
                + (all.Select(v => v.Tag).OfType<string>().Distinct().Order(StringComparer.Ordinal).Take(20).ToArray()
                    is { Length: > 0 } tags ? string.Join(", ", tags) + "." : "no tags."));
        double bin = options.Bin ?? Length(videos);
        List<CountBin> bins = [];
        library.Work.Track("videos", videos.Length, tick =>
        {
            for (int i = 0; i < videos.Length; i++)
            {
                stop.ThrowIfCancellationRequested();
                bins.AddRange(Bins(videos[i], library.MomentsOf(videos[i]), bin, options.Tag is { } tag
                    ? _ => videos[i].Tag == tag : Leads(library, videos[i], k, first, index)));
                tick(i + 1, "");
            }
            return 0;
        });
        return new(bins, bin, bins.Sum(b => (long)b.Moments), bins.Sum(b => (long)b.Count));
    }

    private static IEnumerable<CountBin> Bins(LibraryVideo video, IReadOnlyList<Moment> moments, double length,
        Func<Moment, bool> counts) => moments
        .GroupBy(moment => (long)Math.Floor((moment.Start + moment.End) / 2 / length)).OrderBy(bin => bin.Key)
        .Select(bin => new CountBin(video, bin.Key * length, Math.Min((bin.Key + 1) * length,
            Math.Max(video.Duration, bin.Max(m => m.End))), bin.Count(), bin.Count(counts)));

    private static Func<Moment, bool> Leads(MomentLibrary library, LibraryVideo video, int k, int first, int index)
    {
        var leading = new HashSet<long>();
        foreach (MomentBlock block in library.Store.Blocks(MomentParts.Scores, video.Id))
            for (int i = 0; i < block.Count; i++)
            {
                ReadOnlySpan<float> scores = block.Scores.AsSpan((i * 4 * k) + first, k);
                if (TensorPrimitives.IndexOfMax(scores) == index) leading.Add(block.First + i);
            }
        return moment => leading.Contains(moment.Id);
    }

    private static (int First, int Index) Place(string concept, int k)
    {
        if (k == 0) throw new BadInputException($"‹concept› {concept}: the library's model has no concepts.");
        string[] parts = concept.Split(':');
        int first = parts[0] switch { "static" => 2 * k, "dynamic" => 3 * k, _ => -1 };
        if (parts.Length != 2 || first < 0
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= k)
            throw new BadInputException($"‹concept› {concept}: give static:0 to static:{k - 1}, or dynamic:0 to "
                + $"dynamic:{k - 1}.");
        return (first, index);
    }

    private static double Length(LibraryVideo[] videos)
    {
        double longest = videos.Select(video => video.Duration).DefaultIfEmpty(0).Max();
        double length = s_lengths.FirstOrDefault(length => length * MostBins >= longest);
        return length > 0 ? length : 3600 * Math.Ceiling(longest / MostBins / 3600);
    }
}
