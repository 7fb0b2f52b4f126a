using VideoConcepts.Data;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Training;

/// <summary>What happened in the steps since the last report.</summary>
/// <param name="Epoch">Epoch index, from 0.</param>
/// <param name="Step">Steps done since the start of the run.</param>
/// <param name="TotalSteps">Steps that the whole run takes.</param>
/// <param name="Loss">Mean total loss.</param>
/// <param name="Terms">Mean of every term over the steps in which it took part, unweighted, in the order in which they
/// are added.</param>
/// <param name="Gauges">What the objective says of its state, such as how many concepts are in use.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="VideosPerSecond">Throughput of this process, waiting included.</param>
/// <param name="WaitSeconds">Time spent waiting for data.</param>
/// <param name="ComputeSeconds">Time spent computing.</param>
/// <param name="SecondsLeft">Expected time to the end of the run.</param>
/// <param name="ResidentMegabytes">Resident memory of the process.</param>
/// <param name="LiveTensors">Tensors alive at the end of the step.</param>
public sealed record IntervalMetrics(
    int Epoch, long Step, long TotalSteps, double Loss,
    IReadOnlyList<KeyValuePair<string, double>> Terms, IReadOnlyList<KeyValuePair<string, double>> Gauges,
    double Rate, double VideosPerSecond, double WaitSeconds, double ComputeSeconds, double SecondsLeft,
    double ResidentMegabytes, long LiveTensors)
{
    /// <summary>Mean Euclidean norm of all gradients together.</summary>
    public double GradientNorm { get; init; }
}

/// <summary>Figures of the model after an epoch, on a list that training does not see.</summary>
/// <param name="Epoch">Epoch index, from 0.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Figures">R@1, R@5 … or, of a classifier, top-1 and top-5, in [0, 1].</param>
/// <param name="IsBest">The first figure was never as high in this run.</param>
public sealed record EvaluationDuringTraining(int Epoch, long Step, IReadOnlyList<(string Name, double Value)> Figures,
    bool IsBest)
{
    /// <summary>SHA-256 of the list: figures on different lists are not compared.</summary>
    public string? ListHash { get; init; }
}

/// <summary>Where a run goes on.</summary>
/// <param name="Path">The checkpoint.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Changes">Options that are not as they were, in words; empty: none.</param>
/// <param name="Damaged">Newer checkpoints that were passed over, and why.</param>
public sealed record RunResumed(string Path, long Step, int Epoch, string Changes, IReadOnlyList<string> Damaged);

/// <summary>What a run is about to do.</summary>
/// <param name="Options">As they were given.</param>
/// <param name="Videos">Videos that are long enough.</param>
/// <param name="TooShort">Videos of the list that are not.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="Processes">How many train together.</param>
public sealed record RunStarted(TrainOptions Options, int Videos, int TooShort, int StepsPerEpoch, int Processes);

/// <summary>What became of a run that came to its end.</summary>
/// <param name="BytesExchanged">Bytes handed to the other processes.</param>
/// <param name="ShareWaited">Share of the time that this took, waiting for them included; 0 to 1.</param>
public sealed record RunEnded(long BytesExchanged, double ShareWaited);

/// <summary>Listens to a run: the console, the metrics file, a test.</summary>
public interface ITrainingObserver
{
    /// <summary>Before anything else.</summary>
    void Started(RunStarted run) { }

    /// <summary>Before the first step of a run that goes on.</summary>
    void Resumed(RunResumed run) { }

    /// <summary>
    /// Before the first step: one line on something in the options that is allowed but may not be meant.
    /// </summary>
    void Warned(string what) { }

    /// <summary>Before the first step of a run that starts from weights.</summary>
    void Initialised(KeyReport report) { }

    /// <summary>After every step.</summary>
    void StepDone(long step, long totalSteps, double loss) { }

    /// <summary>Every <c>log_every</c> steps and at the end of the run.</summary>
    void IntervalDone(IntervalMetrics metrics) { }

    /// <summary>After every whole epoch, once it is saved; again in a run that goes on from its end.</summary>
    /// <param name="epochs">Epochs done.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="stop">Whoever takes long returns early then, and leaves the rest to the run that goes on.</param>
    void EpochDone(int epochs, long step, CancellationToken stop) { }

    /// <summary>Every <c>eval_every</c> epochs and at the end of the run, if there is a list to evaluate on.</summary>
    void EvaluationDone(EvaluationDuringTraining evaluation) { }

    /// <summary>At the end of a run that came to it.</summary>
    void Ended(RunEnded run) { }

    /// <summary>Then, of a model with concepts: what was learned, told without labels.</summary>
    void Judged(LearningVerdict verdict) { }

    /// <summary>At the end of every run, whatever ended it, for each video that could not be read and was skipped
    /// (<see cref="TrainOptions.MaxBad"/>).</summary>
    void Skipped(VideoEntry video, string reason) { }
}
