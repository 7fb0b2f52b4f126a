namespace VideoConcepts.Evaluation;

/// <summary>What of an accuracy is left when videos are changed.</summary>
/// <param name="Accuracy">Mean over the classes, of the changed videos.</param>
/// <param name="Survives">(accuracy - chance) / (accuracy of the unchanged videos - chance), chance 1 / C; null where
/// that of the unchanged videos is not above chance, by its own interval.</param>
/// <param name="Low">Lower end of its 95 % interval: percentile bootstrap over videos, each drawn with all its
/// variants.</param>
/// <param name="High">Its upper end.</param>
internal readonly record struct BiasFigures(double Accuracy, double? Survives, double? Low, double? High)
{
    /// <summary>Videos are drawn so often.</summary>
    public const int Draws = 1000;

    /// <param name="classes">C.</param>
    /// <param name="unchanged">Class and answer of each video.</param>
    /// <param name="changed">The same of each of several variants.</param>
    /// <param name="random">Draws videos.</param>
    /// <param name="stop">Stops between two draws.</param>
    /// <returns>The figures of each variant.</returns>
    public static BiasFigures[] Of(int classes, (int[] Labels, int[] Answers) unchanged,
        IReadOnlyList<(int[] Labels, int[] Answers)> changed, RandomStream random, CancellationToken stop = default)
    {
        double chance = 1.0 / classes;
        int count = unchanged.Labels.Length;
        int[] all = [.. Enumerable.Range(0, count)];
        var before = new double[Draws];
        double[][] shares = [.. changed.Select(_ => new double[Draws])];
        for (int draw = 0; draw < Draws; draw++)
        {
            stop.ThrowIfCancellationRequested();
            var taken = new int[count];
            for (int i = 0; i < count; i++) taken[i] = random.NextInt(0, count - 1);
            before[draw] = MeanAccuracy(classes, unchanged, taken) - chance;
            for (int v = 0; v < shares.Length; v++)
                shares[v][draw] = (MeanAccuracy(classes, changed[v], taken) - chance) / before[draw];
        }

        double whole = MeanAccuracy(classes, unchanged, all) - chance;
        bool isAbove = whole > 0 && Quantile([.. before.Order()], 0.025) > 0;
        return [.. changed.Select((variant, v) =>
        {
            double accuracy = MeanAccuracy(classes, variant, all);
            if (!isAbove) return new BiasFigures(accuracy, null, null, null);
            double[] sorted = [.. shares[v].Where((_, draw) => before[draw] > 0).Order()];
            return new BiasFigures(accuracy, (accuracy - chance) / whole, Quantile(sorted, 0.025),
                Quantile(sorted, 0.975));
        })];
    }

    /// <summary>
    /// Contrasted accuracy of Li et al. (ICCV 2023): the share of videos whose class is named when the objects move
    /// before a foreign background (scuba), and is not named when they stand still there (scufo); mean over the
    /// classes.
    /// </summary>
    public static double Contrasted(int classes, (int[] Labels, int[] Answers) moving,
        (int[] Labels, int[] Answers) frozen) => MeanOverClasses(classes, moving.Labels,
        i => moving.Answers[i] == moving.Labels[i] && frozen.Answers[i] != frozen.Labels[i],
        [.. Enumerable.Range(0, moving.Labels.Length)]);

    /// <summary>Mean over the classes that occur of the share of right answers.</summary>
    public static double MeanAccuracy(int classes, (int[] Labels, int[] Answers) of, int[] rows) =>
        MeanOverClasses(classes, of.Labels, i => of.Labels[i] == of.Answers[i], rows);

    private static double MeanOverClasses(int classes, int[] labels, Func<int, bool> isRight, int[] rows)
    {
        int[] right = new int[classes], total = new int[classes];
        foreach (int row in rows)
        {
            total[labels[row]]++;
            if (isRight(row)) right[labels[row]]++;
        }

        double[] shares = [.. right.Zip(total).Where(c => c.Second > 0).Select(c => c.First / (double)c.Second)];
        return shares.Length == 0 ? 0 : shares.Average();
    }

    private static double Quantile(double[] sorted, double share) =>
        sorted[(int)Math.Round(share * (sorted.Length - 1))];
}
