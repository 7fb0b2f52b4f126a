using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Training;

namespace VideoConcepts.Reports;

/// <summary>
/// The parts of a report that any run has: what its loss terms mean, neighbours, and the clips of its concepts.
/// </summary>
internal static class ReportParts
{
    private const int ShownQueries = 6, ShownNeighbours = 6, ShownConcepts = 4, ShownClips = 4;

    internal static readonly IReadOnlyDictionary<string, string> TermMeanings = new Dictionary<string, string>
    {
        ["I_vv"] = "two clips of a video find each other among the batch",
        ["I_vs"] = "a clip and a still frame of its video find each other",
        ["I_vd"] = "a clip and the frame differences of its video find each other",
        ["loss_static"] = "clips and still frames agree on static concepts",
        ["loss_dynamic"] = "clips and frame differences agree on dynamic concepts",
        ["entropy_static"] = "frame differences stay undecided on static concepts",
        ["entropy_dynamic"] = "still frames stay undecided on dynamic concepts",
        ["rec_v"] = "concepts of a clip suffice to rebuild its feature",
        ["rec_s"] = "static concepts rebuild a still frame's feature",
        ["rec_d"] = "dynamic concepts rebuild a frame difference's feature",
        ["local_v"] = "a concept finds the same in two clips of a video",
        ["local_s"] = "a static concept finds the same in two still frames",
        ["local_d"] = "a dynamic concept finds the same in two frame differences",
        ["high"] = "two clips of a video find each other by high-level features",
        ["mid"] = "and by mid-level features, told from their reversals in time",
        ["low"] = "and by low-level features, told from their reversals in time",
        ["high_time"] = "each step in time finds its like in the overview of the video",
        ["mid_time"] = "the same with mid-level features",
        ["low_time"] = "the same with low-level features",
        ["proto"] = "a clip foretells the prototype of the video's other clip",
        ["balance"] = "added to weigh still frames and frame differences alike",
        ["graph"] = "videos that look alike and share concepts come near",
        ["graph_high"] = "videos that look alike and share a prototype come near",
        ["graph_mid"] = "the same with mid-level features",
        ["graph_low"] = "the same with low-level features",
    };

    /// <summary>The curves of a run's loss terms, explained; the total first. None if there is no log.</summary>
    /// <param name="metrics">Its metrics.jsonl.</param>
    public static IReadOnlyList<LossCurve> Curves(string metrics) =>
        [.. MetricsLog.ReadLosses(metrics)
            .Select(l => new LossCurve(l.Term, [.. l.Points.Select(p => new CurvePoint(p.Step, p.Value))],
            TermMeanings.GetValueOrDefault(l.Term, "")))];

    /// <summary>What <see cref="LearningVerdict.OfRun"/> says of a run; null if it says nothing.</summary>
    public static ReportVerdict? Verdict(LearningVerdict? verdict) => verdict is null ? null : new ReportVerdict(
        verdict.Text, Math.Max(verdict.Look, verdict.Motion) <= LearningVerdict.Learned, [.. verdict.Lines()]);

    /// <summary>Some videos of a table, spread over its classes or, without classes, over the table, each with what
    /// was found for it.</summary>
    /// <param name="queries">The videos that ask.</param>
    /// <param name="gallery">Those that were searched; null: the other ones of the same table.</param>
    /// <param name="own">Rows of the same table that a query does not search; null: itself alone.</param>
    /// <param name="queryClasses">The classes of a query row.</param>
    /// <param name="galleryClasses">The classes of a gallery row.</param>
    public static IReadOnlyList<ReportQuery> Queries(
        FeatureTable queries,
        FeatureTable? gallery,
        OwnVideo? own,
        Func<int, FactorClass[]> queryClasses,
        Func<int, FactorClass[]> galleryClasses)
    {
        int[] rows = EvenRows.OfClasses([.. queries.Videos.Select(video => video.Label)], ShownQueries);
        IReadOnlyList<VideoEntry> searched = (gallery ?? queries).Videos;
        Neighbours found = gallery is null
            ? SearchWithin(queries, rows, own ?? OwnVideo.Alone(queries.Rows))
            : Chosen(Retrieval.Search(queries, gallery, ShownNeighbours), rows);
        var strips = new ThumbnailStrip();
        return [.. rows.Select((row, i) => new ReportQuery(
            strips.OfVideo(queries.Videos[row]), NameOf(queries.Videos[row]), queryClasses(row),
            [.. found.Indices[i].Zip(found.Cosines[i], (index, cosine) => new ReportNeighbour(
                strips.OfVideo(searched[index]), NameOf(searched[index]), galleryClasses(index), cosine))]))];
    }

    /// <summary>The concepts that lead most often, with the clips that score highest.</summary>
    /// <param name="scores">Of all clips, (N, 2K).</param>
    /// <param name="clips">How they were cut.</param>
    /// <param name="caption">What to say of a video.</param>
    public static IReadOnlyList<ReportConcept> Concepts(
        ClipTable scores, ClipOptions clips, Func<VideoEntry, string> caption)
    {
        var gallery = new ConceptGallery(scores);
        var strips = new ThumbnailStrip();
        return [.. from kind in (ConceptKind[])[ConceptKind.Static, ConceptKind.Dynamic]
                   from concept in gallery.MostUsed(kind, ShownConcepts, ShownClips)
                   select new ReportConcept(kind, concept.Index, concept.Usage, concept.Selectivity,
                       [.. concept.Clips.Select(c => new ReportClip(
                           strips.OfWindow(c.Origin, clips), caption(c.Origin.Video), c.Score))])];
    }

    /// <summary>What a video is called on the page: its folder's or its ZIP's name.</summary>
    public static string NameOf(VideoEntry video) => ClassTitles.Shown(FrameArchive.IsNamed(video.Path)
        ? Path.GetFileNameWithoutExtension(video.Path) : Path.GetFileName(video.Path));

    /// <summary>Two parts of a caption, of which either may be empty.</summary>
    public static string Caption(string? first, string? second) =>
        string.Join(" · ", new[] { first, second }.Where(part => !string.IsNullOrEmpty(part)));

    // Only the rows that are shown ask: all of a long list would take as long as its R@k.
    private static Neighbours SearchWithin(FeatureTable table, int[] rows, OwnVideo own)
    {
        float[] values = [.. rows.SelectMany(row => table.Row(row).ToArray())];
        var asking = new FeatureTable(values, table.Dimension, [.. rows.Select(row => table.Videos[row])], []);
        int leftOut = rows.Max(row => own.LeftOutOf(row).Count);
        Neighbours found = Retrieval.SearchAlone(asking, table, ShownNeighbours + leftOut);
        int[][] places = [.. rows.Select((row, i) => Enumerable.Range(0, found.Indices[i].Length)
            .Where(place => !own.Is(row, found.Indices[i][place])).Take(ShownNeighbours).ToArray())];
        return new Neighbours([.. places.Select((kept, i) => kept.Select(at => found.Indices[i][at]).ToArray())],
            [.. places.Select((kept, i) => kept.Select(at => found.Cosines[i][at]).ToArray())]);
    }

    private static Neighbours Chosen(Neighbours found, int[] rows) =>
        new([.. rows.Select(row => found.Indices[row])], [.. rows.Select(row => found.Cosines[row])]);
}
