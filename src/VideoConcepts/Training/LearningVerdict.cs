using System.Globalization;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>Share of clips whose leading concept of a head changes when the clip is changed; 0 to 1.</summary>
/// <param name="Head">The head.</param>
/// <param name="Frozen">The frame in the middle stands still.</param>
/// <param name="Reversed">Time runs backwards.</param>
/// <param name="Shuffled">The frames come in another order.</param>
public sealed record ConceptChange(ConceptHead Head, double Frozen, double Reversed, double Shuffled);

/// <summary>What a run learned, told without labels.</summary>
/// <param name="Look">I_vs at the end over its value by chance: 1 if clips and static views tell nothing of each
/// other.</param>
/// <param name="Motion">I_vd likewise.</param>
/// <param name="Changes">What each head of clips and of difference views makes of changed clips.</param>
public sealed record LearningVerdict(double Look, double Motion, IReadOnlyList<ConceptChange> Changes)
{
    /// <summary>At most this share of the value by chance counts as learned: a rule of thumb.</summary>
    public const double Learned = 0.7;

    private const int MostVideos = 16;

    /// <summary>In words.</summary>
    public string Text => (Look <= Learned, Motion <= Learned) switch
    {
        (true, true) => "look and motion were learned",
        (true, false) => "trust the look; the motion was not learned, for clips hardly tell their own difference views "
            + "from other videos' (evaluate concepts --diagnose says why, docs/real-videos.md what helps)",
        (false, true) => "trust the motion; the look was not learned, for clips hardly tell their own frames from "
            + "other videos'",
        _ => "neither look nor motion was learned: train longer, or on more videos",
    };

    /// <summary>Looks at some videos of the list that the model was trained on.</summary>
    /// <param name="model">Is put into evaluation mode.</param>
    /// <param name="options">Of the run.</param>
    /// <param name="terms">The loss terms of its last interval.</param>
    /// <param name="videos">Those that are long enough to be trained on are looked at.</param>
    /// <param name="batch">Videos of a step, of all processes.</param>
    /// <param name="progress">Told the number of clips done.</param>
    /// <param name="stop">Stops between batches.</param>
    internal static LearningVerdict Of(ConceptModel model, TrainOptions options,
        IReadOnlyList<KeyValuePair<string, double>> terms, IReadOnlyList<VideoEntry> videos, int batch,
        IProgress<long>? progress = null, CancellationToken stop = default)
    {
        model.eval();
        (double look, double motion) = ContrastBalance.Chance(batch, options.StaticNegatives);
        double Value(string term) => terms.First(t => t.Key == term).Value;
        var reading = new ConceptReading(model, options.Difference);
        ConceptHead[] heads = [.. reading.Heads.Where(h => h.Views != ConceptReading.Stills)];
        VideoSelection some = Some(Usable(options, videos));
        FeatureExtractor extractor = Extractor(model, options, some);
        var changed = new int[heads.Length, 3];
        int clips = 0;
        extractor.Visit(some, AllVersions, (_, _, output) =>
        {
            clips++;
            int scores = output.Length / 4;
            for (int h = 0; h < heads.Length; h++)
                for (int change = 0; change < 3; change++)
                    if (Leading(output, 0, heads[h]) != Leading(output, (change + 1) * scores, heads[h]))
                        changed[h, change]++;
        }, 0, progress, stop);
        double Of(int head, int change) => changed[head, change] / (double)clips;
        return new LearningVerdict(Value("I_vs") / look, Value("I_vd") / motion,
            [.. heads.Select((head, h) => new ConceptChange(head, Of(h, 0), Of(h, 1), Of(h, 2)))]);

        // (N, 4·4K): scores of the clips as they are, frozen, reversed and shuffled
        Tensor AllVersions(Tensor x) => cat([reading.Scores(x), reading.Scores(ClipChanges.Frozen(x)),
            reading.Scores(ClipChanges.Reversed(x)), reading.Scores(ClipChanges.OddThenEven(x))], 1);
    }

