using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Training;

/// <summary>Every few epochs: figures on a labelled list that training does not see. Leaves the run as it was.</summary>
internal sealed class PeriodicEvaluation : ITrainingObserver
{
    private readonly TrainOptions _options;
    private readonly IObjective _objective;
    private readonly Method _method;
    private readonly IReadOnlyList<ITrainingObserver> _listeners;
    private readonly VideoList _list;
    private readonly FeatureExtractor _extractor;
    private readonly Func<string, double> _bestBefore;
    private double? _best;

    /// <param name="options">What is evaluated, and when.</param>
    /// <param name="objective">Gives the features.</param>
    /// <param name="method">Makes figures of them.</param>
    /// <param name="bestBefore">Highest value of a figure in this run so far.</param>
    /// <param name="listeners">Told of the figures.</param>
    /// <param name="ranks">Processes that evaluate together.</param>
    /// <param name="device">Where the model is.</param>
    /// <exception cref="BadInputException">The list cannot be read or has rows without a label.</exception>
    public PeriodicEvaluation(TrainOptions options, IObjective objective, Method method, Func<string, double> bestBefore, IReadOnlyList<ITrainingObserver> listeners, ICommunicator ranks, TorchSharp.torch.Device device)
    {
        (_options, _objective, _method, _bestBefore, _listeners) = (options, objective, method, bestBefore, listeners);
        _list = VideoList.Read(options.EvalCsv!, requireLabels: true);
        int stride = options.Classifier is null ? 1 : (int)options.Rate;
        _extractor = new FeatureExtractor(new ClipOptions { Frames = options.Seq, Size = options.ImgDim, FrameStride = stride }, new ExtractionOptions { Workers = Math.Max(1, options.Workers), Device = device }, FrameReaders.Create, ranks);
    }

    /// <summary>Steps done when the first figure was highest, if that was since this object is there.</summary>
    public long? BestStep { get; private set; }

    public void EpochDone(int epochs, long step)
    {
        if (epochs % _options.EvalEvery != 0 && epochs != _options.Epoch) return;
        _objective.Model.eval();
        IReadOnlyList<(string Name, double Value)> figures = _method.Evaluate(_extractor, _list, _objective);
        _objective.Model.train();
        _best ??= _bestBefore(figures[0].Name);
        bool isBest = figures[0].Value > _best;
        if (isBest) (_best, BestStep) = (figures[0].Value, step);
        foreach (ITrainingObserver listener in _listeners) listener.EvaluationDone(new EvaluationDuringTraining(epochs - 1, step, figures, isBest));
    }
}
