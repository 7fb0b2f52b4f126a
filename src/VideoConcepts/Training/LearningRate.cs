namespace VideoConcepts.Training;

/// <summary>The learning rate, a pure function of where training stands. Source: docs/method.md.</summary>
internal static class LearningRate
{
    /// <summary>
    /// ×0.1 from each epoch index of <paramref name="decayEpochs"/> on; during the first
    /// <paramref name="warmupSteps"/> steps a linear rise (0: none, as published).
    /// </summary>
    public static double At(
        double baseRate, IReadOnlyList<int> decayEpochs, int epoch, long step = 0, int warmupSteps = 0)
    {
        double rate = baseRate;
        foreach (int decay in decayEpochs)
            if (epoch >= decay) rate *= 0.1;
        return step < warmupSteps ? rate * (step + 1) / warmupSteps : rate;
    }
}
