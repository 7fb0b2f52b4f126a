using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Each test video gets the class of the training video that is most like it: the cosine of features less the training
/// list's mean, see <see cref="Retrieval.SearchAlone"/>.
/// </summary>
public static class NearestNeighbour
{
    private const int Searched = 200; // training videos, the most similar first
    private const double Temperature = 0.07; // of what stands for probabilities

    /// <summary>Both tables need labels; a training video is asked for the nearest other one.</summary>
    public static LinearProbeResult Run(FeatureTable train, FeatureTable test)
    {
        using DisposeScope scope = NewDisposeScope();
        int[] trainLabels = train.Labels(), testLabels = test.Labels();
        int classes = Math.Max(trainLabels.Max(), testLabels.DefaultIfEmpty(0).Max()) + 1;
        Neighbours found = Retrieval.SearchAlone(test, train, Searched);
        int[] answers = [.. found.Indices.Select(near => trainLabels[near[0]])];
        int[] own = train.Rows < 2 ? trainLabels
            : [.. Retrieval.SearchWithin(train, 1).Indices.Select(near => trainLabels[near[0]])];
        float[] likeness = Likeness(found, trainLabels, classes);
        int[,] confusion = Metrics.Confusion(testLabels, answers, classes);
        return new LinearProbeResult(Share(answers, testLabels), Metrics.TopK(likeness, classes, testLabels, 5),
            Metrics.MeanClassAccuracy(confusion), confusion,
            tensor(likeness, [test.Rows, classes]).div(Temperature).softmax(1).data<float>().ToArray(),
            Share(own, trainLabels));
    }

    // Of each class the cosine of its most similar video, -1 where none is among those that were found.
    private static float[] Likeness(Neighbours found, int[] trainLabels, int classes)
    {
        var likeness = new float[found.Indices.Length * classes];
        Array.Fill(likeness, -1);
        for (int row = 0; row < found.Indices.Length; row++)
            for (int i = 0; i < found.Indices[row].Length; i++)
            {
                ref float best = ref likeness[(row * classes) + trainLabels[found.Indices[row][i]]];
                best = Math.Max(best, found.Cosines[row][i]);
            }
        return likeness;
    }

    private static double Share(int[] answers, int[] labels) =>
        answers.Zip(labels).Count(pair => pair.First == pair.Second) / (double)Math.Max(1, labels.Length);
}
