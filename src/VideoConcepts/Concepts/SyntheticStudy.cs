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
    private const int ShownQueries = 6, ShownNeighbours = 4, ShownConcepts = 4, ShownClips = 6;

    private static readonly Dictionary<string, string> TermMeanings = new()
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
    };

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
    public int Clips => _extractor.CountWindows(Train.Videos) + _extractor.CountWindows(Test.Videos);

    /// <summary>Backbone features of all videos; progress counts clips.</summary>
    public FeaturePair Extract(IVideoModel model, IProgress<int>? progress = null, CancellationToken stop = default)
    {
        model.Module.eval();
        Tensor Network(Tensor clips) => model.Backbone.call(clips).Feat;
        FeatureTable train = _extractor.Extract(Train.Videos, Network, progress, stop);
        return new FeaturePair(train, _extractor.Extract(Test.Videos, Network, progress is null ? null : new Shifted(progress, _extractor.CountWindows(Train.Videos)), stop));
    }

    public IReadOnlyList<FactorResult> Measure(FeaturePair random, FeaturePair trained) =>
        [.. _factors.Select(f => new FactorResult(f.Name, 1.0 / f.Classes.Count, Figures(random, f), Figures(trained, f)))];

    /// <summary>The report of a run.</summary>
    public ReportModel Report(IReadOnlyList<FactorResult> results, FeaturePair features, IVideoModel model, IReadOnlyList<IntervalMetrics> intervals, IReadOnlyList<ReportFact> facts) => new()
    {
        Title = "What the model learned from unlabelled videos",
        Summary = $"A network was trained on {Train.Videos.Count} synthetic videos without labels. Each video has one of eight appearances and one of eight motions; "
            + "the labels are used only here, to ask what the network has found out by itself.",
        Facts = facts,
        TotalLoss = new LossCurve("total", [.. intervals.Select(i => new CurvePoint(i.Step, i.Loss))]),
        LossTerms = [.. intervals.SelectMany(i => i.Terms.Select(t => (t.Key, Point: new CurvePoint(i.Step, t.Value)))).GroupBy(t => t.Key)
            .Select(g => new LossCurve(g.Key, [.. g.Select(t => t.Point)], TermMeanings.GetValueOrDefault(g.Key, "")))],
        Results = [.. results.SelectMany(Rows)],
        Queries = Queries(features),
        Concepts = model is ConceptModel concepts ? Concepts(concepts) : [],
    };

    private static FactorFigures Figures(FeaturePair features, (string Name, VideoList Train, VideoList Test, IReadOnlyList<string> Classes) factor) =>
        FactorEvaluation.Measure(features.Train, features.Test, factor.Train, factor.Test, Probe);

    /// <summary>The probe of the preset, with standardised features: those of an untrained network differ in scale.</summary>
    private static LinearProbeOptions Probe { get; } = new() { Normalize = true, BatchNorm = true };

    private static IEnumerable<ReportResult> Rows(FactorResult r)
    {
        yield return new(r.Factor, "linear probe", r.Chance, r.Random.Probe, r.Trained.Probe);
        for (int i = 0; i < 2; i++)
            yield return new(r.Factor, r.Trained.Recall[i].Name, i == 0 ? r.Chance : null, r.Random.Recall[i].Value, r.Trained.Recall[i].Value);
    }

    private IReadOnlyList<ReportQuery> Queries(FeaturePair features)
    {
        Neighbours found = Retrieval.Search(features.Test, features.Train, ShownNeighbours);
        var strips = new ThumbnailStrip();
        return [.. Enumerable.Range(0, Math.Min(ShownQueries, features.Test.Rows)).Select(row => new ReportQuery(
            strips.OfVideo(features.Test.Videos[row]), Classes(features.Test, row, test: true),
            [.. found.Indices[row].Zip(found.Cosines[row], (index, cosine) => new ReportNeighbour(strips.OfVideo(features.Train.Videos[index]), Classes(features.Train, index, test: false), cosine))]))];
    }

    private FactorClass[] Classes(FeatureTable table, int row, bool test) =>
        [.. _factors.Select(f => new FactorClass(f.Name, f.Classes[FactorEvaluation.Classes(table, test ? f.Test : f.Train)[row]]))];

    private IReadOnlyList<ReportConcept> Concepts(ConceptModel model)
    {
        model.eval();
        ClipTable scores = _extractor.ExtractClips(Test.Videos, clips => model.ClipScores(model.backbone.call(clips).Feat));
        var gallery = new ConceptGallery(scores);
        var strips = new ThumbnailStrip();
        var captions = _factors.Select(f => (f.Classes, ByFolder: f.Test.Videos.ToDictionary(v => v.Directory, v => v.Label!.Value))).ToArray();
        string Caption(VideoEntry video) => string.Join(", ", captions.Select(c => c.Classes[c.ByFolder[video.Directory]]));
        return [.. from kind in (ConceptKind[])[ConceptKind.Static, ConceptKind.Dynamic]
                   from concept in gallery.MostUsed(kind, ShownConcepts, ShownClips)
                   select new ReportConcept(kind, concept.Index, concept.Usage, concept.Selectivity,
                       [.. concept.Clips.Select(c => new ReportClip(strips.OfWindow(c.Origin, _clips), Caption(c.Origin.Video), c.Score))])];
    }

    private sealed class Shifted(IProgress<int> progress, int by) : IProgress<int>
    {
        public void Report(int value) => progress.Report(by + value);
    }
}
