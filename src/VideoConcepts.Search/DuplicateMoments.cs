using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>What counts as a duplicate.</summary>
public sealed record DuplicateOptions
{
    /// <summary>What <see cref="Threshold"/> is where none is given. How well it does is in docs/search.md.</summary>
    public const double DefaultThreshold = 0.99;

    /// <summary>How much motion counts, from 0, look alone, to 1, motion alone. Copies that were encoded anew differ
    /// less in look, see docs/search.md.</summary>
    public double Motion { get; init; }

    /// <summary>The least similarity of two moments that are alike, above 0 up to 1.</summary>
    public double Threshold { get; init; } = DefaultThreshold;

    /// <summary>The least number of moments of a stretch, one after another at one time shift; of a video with fewer
    /// all of them.</summary>
    public int Moments { get; init; } = 6;

    /// <summary>Groups.</summary>
    public int Top { get; init; } = 20;

    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal void Validate()
    {
        OptionRange.Motion(Motion);
        OptionRange.Top(Top);
        if (!(Threshold is > 0 and <= 1))
            throw new BadInputException($"‹threshold› is {Threshold}: give above 0 to 1.");
        if (Moments is < 1 or > 1_000_000)
            throw new BadInputException($"‹moments› is {Moments}: give a number from 1 on.");
    }
}

/// <summary>A part of one video that is a part of another one at a time shift.</summary>
/// <param name="A">Of the video that was added first.</param>
/// <param name="B">Of the other one.</param>
/// <param name="Shift">Seconds that it is later in the second video.</param>
/// <param name="Similarity">Mean over the moments.</param>
/// <param name="Moments">Moments that are alike.</param>
public sealed record DuplicateStretch(MomentPart A, MomentPart B, double Shift, double Similarity, int Moments);

/// <summary>Parts of several videos that show the same.</summary>
/// <param name="Parts">In the order of the videos and of time.</param>
/// <param name="Stretches">What connects them, longest first.</param>
/// <param name="Similarity">Mean over the stretches' moments.</param>
public sealed record DuplicateGroup(IReadOnlyList<MomentPart> Parts, IReadOnlyList<DuplicateStretch> Stretches,
    double Similarity);

/// <summary>What is in a library more than once.</summary>
/// <param name="Groups">Those whose parts are longest first.</param>
/// <param name="Found">Groups in all.</param>
/// <param name="Compared">Moments of the library.</param>
public sealed record DuplicateResult(IReadOnlyList<DuplicateGroup> Groups, int Found, long Compared);

/// <summary>
/// Finds what several videos of a library have in common. For each moment and each other video the most similar moment
/// tells a time shift; where moments are similar enough all along at such a shift is a stretch. Parts that overlap by
/// half of the shorter one, and parts of one stretch, are one group.
/// </summary>
public static class DuplicateMoments
{
    private const int MostMatches = 50_000_000;

    /// <summary>Finds them.</summary>
    /// <param name="library">Where.</param>
    /// <param name="options">What counts.</param>
    /// <param name="stop">Stops between products.</param>
    /// <exception cref="BadInputException">An option is out of range, or nearly all moments are alike.</exception>
    public static DuplicateResult Find(MomentLibrary library, DuplicateOptions? options = null,
        CancellationToken stop = default)
    {
        options ??= new();
        options.Validate();
        double motion = OptionRange.Motion(options.Motion, 0, library.Header);
        library.Refresh();
        MomentPairs pairs = MomentPairs.Load(library, Slider.At(motion, library.Header.Concepts > 0), stop);
        var matches = new Dictionary<(int A, int B), List<MomentMatch>>();
        long found = 0;
        pairs.Compare(null, (a, firstA, b, firstB, tile) =>
        {
            List<MomentMatch> some = Matches(tile, firstA, firstB, (float)options.Threshold);
            if (some.Count == 0) return;
            if ((found += some.Count) > MostMatches)
                throw new BadInputException($"‹threshold› {options.Threshold}: nearly all moments are alike by it; "
                    + "give a larger one.");
            if (!matches.TryGetValue((a, b), out List<MomentMatch>? list)) matches[(a, b)] = list = [];
            list.AddRange(some);
        }, library.Work, stop);
        var places = new Dictionary<int, Moment[]>();
        List<FoundStretch> stretches = [];
        foreach (((int a, int b), List<MomentMatch> of) in matches)
        {
            stop.ThrowIfCancellationRequested();
            stretches.AddRange(FoundStretch.Of(a, Places(a), b, Places(b), of,
                    (i, j) => pairs.Similarity(a, i, b, j), options.Threshold)
                .Where(stretch => stretch.Moments >= Math.Min(options.Moments,
                    Math.Min(pairs.Videos[a].Count, pairs.Videos[b].Count))));
        }
        DuplicateGroup[] groups = [.. DuplicateGroups.Of(stretches).Select(group => Named(group))
            .OrderByDescending(group => group.Parts.Max(part => part.End - part.Start))
            .ThenByDescending(group => group.Parts.Count).ThenBy(group => group.Parts[0].Moment.Id)];
        return new([.. groups.Take(options.Top)], groups.Length, pairs.Count);

        Moment[] Places(int video)
        {
            if (places.TryGetValue(video, out Moment[]? of)) return of;
            return places[video] = [.. library.MomentsOf(pairs.Videos[video].Video)];
        }

        DuplicateGroup Named(IReadOnlyList<FoundStretch> group) => new(
            [.. DuplicateGroups.Parts(group).Select(part => Part(part))],
            [.. group.OrderByDescending(s => s.A.End - s.A.Start).ThenBy(s => s.A.Video).ThenBy(s => s.B.Video)
                .Select(s => new DuplicateStretch(Part(s.A), Part(s.B), s.B.Start - s.A.Start, s.Similarity,
                    s.Moments))],
            group.Sum(s => s.Similarity * s.Moments) / group.Sum(s => s.Moments));

        MomentPart Part(VideoSpan span)
        {
            double middle = (span.Start + span.End) / 2;
            Moment moment = Places(span.Video).MinBy(m => Math.Abs(((m.Start + m.End) / 2) - middle))!;
            return MomentPart.Of(library, pairs.Videos[span.Video].Video, moment, span.Start, span.End);
        }
    }

    // Of each row, and of each column, the largest that is large enough.
    private static List<MomentMatch> Matches(PairTile tile, int firstA, int firstB, float threshold)
    {
        List<MomentMatch> found = [];
        float[]? best = null;
        int[]? rows = null;
        for (int i = 0; i < tile.Rows; i++)
        {
            ReadOnlySpan<float> row = tile.Row(i);
            int at = TensorPrimitives.IndexOfMax(row);
            if (!(row[at] >= threshold)) continue;
            found.Add(new(firstA + i, firstB + at, row[at]));
            best ??= new float[tile.Columns];
            rows ??= new int[tile.Columns];
            for (int j = 0; j < row.Length; j++)
                if (row[j] >= threshold && row[j] > best[j]) (best[j], rows[j]) = (row[j], i);
        }
        for (int j = 0; j < best?.Length; j++)
            if (best[j] > 0) found.Add(new(firstA + rows![j], firstB + j, best[j]));
        return found;
    }
}
