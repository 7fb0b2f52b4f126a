namespace VideoConcepts.Training;

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
public sealed record ClassifierTraining(
    double Lr, double BackboneRate, double WeightDecay, int Epoch, IReadOnlyList<int> LrDecay, int TrainBatch,
    double Dropout, double? Momentum, bool Normalize, bool BatchNorm)
{
    /// <summary>Checks what only classifiers have; the rest are a run's numbers, checked with its options.</summary>
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
        return all % processes == 0
            ? all / processes
            : throw new BadInputException($"a step of {all} clips cannot be divided among "
                + $"{processes} processes; choose another ‹train_batch›.");
    }
}
