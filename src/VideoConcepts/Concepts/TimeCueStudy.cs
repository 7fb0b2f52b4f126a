using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Concepts;

/// <summary>Trains the classifier of time cues on three of four videos, tests it on the rest, and draws its maps for some of them.</summary>
/// <param name="backbone">In evaluation mode.</param>
/// <param name="clips">How videos are cut.</param>
/// <param name="extraction">How they are read.</param>
/// <param name="boxes">Where the objects are, if that is known.</param>
public sealed class TimeCueStudy(Backbone backbone, ClipOptions clips, ExtractionOptions extraction, ObjectBoxes? boxes = null)
{
    private const int EveryHeldOut = 4, Shown = 6;

    /// <summary>Clips that <see cref="Run"/> goes through, for progress.</summary>
    public long Clips(IReadOnlyList<VideoEntry> videos) => Extractor(clips).CountWindows(videos);

    /// <exception cref="BadInputException">There are too few videos that are long enough.</exception>
    public ReportTimeCues Run(IReadOnlyList<VideoEntry> videos, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        (IReadOnlyList<VideoEntry> kept, _) = Extractor(clips).Split(videos);
        if (kept.Count < EveryHeldOut) throw new BadInputException($"Time cues need at least {EveryHeldOut} videos that are long enough; there are {kept.Count}.");
        (IReadOnlyList<VideoEntry> train, IReadOnlyList<VideoEntry> test) =
            VideoSelection.Divide(kept, i => i % EveryHeldOut != 0);
        FeatureExtractor extractor = Extractor(clips);
        Func<Tensor, Tensor> both = TimeCues.BothWays(c => backbone.call(c).Feat);
        ClipTable trainPairs = extractor.ExtractClips(train, both, progress, stop);
        using TimeCues cues = TimeCues.Train(trainPairs, new TimeCueOptions());
        ClipTable testPairs = extractor.ExtractClips(test, both, null, stop);

        ClipOptions middle = clips with { MaxWindows = 1, Uniform = true };
        ClipTable maps = Extractor(middle).ExtractClips(boxes is null ? [.. test.Take(Shown)] : test, c => cues.Map(backbone.call(c).Maps, clips.Frames, clips.Size).flatten(1), null, stop);
        var masses = new List<(double Mass, double Area)>();
        var shown = new List<ReportCue>();
        for (int row = 0; row < maps.Origins.Count; row++)
        {
            float[] map = maps.Values[(row * maps.Dimension)..((row + 1) * maps.Dimension)];
            (double Mass, double Area)? inside = boxes is null ? null : ObjectBoxes.Inside(map, clips.Size, Frames(maps.Origins[row]));
            if (inside is { } measured && double.IsFinite(measured.Mass)) masses.Add(measured);
            if (shown.Count < Shown) shown.Add(Draw(maps.Origins[row], map, inside));
        }
        return new ReportTimeCues(cues.Accuracy(testPairs), testPairs.Origins.Count,
            masses.Count == 0 ? null : (masses.Average(m => m.Mass), masses.Average(m => m.Area), masses.Count), shown);
    }

    private FeatureExtractor Extractor(ClipOptions cut) => new(cut, extraction, FrameReaders.Create);

    private ReportCue Draw(ClipOrigin clip, float[] map, (double Mass, double Area)? inside)
    {
        var strips = new ThumbnailStrip();
        string caption = inside is { } i && double.IsFinite(i.Mass) ? $"{Markup.Percent(i.Mass)} of the map inside the boxes, which are {Markup.Percent(i.Area)} of the area" : "";
        return new ReportCue(strips.OfWindow(clip, clips), strips.OfMap(clip, clips, map, position => boxes?.Of(clip.Video.Directory, position) ?? []), caption);
    }

    private List<(IReadOnlyList<CropBox>, CropBox)> Frames(ClipOrigin clip)
    {
        var positions = new int[clips.Frames];
        EvaluationClips.Positions(clip.Video.FrameCount, clip.Start, clips, positions);
        (int width, int height) = ThumbnailStrip.SizeOf(clip.Video);
        return [.. positions.Select(p => (boxes!.Of(clip.Video.Directory, p), TestViews.Box(clips.View, width, height)))];
    }
}
