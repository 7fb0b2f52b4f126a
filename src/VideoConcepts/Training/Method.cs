using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;

namespace VideoConcepts.Training;

/// <summary>
/// What a run learns: the model, the clips of a video, the objective, and how a run is judged on the way.
/// </summary>
/// <param name="Build">A model with undefined weights.</param>
/// <param name="Clips">What it sees of a video.</param>
/// <param name="Objective">How a batch, or this process's part of it, becomes loss terms.</param>
/// <param name="Evaluate">Figures in [0, 1] from the outputs of <see cref="IObjective.ClipFeatures"/> on a labelled
/// list; the first one decides which checkpoint is best.</param>
internal sealed record Method(
    Func<TrainOptions, IVideoModel> Build,
    Func<TrainOptions, IClipBuilder> Clips,
    Func<TrainOptions, IVideoModel, SplitBatch, IObjective> Objective,
    Func<FeatureExtractor, VideoList, IObjective, CancellationToken,
        IReadOnlyList<(string Name, double Value)>> Evaluate)
{
    public const string DefaultName = "concepts", MultiLevelName = "multilevel";

    private const double MultiLevelThreshold = 0.05;

    private static readonly Method Concepts = new(
        o => new ConceptModel(Backbone(o), new ConceptModelOptions(o.Concept, o.Sample, o.Queue,
            Graph: o.Thres is not null, OwnStatistics: o.OwnStatistics)),
        o => new ClipsAndStills(o.Sample, o.Seq, o.ImgDim, o.Rate)
        { LeastRate = o.RateMin, SteadyContrast = o.SteadyContrast, JitterWarmup = o.JitterWarmup },
        (o, model, batch) => new ConceptObjective((ConceptModel)model,
            o.ReferenceQuirks ? ReferenceQuirks.All : ReferenceQuirks.None, o.LocalFrom,
            o.Thres is { } thres ? new GraphOptions(thres, o.Split) : null, batch,
            new MotionOptions(o.Difference, o.StaticNegatives, o.OwnTargets, o.Balance), o.LocalGroup),
        RetrievalWithin);

    private static readonly Method MultiLevel = new(
        o => new MultiLevelModel(Backbone(o), o.Cluster, o.Queue),
        o => new MultiLevelClips(o.Seq, o.ImgDim, o.Rate) { JitterWarmup = o.JitterWarmup },
        (o, model, batch) => new MultiLevelObjective((MultiLevelModel)model, o.Thres ?? MultiLevelThreshold, o.Split,
            o.ReferenceQuirks, batch),
        RetrievalWithin);

    private static readonly Method Classification = new(
        o => new Classifier(Backbone(o), o.Classifier!),
        o => new ClassifierClips(new ClipOptions { Frames = o.Seq, Size = o.ImgDim, FrameStride = (int)o.Rate }),
        (o, model, batch) => new ClassifierObjective((Classifier)model, o.Classifier!, o.BackboneRate, o.Seed, batch),
        ClassifierObjective.Accuracy);

    /// <summary>What <c>--method</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [DefaultName, MultiLevelName];

    public static Method Of(TrainOptions options) => options.Classifier is not null ? Classification
        : options.Method == DefaultName ? Concepts
        : MultiLevel;

    /// <summary>Refuses what fits one process but not this many.</summary>
    /// <exception cref="BadInputException">The queue of <c>multilevel</c>, from which the targets of a step are taken,
    /// is smaller than the step's videos.</exception>
    public static void CheckProcesses(TrainOptions options, int processes)
    {
        long videos = (long)processes * options.TrainBatch;
        if (Of(options) != MultiLevel || options.Queue >= videos) return;
        string sum = processes == 1 ? $"‹train_batch› {options.TrainBatch}"
            : $"{processes} processes of ‹train_batch› {options.TrainBatch}";
        int most = options.Queue / options.TrainBatch;
        bool fresh = options.Resume is null || (options.Resume == "auto" && !RunFolder.HoldsRun(options.Out));
        string instead = fresh ? $"give ‹queue› {videos} or more, or a smaller step"
            : most == 0 ? "a run keeps its queue: start a new one from its weights with ‹init›"
            : $"a run keeps its queue: go on with at most {most} process{(most == 1 ? "" : "es")}";
        throw new BadInputException(
            $"‹queue› {options.Queue}: smaller than the {videos} videos of a step ({sum}), whose targets multilevel "
            + $"takes from the queue; {instead}.");
    }

    private static Backbone Backbone(TrainOptions options)
    {
        Backbone backbone = Backbones.Create(options.Net, options.ConvolutionPrecision);
        backbone.Recompute = options.Recompute;
        return backbone;
    }

    private static IReadOnlyList<(string Name, double Value)> RetrievalWithin(FeatureExtractor extractor,
        VideoList list, IObjective objective, CancellationToken stop)
    {
        FeatureTable features = extractor.Extract(list.Videos, objective.ClipFeatures, null, stop);
        Neighbours nearest = Retrieval.SearchWithin(features, Retrieval.ReportedCutoffs.Max());
        return [.. Retrieval.Recall(nearest, features.Labels(), features.Labels())];
    }
}
