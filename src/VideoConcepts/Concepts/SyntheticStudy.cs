using VideoConcepts.Data;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Concepts;

/// <summary>Figures of one factor before and after training.</summary>
public sealed record FactorResult(string Factor, double Chance, FactorFigures Random, FactorFigures Trained);

/// <summary>Features of the training and the test videos.</summary>
public sealed record FeaturePair(FeatureTable Train, FeatureTable Test);

/// <summary>What a model knows of the two factors of the synthetic videos, in numbers and in pictures.</summary>
public sealed class SyntheticStudy
{
    private readonly (string Name, VideoList Train, VideoList Test, IReadOnlyList<string> Classes)[] _factors;
    private readonly ClipOptions _clips;
    private readonly FeatureExtractor _extractor;

    /// <param name="files">The generated videos.</param>
    /// <param name="options">The run; its clip length, image size and rate decide what evaluation sees.</param>
    public SyntheticStudy(SyntheticFiles files, TrainOptions options)
    {
        // The middle of the sampling rates of training, and few windows: the motion is the same all through a video.
        _clips = new ClipOptions { Frames = options.Seq, Size = options.ImgDim, FrameStride = Math.Max(1, (int)Math.Round((1 + options.Rate) / 2)), MaxWindows = 3 };
        _extractor = new FeatureExtractor(_clips, new ExtractionOptions { BatchSize = 32 }, FrameReaders.Create);
        _factors =
        [
            ("appearance", VideoList.Read(files.AppearanceTrain), VideoList.Read(files.AppearanceTest), Names<AppearanceClass>()),
            ("motion", VideoList.Read(files.MotionTrain), VideoList.Read(files.MotionTest), Names<MotionClass>()),
        ];
    }

    private static string[] Names<TClass>() where TClass : struct, Enum =>
        [.. Enum.GetNames<TClass>().Select(n => string.Concat(n.Select((c, i) => i > 0 && char.IsUpper(c) ? " + " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString())))];

    private VideoList Train => _factors[0].Train;

    private VideoList Test => _factors[0].Test;

    /// <summary>Clips that one <see cref="Extract"/> goes through.</summary>
    public long Clips => _extractor.CountWindows(Train.Videos) + _extractor.CountWindows(Test.Videos);

    /// <summary>Backbone features of all videos; progress counts clips.</summary>
    public FeaturePair Extract(IVideoModel model, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        model.Module.eval();
        Tensor Network(Tensor clips) => model.Backbone.call(clips).Feat;
        FeatureTable train = _extractor.Extract(Train.Videos, Network, progress, stop);
        return new FeaturePair(train, _extractor.Extract(Test.Videos, Network, progress is null ? null : new Shifted(progress, _extractor.CountWindows(Train.Videos)), stop));
    }

    public IReadOnlyList<FactorResult> Measure(FeaturePair random, FeaturePair trained) =>
        [.. _factors.Select(f => new FactorResult(f.Name, 1.0 / f.Classes.Count, Figures(random, f), Figures(trained, f)))];

    /// <summary>The report of a run.</summary>
    /// <param name="results">Of <see cref="Measure"/>.</param>
    /// <param name="features">Of <see cref="Extract"/>.</param>
    /// <param name="model">What was trained.</param>
    /// <param name="curves">Of <see cref="ReportParts.Curves"/>.</param>
    /// <param name="facts">What else there is to say.</param>
    public ReportModel Report(IReadOnlyList<FactorResult> results, FeaturePair features, IVideoModel model,
        IReadOnlyList<LossCurve> curves, IReadOnlyList<ReportFact> facts) => new()
        {
            Title = "What the model learned from unlabelled videos",
            Summary = $"A network was trained on {Train.Videos.Count} synthetic videos without labels. Each video has "
                + "one of eight appearances and one of eight motions; "
            + "the labels are used only here, to ask what the network has found out by itself.",
            Facts = facts,
            TotalLoss = curves.FirstOrDefault(),
            LossTerms = [.. curves.Skip(1)],
            Results = [.. results.SelectMany(Rows)],
            Queries = ReportParts.Queries(features.Test, features.Train, row => Classes(features.Test, row, test: true),
                row => Classes(features.Train, row, test: false)),
            Concepts = model is ConceptModel concepts ? Concepts(concepts) : [],
        };

    private static FactorFigures Figures(FeaturePair features, (string Name, VideoList Train, VideoList Test, IReadOnlyList<string> Classes) factor) =>
        FactorEvaluation.Measure(features.Train, features.Test, factor.Train, factor.Test, Probe);

    /// <summary>The probe of the preset, with standardised features: those of an untrained network differ in scale.</summary>
    private static LinearProbeOptions Probe { get; } = new() { Normalize = true, BatchNorm = true };

    private static IEnumerable<ReportResult> Rows(FactorResult r)
    {
        yield return new(r.Factor, "linear probe", r.Chance, r.Random.Probe, r.Trained.Probe);
        for (int i = 0; i < Math.Min(2, r.Trained.Recall.Count); i++)
            yield return new(r.Factor, r.Trained.Recall[i].Name, i == 0 ? r.Chance : null, r.Random.Recall[i].Value, r.Trained.Recall[i].Value);
    }

    private FactorClass[] Classes(FeatureTable table, int row, bool test) =>
        [.. _factors.Select(f => new FactorClass(f.Name, f.Classes[FactorEvaluation.Classes(table, test ? f.Test : f.Train)[row]]))];

    private IReadOnlyList<ReportConcept> Concepts(ConceptModel model)
    {
        var captions = _factors.Select(f => (f.Classes, ByFolder: f.Test.Videos.ToDictionary(v => v.Directory, v => v.Label!.Value))).ToArray();
        return ReportParts.Concepts(model, _extractor, _clips, Test.Videos, video => string.Join(", ", captions.Select(c => c.Classes[c.ByFolder[video.Directory]])));
    }

    private sealed class Shifted(IProgress<long> progress, long by) : IProgress<long>
    {
        public void Report(long value) => progress.Report(by + value);
    }
}
