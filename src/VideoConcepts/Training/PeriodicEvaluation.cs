using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>
/// Every few epochs: figures on a labelled list that training does not see. Leaves the run as it was. Done when the log
/// tells of it: one that was stopped is still due in the run that goes on.
/// </summary>
internal sealed class PeriodicEvaluation : ITrainingObserver
{
    private readonly TrainOptions _options;
    private readonly IObjective _objective;
    private readonly Method _method;
    private readonly IReadOnlyList<ITrainingObserver> _listeners;
    private readonly VideoList _list;
    private readonly FeatureExtractor _extractor;
    private readonly MetricsLog? _log;
    private readonly Action _keepAsBest;
    private readonly string _listHash;
    private double? _best;

    /// <param name="options">What is evaluated, and when.</param>
    /// <param name="objective">Gives the features.</param>
    /// <param name="method">Makes figures of them.</param>
    /// <param name="list">What is evaluated on.</param>
    /// <param name="log">What was evaluated so far, in the process that has it.</param>
    /// <param name="keepAsBest">Called when the first figure was never as high, before anybody is told of it.</param>
    /// <param name="listeners">Told of the figures.</param>
    /// <param name="ranks">Processes that evaluate together.</param>
    /// <param name="device">Where the model is.</param>
    public PeriodicEvaluation(TrainOptions options, IObjective objective, Method method, VideoList list,
        MetricsLog? log, Action keepAsBest, IReadOnlyList<ITrainingObserver> listeners, ICommunicator ranks,
        TorchSharp.torch.Device device)
    {
        (_options, _objective, _method, _list, _log, _keepAsBest, _listeners) = (options, objective, method, list, log,
            keepAsBest, listeners);
        _listHash = list.Hash();
        _extractor = new FeatureExtractor(EvaluationList.Clips(options),
            new ExtractionOptions { Workers = Math.Max(1, options.Workers), Device = device }, FrameReaders.Create,
            ranks);
    }

    public void EpochDone(int epochs, long step, CancellationToken stop)
    {
        bool wanted = epochs % _options.EvalEvery == 0 || epochs == _options.Epoch;
        if (!wanted
            || _extractor.Communicator.OfFirst(_log?.HasEvaluation(step, _listHash) == true ? 1 : 0) == 1) return;
        if (Figures(stop) is not { } figures) return;
        _best ??= _log?.Best(figures[0].Name, _listHash) ?? double.NegativeInfinity;
        bool isBest = figures[0].Value > _best;
        if (isBest)
        {
            _best = figures[0].Value;
            _keepAsBest();
        }
        var done = new EvaluationDuringTraining(epochs - 1, step, figures, isBest) { ListHash = _listHash };
        foreach (ITrainingObserver listener in _listeners) listener.EvaluationDone(done);
    }

    /// <summary>Null if it was stopped.</summary>
    private IReadOnlyList<(string Name, double Value)>? Figures(CancellationToken stop)
    {
        _objective.Model.eval();
        try
        {
            return _method.Evaluate(_extractor, _list, _objective, stop);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _objective.Model.train();
        }
    }
}
