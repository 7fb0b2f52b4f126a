using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>Every few epochs: each video of a labelled list asks for the others. Leaves the run as it was.</summary>
internal sealed class HeldOutRetrieval : ITrainingObserver
{
    private readonly TrainOptions _options;
    private readonly IObjective _objective;
    private readonly IReadOnlyList<ITrainingObserver> _listeners;
    private readonly VideoList _list;
    private readonly FeatureExtractor _extractor;
    private double _best;

    /// <param name="options">What is evaluated, and when.</param>
    /// <param name="objective">Gives the features.</param>
    /// <param name="best">Highest R@1 of the run so far.</param>
    /// <param name="listeners">Told of the figures.</param>
    /// <exception cref="BadInputException">The list cannot be read or has rows without a label.</exception>
    public HeldOutRetrieval(TrainOptions options, IObjective objective, double best, IReadOnlyList<ITrainingObserver> listeners)
    {
        (_options, _objective, _best, _listeners) = (options, objective, best, listeners);
        _list = VideoList.Read(options.EvalCsv!, requireLabels: true);
        _extractor = new FeatureExtractor(new ClipOptions { Frames = options.Seq, Size = options.ImgDim }, new ExtractionOptions { Workers = Math.Max(1, options.Workers) }, FrameReaders.Create);
    }

    /// <summary>Steps done when R@1 was highest, if that was since this object is there.</summary>
    public long? BestStep { get; private set; }

    public void EpochDone(int epochs, long step)
    {
        if (epochs % _options.EvalEvery != 0 && epochs != _options.Epoch) return;
        _objective.Model.eval();
        FeatureTable features = _extractor.Extract(_list.Videos, _objective.ClipFeatures);
        _objective.Model.train();
        (string Name, double Value)[] figures = [.. Retrieval.Recall(Retrieval.SearchWithin(features, Retrieval.ReportedRanks.Max()), features.Labels(), features.Labels())];
        bool isBest = figures[0].Value > _best;
        if (isBest) (_best, BestStep) = (figures[0].Value, step);
        foreach (ITrainingObserver listener in _listeners) listener.RetrievalDone(new RetrievalDuringTraining(epochs - 1, step, figures, isBest));
    }
}
