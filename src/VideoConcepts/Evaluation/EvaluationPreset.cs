namespace VideoConcepts.Evaluation;

/// <summary>How a classifier is trained.</summary>
/// <param name="Lr">Learning rate of the head.</param>
/// <param name="BackboneRate">Share of it with which the backbone learns.</param>
/// <param name="WeightDecay">Added to the gradient.</param>
/// <param name="Epoch">Epochs.</param>
/// <param name="LrDecay">Epochs at which the rate falls to a tenth.</param>
/// <param name="TrainBatch">Clips per step.</param>
/// <param name="Dropout">Before the linear layer.</param>
/// <param name="Momentum">SGD's; null: Adam.</param>
/// <param name="Normalize">L2-normalise the feature.</param>
/// <param name="BatchNorm">A trained BatchNorm1d before the linear layer.</param>
public sealed record ClassifierTraining(double Lr, double BackboneRate, double WeightDecay, int Epoch, IReadOnlyList<int> LrDecay, int TrainBatch, double Dropout, double? Momentum, bool Normalize, bool BatchNorm)
{
    /// <exception cref="BadInputException">A number is out of range; the message names it.</exception>
    public ClassifierTraining Validated()
    {
        if (Dropout is not (>= 0 and < 1)) throw new BadInputException($"‹dropout› {Dropout}: must be 0 to below 1.");
        if (Momentum is not (null or (>= 0 and < 1)))
            throw new BadInputException($"‹momentum› {Momentum}: must be 0 to below 1.");
        return this;
    }

    /// <summary>Clips per step of each of several processes: the protocol's step is divided among them.</summary>
    /// <param name="videos">Videos to train on; a step has no more.</param>
    /// <param name="processes">Number of processes.</param>
    /// <exception cref="BadInputException">It cannot be divided.</exception>
    public int BatchOf(int videos, int processes)
    {
        int all = Math.Min(TrainBatch, videos);
        return all % processes == 0 ? all / processes : throw new BadInputException($"a step of {all} clips cannot be divided among {processes} processes; choose another ‹train_batch›.");
    }
}

/// <summary>A published protocol. Source: spec, evaluation.</summary>
/// <param name="Name">As <c>--preset</c> takes it.</param>
/// <param name="Size">Height and width of a clip; null: as the model was trained.</param>
/// <param name="Windows">Windows of a video, spread evenly; null: all, every T/2 - 1 frames.</param>
/// <param name="MeanOfLogits">Windows are averaged before the softmax, not after.</param>
/// <param name="Probe">A linear classifier on the frozen backbone.</param>
/// <param name="FineTune">Training of the whole.</param>
public sealed record EvaluationPreset(string Name, int? Size, int? Windows, bool MeanOfLogits, ClassifierTraining Probe, ClassifierTraining FineTune)
{
    public static IReadOnlyList<EvaluationPreset> All { get; } =
    [
        new("coclr", null, null, false,
            new ClassifierTraining(0.1, 1, 1e-3, 100, [60, 80], 32, 0, 0.9, true, true),
            new ClassifierTraining(1e-3, 0.1, 1e-3, 500, [400, 450], 32, 0.9, null, false, false)),
        new("10clip", 112, 10, true,
            new ClassifierTraining(0.1, 1, 1e-3, 100, [60, 80], 32, 0, 0.9, true, true),
            new ClassifierTraining(0.025, 1, 1e-4, 150, [60, 120], 32, 0.7, 0.9, false, false)),
    ];

    /// <exception cref="BadInputException">No preset has this name.</exception>
    public static EvaluationPreset Of(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new BadInputException($"‹preset› {name}: choose one of {string.Join(", ", All.Select(p => p.Name))}.");
}
