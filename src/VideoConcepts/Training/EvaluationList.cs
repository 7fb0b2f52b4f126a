using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Training;

/// <summary>
/// The labelled list of <c>--eval_csv</c>, looked at before hours of training are spent on the way to its first use.
/// </summary>
internal static class EvaluationList
{
    /// <summary>The list as evaluation reads it.</summary>
    /// <exception cref="BadInputException">The list cannot be read or has rows without a label.</exception>
    public static VideoList Read(TrainOptions options) =>
        VideoList.Read(options.EvalCsv!, options.Root, requireLabels: true, options.AcrossCuts);

    /// <summary>How evaluation cuts its videos.</summary>
    public static ClipOptions Clips(TrainOptions options) =>
        new()
        {
            Frames = options.Seq,
            Size = options.ImgDim,
            FrameStride = options.Classifier is null ? 1 : (int)options.Rate,
        };

    /// <summary>
    /// Reads the list, and decodes the first and the last frame of each video; several processes share the videos.
    /// </summary>
    /// <exception cref="BadInputException">A row is malformed, all videos are too short, or a frame is missing, cannot
    /// be decoded or is of another size.</exception>
    public static void Check(TrainOptions options, ICommunicator ranks)
    {
        ClipOptions clips = Clips(options).Validated();
        (IReadOnlyList<VideoEntry> used, _) =
            VideoSelection.Longer(Read(options).Videos, EvaluationClips.LongestDropped(clips));
        if (used.Count == 0)
            throw new BadInputException(
                $"‹eval_csv› {options.EvalCsv}: no video has more than {(clips.Span / 2) + 1} frames, nothing can be "
                + "evaluated; use longer videos or a smaller ‹seq›.");
        (IReadOnlyList<VideoEntry> own, _) = VideoSelection.Divide(used, i => i % ranks.Size == ranks.Rank);
        // the first one of the list is told, whatever the threads' timing
        var faults = new BadInputException?[own.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Workers) };
        Parallel.For(0, own.Count, parallel, () => (Reader: FrameReaders.Create(), Frame: new FrameImage()),
            (i, state, work) =>
        {
            if (state.ShouldExitCurrentIteration) return work;
            try
            {
                var size = new SteadySize();
                VideoEntry video = own[i];
                foreach (int position in (int[])[0, video.FrameCount - 1])
                    size.Read(work.Reader, video, position, work.Frame);
            }
            catch (BadInputException fault)
            {
                faults[i] = fault;
                state.Break(); // those before it are still looked at
            }
            return work;
        }, work => work.Reader.Dispose());
        if (faults.FirstOrDefault(fault => fault is not null) is { } first)
            throw new BadInputException($"‹eval_csv› {options.EvalCsv}: {first.Keyed}", first);
    }

    /// <summary>
    /// What a self-supervised run should say of a list that has videos in common with the one that it trains on; null:
    /// nothing.
    /// </summary>
    public static string? Shared(TrainOptions options, VideoList list, IReadOnlyList<VideoEntry> trained)
    {
        if (options.Classifier is not null) return null;
        // of the two lists, this one is the small one
        HashSet<string> evaluated = [.. list.Videos.Select(video => video.Path)], both = [];
        foreach (VideoEntry video in trained)
            if (evaluated.Contains(video.Path)) both.Add(video.Path);
        int shared = list.Videos.Count(video => both.Contains(video.Path));
        return shared == 0 ? null
            : $"the list for evaluation {options.EvalCsv}: {shared} of {list.Videos.Count} videos are in "
                + $"{options.CsvFile} too; "
                + "figures on videos that training sees say less of others";
    }
}
