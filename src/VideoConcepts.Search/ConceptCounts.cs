using System.Globalization;

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
/// Counts over time in how many moments a concept stands out most of its kind, as <see cref="ConceptReadings"/> reads
/// them. A tag is one of whole videos.
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
        (bool isDynamic, int index) = options.Concept is { } concept ? Place(concept, k) : default;
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
        Func<Moment, bool> counts = options.Concept is null ? _ => true
            : StandsOut(library, isDynamic, index, stop);
        List<CountBin> bins = [];
        library.Work.Track("videos", videos.Length, tick =>
        {
            for (int i = 0; i < videos.Length; i++)
            {
                stop.ThrowIfCancellationRequested();
                bins.AddRange(Bins(videos[i], library.MomentsOf(videos[i]), bin, options.Tag is { } name
                    ? _ => videos[i].Tag == name : counts));
                tick(i + 1, "");
            }
            return 0;
        });
        return new(bins, bin, bins.Sum(b => (long)b.Moments), bins.Sum(b => (long)b.Count));
    }

    /// <summary>The bins of a video that have moments.</summary>
    /// <param name="video">Which.</param>
    /// <param name="moments">Its moments.</param>
    /// <param name="length">Of a bin, in seconds.</param>
    /// <param name="counts">Whether a moment is counted.</param>
    internal static IEnumerable<CountBin> Bins(LibraryVideo video, IEnumerable<Moment> moments, double length,
        Func<Moment, bool> counts) => moments
        .GroupBy(moment => (long)Math.Floor((moment.Start + moment.End) / 2 / length)).OrderBy(bin => bin.Key)
        .Select(bin => new CountBin(video, bin.Key * length, Math.Min((bin.Key + 1) * length,
            Math.Max(video.Duration, bin.Max(m => m.End))), bin.Count(), bin.Count(counts)));

    /// <summary>The length of a bin of which the longest video has at most sixty.</summary>
    internal static double Length(IEnumerable<LibraryVideo> videos)
    {
        double longest = videos.Select(video => video.Duration).DefaultIfEmpty(0).Max();
        double length = s_lengths.FirstOrDefault(length => length * MostBins >= longest);
        return length > 0 ? length : 3600 * Math.Ceiling(longest / MostBins / 3600);
    }

    private static Func<Moment, bool> StandsOut(MomentLibrary library, bool isDynamic, int index,
        CancellationToken stop)
    {
        ConceptReadings read = library.Work.Track("concepts", 1, _ => ConceptReadings.Of(library.Store, stop));
        ushort[] concepts = isDynamic ? read.Motions : read.Looks;
        HashSet<long> its = [];
        int at = 0;
        foreach (MomentBlock block in library.Store.Blocks(MomentParts.None))
            for (int i = 0; i < block.Count && at < concepts.Length; i++, at++)
                if (concepts[at] == index) its.Add(block.First + i);
        return moment => its.Contains(moment.Id);
    }

    private static (bool IsDynamic, int Index) Place(string concept, int k)
    {
        if (k == 0) throw new BadInputException($"‹concept› {concept}: the library's model has no concepts.");
        string[] parts = concept.Split(':');
        if (parts.Length != 2 || parts[0] is not ("static" or "dynamic")
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= k)
            throw new BadInputException($"‹concept› {concept}: give static:0 to static:{k - 1}, or dynamic:0 to "
                + $"dynamic:{k - 1}.");
        return (parts[0] == "dynamic", index);
    }
}
