using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Reports;

/// <summary>What a model makes of the videos of a list.</summary>
/// <param name="Features">Per video, the mean of its windows' unit features.</param>
/// <param name="Scores">Per window, the scores (N, 2K) of its concepts; null of a model that has none.</param>
/// <param name="TimeCues">Null if they were not asked for.</param>
internal sealed record ModelOutputs(FeatureTable Features, ClipTable? Scores, ReportTimeCues? TimeCues);

/// <summary>
/// One pass of a model over videos for all that is shown of it: each frame is decoded once, and each window goes
/// through the backbone once, and reversed in time once more where time cues are asked for. Those are learned from
/// three of four videos, which are therefore visited first.
/// </summary>
/// <param name="model">Put into evaluation mode.</param>
/// <param name="clips">How videos are cut.</param>
/// <param name="extraction">How they are read, and where the model is.</param>
/// <param name="openReader">Makes a frame reader; called once per decoding thread.</param>
internal sealed class ModelPass(IVideoModel model, ClipOptions clips, ExtractionOptions extraction,
    Func<IFrameReader> openReader)
{
    // D features, K concepts of each kind, (t, h, w) positions of the backbone's maps.

    private readonly int _features = model.Backbone.FeatureSize;
    private readonly int _scores = model is ConceptModel concepts ? 2 * concepts.Options.Concepts : 0;

    /// <summary>Windows that <see cref="Run"/> goes through, the final value of its progress.</summary>
    public long Windows(IReadOnlyList<VideoEntry> videos, TimeCueStudy? cues = null)
    {
        (IReadOnlyList<VideoEntry> kept, _) = VideoSelection.Longer(videos, EvaluationClips.LongestDropped(clips));
        return Parts(kept, cues)
            .Sum(part => Extractor(part).CountWindows(new VideoSelection(kept, part.Rows)));
    }

    /// <summary>Looks at all videos.</summary>
    /// <param name="videos">The list; too short ones are left out.</param>
    /// <param name="cues">What to make of time cues; null leaves them out.</param>
    /// <param name="progress">Told the number of windows done.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="BadInputException">There are too few videos that are long enough.</exception>
    public ModelOutputs Run(IReadOnlyList<VideoEntry> videos, TimeCueStudy? cues = null,
        IProgress<long>? progress = null, CancellationToken stop = default)
    {
        model.Module.eval();
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) =
            new FeatureExtractor(clips, extraction, openReader).Split(videos);
        var found = new Found(kept, clips, _features, _scores);
        cues?.Begin(kept.Count);
        long done = 0;
        foreach (Part part in Parts(kept, cues))
        {
            if (part.IsHeldOut) cues!.Train();
            done += Visit(part, found, cues, progress is null ? null : new Shifted(progress, done), stop);
        }

        return new ModelOutputs(found.Features(dropped), found.Scores(dropped), cues?.Result());
    }

    /// <summary>Rows of the list that are visited together, and whether a map is drawn of the middle of each.</summary>
    private sealed record Part(int[] Rows, bool IsHeldOut, bool HasMaps);

    private static IEnumerable<Part> Parts(IReadOnlyList<VideoEntry> videos, TimeCueStudy? cues)
    {
        int[] rows = [.. Enumerable.Range(0, videos.Count)];
        if (cues is null) return [new Part(rows, false, false)];
        int[] held = TimeCueStudy.ShownFirst(videos, [.. rows.Where(TimeCueStudy.IsHeldOut)]);
        int[] mapped = held[..cues.MapsOf(held.Length)];
        Part[] parts = [new([.. rows.Where(row => !TimeCueStudy.IsHeldOut(row))], false, false),
            new(mapped, true, true), new(held[mapped.Length..], true, false)];
        return parts.Where(part => part.Rows.Length > 0);
    }

    private FeatureExtractor Extractor(Part part) =>
        new(part.HasMaps ? clips with { AndMiddle = true } : clips, extraction, openReader);

    /// <summary>Returns the number of windows.</summary>
    private long Visit(Part part, Found found, TimeCueStudy? cues, IProgress<long>? progress, CancellationToken stop)
    {
        FeatureExtractor extractor = Extractor(part);
        long[] positions = [];
        var videos = new VideoSelection(found.Videos, part.Rows);
        long windows = extractor.CountWindows(videos);
        // refused before anything is computed: most are in the first part
        if (cues is not null) FeatureTable.Length(windows, 2 * _features, "windows", videos[0].ListFile);
        int current = -1, pair = _features + _scores;
        VideoEntry video = videos[0];
        extractor.Visit(videos, Network, (index, start, output) =>
        {
            if (index != current) (current, video) = (index, videos[index]);
            int row = part.Rows[index];
            ReadOnlySpan<float> reversed = cues is null ? [] : output.Slice(pair, _features);
            if (found.Add(row, start, output[..pair]))
                cues?.Add(new ClipOrigin(video, start), output[.._features], reversed);
            if (part.HasMaps && start == EvaluationClips.MiddleStart(video.Shots, clips))
                cues!.Draw(new ClipOrigin(video, start), output[(pair + _features)..], positions);
        }, 0, progress, stop);
        return windows;

        // (N, D + 2K + D + t·h·w): features, scores, features of the reversed clips, time cues at each position
        Tensor Network(Tensor batch)
        {
            BackboneOutput output = model.Backbone.call(batch);
            List<Tensor> all = [output.Feat];
            if (model is ConceptModel concepts) all.Add(concepts.ClipScores(output.Feat));
            if (cues is not null) all.Add(model.Backbone.call(TimeCues.Reversed(batch)).Feat);
            if (part.HasMaps)
            {
                Tensor map = cues!.Cues.At(output.Maps);
                positions = map.shape[1..];
                all.Add(map.flatten(1));
            }

            return cat(all, 1);
        }
    }

    /// <summary>What was found so far, in the order of the list, whatever the order of the visits.</summary>
    private sealed class Found
    {
        private readonly ClipOptions _clips;
        private readonly long[] _firstWindow;
        private readonly MeanFeature _mean;
        private readonly float[] _features, _scores;
        private readonly int _dimension, _columns;
        private int _row = -1;
        private int[] _starts = []; // of that row: one video is visited after the other

        public Found(IReadOnlyList<VideoEntry> videos, ClipOptions clips, int dimension, int columns)
        {
            (Videos, _clips, _dimension, _columns) = (videos, clips, dimension, columns);
            _mean = new MeanFeature(dimension, unit: true);
            _firstWindow = new long[videos.Count + 1];
            for (int row = 0; row < videos.Count; row++)
                _firstWindow[row + 1] = _firstWindow[row]
                    + EvaluationClips.CountWindows(VideoSelection.Shots(videos, row), clips);
            _features = new float[FeatureTable.Length(videos, dimension)];
            _scores = new float[FeatureTable.Length(_firstWindow[^1], columns, "windows", videos[0].ListFile)];
        }

        public IReadOnlyList<VideoEntry> Videos { get; }

        /// <summary>False of a window that only a map is wanted of.</summary>
        public bool Add(int row, int start, ReadOnlySpan<float> output)
        {
            if (row != _row) (_row, _starts) = (row, Starts(row));
            int window = Array.BinarySearch(_starts, start);
            if (window < 0) return false;
            _mean.Add(output[.._dimension]);
            if (window == _starts.Length - 1) _mean.Take(_features.AsSpan(row * _dimension, _dimension));
            output[_dimension..].CopyTo(_scores.AsSpan((int)((_firstWindow[row] + window) * _columns), _columns));
            return true;
        }

        public FeatureTable Features(IReadOnlyList<VideoEntry> dropped) => new(_features, _dimension, Videos, dropped);

        public ClipTable? Scores(IReadOnlyList<VideoEntry> dropped) => _columns == 0 ? null
            : new ClipTable(_scores, _columns, [.. Videos.SelectMany((video, row) =>
                Starts(row).Select(start => new ClipOrigin(video, start)))], dropped);

        private int[] Starts(int row) => EvaluationClips.WindowStarts(VideoSelection.Shots(Videos, row), _clips);
    }
}

/// <summary>Progress of a part of the work, which comes after another part.</summary>
internal sealed class Shifted(IProgress<long> progress, long by) : IProgress<long>
{
    public void Report(long value) => progress.Report(by + value);
}
