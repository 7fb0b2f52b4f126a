using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Reports;

/// <summary>
/// Trains the classifier of time cues on three of four videos, tests it on the rest, and draws its maps for some of
/// them, from what a <see cref="ModelPass"/> hands it: the clips of the former, then those of the latter.
/// </summary>
/// <param name="clips">How videos are cut.</param>
/// <param name="boxes">Where the objects are, if that is known.</param>
/// <param name="caption">What to say of a video that is shown; null: nothing.</param>
internal sealed class TimeCueStudy(
    ClipOptions clips, ObjectBoxes? boxes = null, Func<VideoEntry, string>? caption = null) : IDisposable
{
    /// <summary>The fewest videos that one can be held out of.</summary>
    public const int FewestVideos = EveryHeldOut;

    private const int EveryHeldOut = 4, Shown = 6;

    private readonly List<(double Mass, double Area)> _masses = [];
    private readonly List<ReportCue> _shown = [];
    private readonly List<float> _pairs = [];
    private readonly List<ClipOrigin> _origins = [];
    private TimeCues? _cues;

    /// <summary>Whether a video, by its number among those that are long enough, is one to test on.</summary>
    internal static bool IsHeldOut(int video) => video % EveryHeldOut == 0;

    /// <summary>
    /// The rows to test on in the order to visit them: first those that are shown, which are spread over the classes or
    /// the list.
    /// </summary>
    internal static int[] ShownFirst(IReadOnlyList<VideoEntry> videos, int[] heldOut)
    {
        int[] shown = [.. EvenRows.OfClasses([.. heldOut.Select(row => videos[row].Label)], Shown)
            .Select(place => heldOut[place])];
        return [.. shown, .. heldOut.Except(shown)];
    }

    /// <summary>Of how many of the held-out videos a map is wanted: of all that there are boxes for, else of those
    /// that are shown.</summary>
    internal int MapsOf(int heldOut) => boxes is null ? Math.Min(Shown, heldOut) : heldOut;

    /// <summary>The classifier, once it is trained.</summary>
    internal TimeCues Cues => _cues ?? throw new InvalidOperationException("The classifier is not trained yet.");

    /// <exception cref="BadInputException">There are too few videos.</exception>
    internal void Begin(int videos)
    {
        if (videos < FewestVideos)
            throw new BadInputException(
                $"Time cues need at least {FewestVideos} videos that are long enough; there are {videos}.");
    }

    /// <summary>A clip's feature, and that of the same clip reversed.</summary>
    internal void Add(ClipOrigin clip, ReadOnlySpan<float> forward, ReadOnlySpan<float> backward)
    {
        _pairs.AddRange(forward);
        _pairs.AddRange(backward);
        _origins.Add(clip);
    }

    /// <summary>All clips to learn from were added; those that follow are to test on.</summary>
    internal void Train()
    {
        if (_cues is not null) return;
        _cues = TimeCues.Train(Pairs(), new TimeCueOptions());
        _pairs.Clear();
        _origins.Clear();
    }

    /// <summary>The time cues of a held-out clip: (t, h, w), row-major.</summary>
    internal void Draw(ClipOrigin clip, ReadOnlySpan<float> cues, long[] positions)
    {
        float[] map;
        using (NewDisposeScope())
            map = [.. TimeCues.Spread(tensor(cues.ToArray()).view([1, .. positions]), clips.Frames, clips.Size)
                .data<float>()];
        (double Mass, double Area)? inside = boxes is null ? null : ObjectBoxes.Inside(map, clips.Size, Frames(clip));
        if (inside is { } measured && double.IsFinite(measured.Mass)) _masses.Add(measured);
        if (_shown.Count < Shown) _shown.Add(Strips(clip, map, inside));
    }

    internal ReportTimeCues Result() => new(Cues.Accuracy(Pairs()), _origins.Count,
        _masses.Count == 0 ? null
            : (_masses.Average(m => m.Mass), _masses.Average(m => m.Area), _masses.Count), _shown);

    public void Dispose() => _cues?.Dispose();

    private ClipTable Pairs() =>
        new([.. _pairs], _origins.Count == 0 ? 0 : _pairs.Count / _origins.Count, _origins, []);

    private ReportCue Strips(ClipOrigin clip, float[] map, (double Mass, double Area)? inside)
    {
        var strips = new ThumbnailStrip();
        string said = inside is { } i && double.IsFinite(i.Mass)
            ? $"{Markup.Percent(i.Mass)} of the map inside the boxes, which are {Markup.Percent(i.Area)} of the area"
            : "";
        return new ReportCue(
            strips.OfWindow(clip, clips),
            strips.OfMap(clip, clips, map, position => boxes?.Of(clip.Video.Path, position) ?? []),
            ReportParts.Caption(caption?.Invoke(clip.Video), said));
    }

    private List<(IReadOnlyList<CropBox>, CropBox)> Frames(ClipOrigin clip)
    {
        var positions = new int[clips.Frames];
        EvaluationClips.Positions(clip.Video.Shots, clip.Start, clips, positions);
        (int width, int height) = ThumbnailStrip.SizeOf(clip.Video);
        return [.. positions.Select(p =>
            (boxes!.Of(clip.Video.Path, p), TestViews.Box(TestView.Centre, width, height)))];
    }
}
