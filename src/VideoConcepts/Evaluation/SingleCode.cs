namespace VideoConcepts.Evaluation;

/// <summary>What single codes tell of a factor: MIG by mutual information, SAP by classifiers.</summary>
internal static class SingleCode
{
    /// <summary>
    /// The mutual information gap, (I(c_1; f) - I(c_2; f)) / H(f) of the two codes that know most of the factor; in
    /// [0, 1]. 1 if one code tells all and no other one anything; near 0 where two codes know the same, and where each
    /// class has a code of its own. Source: Chen et al., "Isolating Sources of Disentanglement in Variational
    /// Autoencoders", NeurIPS 2018, equation 6.
    /// </summary>
    /// <param name="information">I of each code, (D).</param>
    /// <param name="entropy">H of the factor.</param>
    public static double InformationGap(double[] information, double entropy) =>
        entropy > 0 ? Gap(information) / entropy : 0;

    /// <summary>
    /// Of each code the mean class accuracy of the classifier that answers for each bin of the code the class with the
    /// largest share of its training videos there, (D). The gap of the two best is SAP, "separated attribute
    /// predictability": Kumar, Sattigeri, Balakrishnan, "Variational Inference of Disentangled Latent Concepts from
    /// Unlabeled Observations", ICLR 2018, 3.2, where thresholds of a code classify, by balanced errors. scikit-learn:
    /// CategoricalNB(fit_prior=False, alpha → 0) of the bins, balanced_accuracy_score.
    /// </summary>
    /// <param name="train">Bins of the training videos, (D, M).</param>
    /// <param name="trainLabels">Their classes.</param>
    /// <param name="trainRows">Those to learn from.</param>
    /// <param name="test">Bins of the test videos, (D, N).</param>
    /// <param name="testLabels">Their classes.</param>
    /// <param name="testRows">Those to ask.</param>
    public static double[] Accuracies(int[][] train, int[] trainLabels, int[] trainRows, int[][] test,
        int[] testLabels, int[] testRows)
    {
        int classes = Math.Max(trainLabels.Max(), testLabels.Max()) + 1;
        double[] learned = Sizes(trainLabels, trainRows, classes), asked = Sizes(testLabels, testRows, classes);
        int occurring = asked.Count(n => n > 0);
        return [.. train.Zip(test, (known, unknown) =>
        {
            int[] answers = Answers(known, trainLabels, trainRows, learned);
            double sum = 0;
            foreach (int row in testRows)
                if (unknown[row] < answers.Length && answers[unknown[row]] == testLabels[row])
                    sum += 1 / asked[testLabels[row]];
            return sum / occurring;
        })];
    }

    /// <summary>The highest less the second; of a single one itself.</summary>
    public static double Gap(double[] values)
    {
        double first = 0, second = 0;
        foreach (double value in values)
            if (value > first) (first, second) = (value, first);
            else if (value > second) second = value;
        return first - second;
    }

    // The class with the largest share of its videos in each bin; none where there are no videos.
    private static int[] Answers(int[] bins, int[] labels, int[] rows, double[] sizes)
    {
        var counts = new int[bins.Max() + 1, sizes.Length];
        foreach (int row in rows) counts[bins[row], labels[row]]++;
        var answers = new int[counts.GetLength(0)];
        for (int bin = 0; bin < answers.Length; bin++)
        {
            (int best, double most) = (-1, 0);
            for (int c = 0; c < sizes.Length; c++)
                if (counts[bin, c] > 0 && counts[bin, c] / sizes[c] > most)
                    (best, most) = (c, counts[bin, c] / sizes[c]);
            answers[bin] = best;
        }
        return answers;
    }

    private static double[] Sizes(int[] labels, int[] rows, int classes)
    {
        var sizes = new double[classes];
        foreach (int row in rows) sizes[labels[row]]++;
        return sizes;
    }
}
