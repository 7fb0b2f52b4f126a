using VideoConcepts.Data;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Reports;

/// <summary>Figures of one factor before and after training.</summary>
internal sealed record FactorResult(string Factor, double Chance, FactorFigures Random, FactorFigures Trained);

/// <summary>What a model makes of the training and the test videos.</summary>
/// <param name="Train">Features of the training videos.</param>
/// <param name="Test">Features of the test videos.</param>
/// <param name="TestScores">Scores of its concepts on the test videos' windows; null of a model that has none.</param>
internal sealed record FeaturePair(FeatureTable Train, FeatureTable Test, ClipTable? TestScores = null);

/// <summary>What a model knows of the two factors of the synthetic videos, in numbers and in pictures.</summary>
internal sealed class SyntheticStudy
{
    private readonly (string Name, VideoList Train, VideoList Test, IReadOnlyList<string> Classes)[] _factors;
    private readonly ClipOptions _clips;
    private readonly ExtractionOptions _extraction = new() { BatchSize = 32 };

    /// <param name="files">The generated videos.</param>
    /// <param name="options">The run; its clip length, image size and rate decide what evaluation sees.</param>
    public SyntheticStudy(SyntheticFiles files, TrainOptions options)
    {
        // The middle of the sampling rates of training, and few windows: the motion is the same all through a video.
        _clips = new ClipOptions
        {
            Frames = options.Seq,
            Size = options.ImgDim,
            FrameStride = Math.Max(1, (int)Math.Round((1 + options.Rate) / 2)),
            MaxWindows = 3
        };
        _factors =
        [
            ("appearance", VideoList.Read(files.AppearanceTrain), VideoList.Read(files.AppearanceTest),
                Names<AppearanceClass>()),
            ("motion", VideoList.Read(files.MotionTrain), VideoList.Read(files.MotionTest), Names<MotionClass>()),
        ];
    }

    private static string[] Names<TClass>() where TClass : struct, Enum =>
        [.. Enum.GetNames<TClass>().Select(n => string.Concat(n.Select((c, i) => i > 0 && char.IsUpper(c)
            ? " + " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString())))];

    private VideoList Train => _factors[0].Train;

    private VideoList Test => _factors[0].Test;

    /// <summary>Clips that one <see cref="Extract"/> goes through.</summary>
    public long Clips => CountClips(Train) + CountClips(Test);

    /// <summary>What a model makes of all videos; progress counts clips.</summary>
    public FeaturePair Extract(IVideoModel model, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        var pass = new ModelPass(model, _clips, _extraction, FrameReaders.Create);
        FeatureTable train = pass.Run(Train.Videos, null, progress, stop).Features;
        ModelOutputs test = pass.Run(Test.Videos, null,
            progress is null ? null : new Shifted(progress, CountClips(Train)), stop);
        return new FeaturePair(train, test.Features, test.Scores);
    }

    private long CountClips(VideoList list) =>
        new FeatureExtractor(_clips, _extraction, FrameReaders.Create).CountWindows(list.Videos);

    public IReadOnlyList<FactorResult> Measure(FeaturePair random, FeaturePair trained) =>
        [.. _factors.Select(f => new FactorResult(
            f.Name, 1.0 / f.Classes.Count, Figures(random, f), Figures(trained, f)))];

    /// <summary>The report of a run.</summary>
    /// <param name="results">Of <see cref="Measure"/>.</param>
    /// <param name="features">Of <see cref="Extract"/>.</param>
    /// <param name="curves">Of <see cref="ReportParts.Curves"/>.</param>
    /// <param name="facts">What else there is to say.</param>
    /// <param name="verdict">What the run says of itself.</param>
    public ReportModel Report(IReadOnlyList<FactorResult> results, FeaturePair features,
        IReadOnlyList<LossCurve> curves, IReadOnlyList<ReportFact> facts, LearningVerdict? verdict = null) => new()
        {
            Title = "What the model learned from unlabelled videos",
            Summary = $"A network was trained on {Train.Videos.Count} synthetic videos without labels. Each video has "
                + "one of eight appearances and one of eight motions; "
            + "the labels are used only here, to ask what the network has found out by itself.",
            Facts = facts,
            TotalLoss = curves.FirstOrDefault(),
            LossTerms = [.. curves.Skip(1)],
            Results = [.. results.SelectMany(Rows)],
            Verdict = ReportParts.Verdict(verdict),
            Queries = ReportParts.Queries(features.Test, features.Train, null,
                row => Classes(features.Test, row, test: true), row => Classes(features.Train, row, test: false)),
            Concepts = features.TestScores is { } scores ? Concepts(scores) : [],
        };

    private static FactorFigures Figures(
        FeaturePair features, (string Name, VideoList Train, VideoList Test, IReadOnlyList<string> Classes) factor) =>
        FactorEvaluation.Measure(features.Train, features.Test, factor.Train, factor.Test, Probe);

    /// <summary>
    /// The probe of the preset, with standardised features: those of an untrained network differ in scale.
    /// </summary>
    internal static LinearProbeOptions Probe { get; } = new() { Normalize = true, BatchNorm = true };

    private static IEnumerable<ReportResult> Rows(FactorResult r)
    {
        yield return new(r.Factor, "linear probe", r.Chance, r.Random.Probe, r.Trained.Probe);
        for (int i = 0; i < Math.Min(2, r.Trained.Recall.Count); i++)
            yield return new(r.Factor, r.Trained.Recall[i].Name, i == 0 ? r.Chance : null,
                r.Random.Recall[i].Value, r.Trained.Recall[i].Value);
    }

    private FactorClass[] Classes(FeatureTable table, int row, bool test) =>
        [.. _factors.Select(f => new FactorClass(f.Name,
            f.Classes[FactorEvaluation.Classes(table, test ? f.Test : f.Train)[row]]))];

    private IReadOnlyList<ReportConcept> Concepts(ClipTable scores)
    {
        var captions = _factors
            .Select(f => (f.Classes, ByFolder: f.Test.Videos.ToDictionary(v => v.Path, v => v.Label!.Value)))
            .ToArray();
        return ReportParts.Concepts(scores, _clips,
            video => ReportParts.Caption(
                string.Join(", ", captions.Select(c => c.Classes[c.ByFolder[video.Path]])),
                ReportParts.NameOf(video)));
    }
}
