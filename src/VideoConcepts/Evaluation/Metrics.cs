namespace VideoConcepts.Evaluation;

/// <summary>Classification measures as pure functions. Scores are row-major (N, C); shares lie in [0, 1].</summary>
internal static class Metrics
{
    /// <summary>
    /// Share of rows whose class is among the k highest scores. Among equal scores the smaller class index comes
    /// first, so a constant score is no better than always answering 0. A row with a NaN at its class is no hit.
    /// </summary>
    public static double TopK(ReadOnlySpan<float> scores, int classes, IReadOnlyList<int> labels, int k)
    {
        Check(scores.Length, classes, labels);
        int hits = 0;
        for (int row = 0; row < labels.Count; row++)
            if (Rank(scores.Slice(row * classes, classes), labels[row]) < k) hits++;
        return hits / (double)Math.Max(1, labels.Count);
    }

    /// <summary>The class with the highest score of every row; the smallest index among equals.</summary>
    public static int[] Predictions(ReadOnlySpan<float> scores, int classes)
    {
        var predicted = new int[scores.Length / classes];
        for (int row = 0; row < predicted.Length; row++)
        {
            ReadOnlySpan<float> values = scores.Slice(row * classes, classes);
            for (int c = 1; c < classes; c++)
                if (values[c] > values[predicted[row]]) predicted[row] = c;
        }

        return predicted;
    }

    /// <summary>Counts; the row is the true class, the column the predicted one.</summary>
    public static int[,] Confusion(IReadOnlyList<int> labels, IReadOnlyList<int> predicted, int classes)
    {
        if (labels.Count != predicted.Count)
            throw new ArgumentException($"{labels.Count} labels for {predicted.Count} predictions.", nameof(predicted));
        var counts = new int[classes, classes];
        for (int row = 0; row < labels.Count; row++) counts[labels[row], predicted[row]]++;
        return counts;
    }

    /// <summary>Mean over classes of the share that was predicted right; a class without rows does not count.</summary>
    public static double MeanClassAccuracy(int[,] confusion)
    {
        int classes = confusion.GetLength(0), present = 0;
        double sum = 0;
        for (int c = 0; c < classes; c++)
        {
            int total = 0;
            for (int p = 0; p < classes; p++) total += confusion[c, p];
            if (total == 0) continue;
            present++;
            sum += confusion[c, c] / (double)total;
        }

        return present == 0 ? 0 : sum / present;
    }

    private static int Rank(ReadOnlySpan<float> scores, int label)
    {
        float own = scores[label];
        if (float.IsNaN(own)) return int.MaxValue;
        int ahead = 0;
        for (int c = 0; c < scores.Length; c++)
            if (scores[c] > own || (scores[c] == own && c < label)) ahead++;
        return ahead;
    }

    private static void Check(int scores, int classes, IReadOnlyList<int> labels)
    {
        if (scores != (long)classes * labels.Count)
            throw new ArgumentException(
                $"{scores} scores are not {labels.Count} rows of {classes} classes.", nameof(labels));
    }
}
