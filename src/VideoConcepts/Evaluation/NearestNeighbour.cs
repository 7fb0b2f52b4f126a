namespace VideoConcepts.Evaluation;

/// <summary>
/// Each test video gets the class of the training video that is most like it: the cosine of features less the training
/// list's mean, see <see cref="Retrieval.SearchAlone"/>.
/// </summary>
public static class NearestNeighbour
{
    /// <summary>Both tables need labels; a training video is asked for the nearest other one.</summary>
    public static LinearProbeResult Run(FeatureTable train, FeatureTable test)
    {
        int[] trainLabels = train.Labels(), testLabels = test.Labels();
        int classes = Math.Max(trainLabels.Max(), testLabels.DefaultIfEmpty(0).Max()) + 1;
        int[] answers = [.. Retrieval.SearchAlone(test, train, 1).Indices.Select(found => trainLabels[found[0]])];
        int[] own = train.Rows < 2 ? trainLabels
            : [.. Retrieval.SearchWithin(train, 1).Indices.Select(found => trainLabels[found[0]])];
        var certain = new float[answers.Length * classes];
        for (int row = 0; row < answers.Length; row++) certain[(row * classes) + answers[row]] = 1;
        int[,] confusion = Metrics.Confusion(testLabels, answers, classes);
        return new LinearProbeResult(Share(answers, testLabels), Metrics.TopK(certain, classes, testLabels, 5),
            Metrics.MeanClassAccuracy(confusion), confusion, certain, Share(own, trainLabels));
    }

    private static double Share(int[] answers, int[] labels) =>
        answers.Zip(labels).Count(pair => pair.First == pair.Second) / (double)Math.Max(1, labels.Length);
}