    /// <summary>The same of a checkpoint, with the loss terms that its run logged last before it.</summary>
    /// <param name="checkpoint">The file; the log lies beside it.</param>
    /// <param name="model">What it holds; is put into evaluation mode.</param>
    /// <param name="videos">Those that are long enough to be trained on are looked at.</param>
    /// <param name="progress">Told the number of clips done.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>Null of weights without a run or without a log, of models without concepts, and of videos that are all
    /// too short.</returns>
    public static LearningVerdict? OfRun(string checkpoint, IVideoModel model, IReadOnlyList<VideoEntry> videos,
        IProgress<long>? progress = null, CancellationToken stop = default)
    {
        if (model is not ConceptModel concepts || !Checkpoint.HoldsRunState(checkpoint)) return null;
        (TrainOptions options, RunState run) = Checkpoint.ReadRun(checkpoint);
        string log = Path.Combine(Path.GetDirectoryName(checkpoint)!, MetricsLog.FileName);
        KeyValuePair<string, double>[] terms = [.. from curve in MetricsLog.ReadLosses(log)
                                                   let before = curve.Points.Where(p => p.Step <= run.Position.Step)
                                                   where before.Any()
                                                   select KeyValuePair.Create(curve.Term, before.Last().Value)];
        return terms.Count(t => t.Key is "I_vs" or "I_vd") < 2 || Usable(options, videos).Count == 0 ? null
            : Of(concepts, options, terms, videos, options.TrainBatch * run.Processes, progress, stop);
    }

    /// <summary>How many clips <see cref="Of"/> looks at, the final value of its progress.</summary>
    public static long Clips(TrainOptions options, IReadOnlyList<VideoEntry> videos) =>
        Math.Min(MostVideos, Usable(options, videos).Count);

    // One window of each, at the rate in the middle of those that were trained, or what the shortest video has.
    private static FeatureExtractor Extractor(ConceptModel model, TrainOptions options, VideoSelection videos)
    {
        int middle = (int)Math.Round((options.RateMin + options.Rate) / 2);
        // at least S: shorter ones are not trained on
        int most = videos.Min(video => video.Shots.Longest) / options.Seq;
        var clips = new ClipOptions
        {
            Frames = options.Seq,
            Size = options.ImgDim,
            FrameStride = Math.Clamp(middle, 1, Math.Max(1, most)),
            MaxWindows = 1,
            Uniform = true,
        };
        return new FeatureExtractor(clips, new ExtractionOptions { BatchSize = 4, Device = model.backbone.Device },
            FrameReaders.Create);
    }

    private static IReadOnlyList<VideoEntry> Usable(TrainOptions options, IReadOnlyList<VideoEntry> videos) =>
        VideoSelection.Longer(videos, options.Sample * options.Seq).Longer;

    // Spread over the list.
    private static VideoSelection Some(IReadOnlyList<VideoEntry> videos)
    {
        int count = Math.Min(MostVideos, videos.Count);
        int[] places = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * videos.Count / count))];
        return new VideoSelection(videos, places);
    }

    private static int Leading(ReadOnlySpan<float> output, int from, ConceptHead head) =>
        Metrics.Predictions(output.Slice(from + head.First, head.Concepts), head.Concepts)[0];

    /// <summary>The figures behind <see cref="Text"/>: a line on the contrasts, then one for each head.</summary>
    public IEnumerable<string> Lines() =>
    [
        string.Create(CultureInfo.InvariantCulture,
            $"I_vs is {100 * Look:F0} % and I_vd {100 * Motion:F0} % of its value by chance"),
        .. Changes.Select(c => string.Create(CultureInfo.InvariantCulture,
            $"leading {c.Head.Kind} concept, read from {c.Head.Views}: changes for {100 * c.Frozen:F0} % of clips ")
            + string.Create(CultureInfo.InvariantCulture,
                $"that are frozen, {100 * c.Reversed:F0} % reversed, {100 * c.Shuffled:F0} % shuffled")),
    ];
}
