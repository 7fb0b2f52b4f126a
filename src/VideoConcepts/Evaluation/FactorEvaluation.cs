using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// How well one feature per video tells the classes of one factor apart; all figures are shares in [0, 1].
/// </summary>
/// <param name="Probe">Top-1 of a linear probe.</param>
/// <param name="Recall">(R@1, value), (R@5, value) …: nearest-neighbour retrieval, test videos against training
/// videos.</param>
internal sealed record FactorFigures(double Probe, IReadOnlyList<(string Name, double Value)> Recall)
{
    public double R1 => Recall[0].Value;
}

/// <summary>Retrieval and linear probe for a factor, on features that were extracted once for all factors.</summary>
internal static class FactorEvaluation
{
    /// <param name="train">Features of the training videos.</param>
    /// <param name="test">Features of the test videos.</param>
    /// <param name="trainLabels">Labelled list that names every training video.</param>
    /// <param name="testLabels">Labelled list that names every test video.</param>
    /// <param name="probe">Settings of the linear probe.</param>
    public static FactorFigures Measure(FeatureTable train, FeatureTable test, VideoList trainLabels,
        VideoList testLabels, LinearProbeOptions probe)
    {
        int[] trainClasses = Classes(train, trainLabels), testClasses = Classes(test, testLabels);
        Neighbours found = Retrieval.Search(test, train, Retrieval.ReportedCutoffs.Max());
        return new FactorFigures(LinearProbe.Run(train, trainClasses, test, testClasses, probe).Top1,
            [.. Retrieval.Recall(found, testClasses, trainClasses)]);
    }

    /// <summary>The class of every row of a table, looked up by the video's folder.</summary>
    /// <exception cref="BadInputException">A video is not in the list, or is in it twice with two labels.</exception>
    public static int[] Classes(FeatureTable table, VideoList labels) => Classes(table.Videos, labels);

    /// <summary>The same of videos.</summary>
    /// <exception cref="BadInputException">As above.</exception>
    public static int[] Classes(IReadOnlyList<VideoEntry> videos, VideoList labels)
    {
        Dictionary<string, VideoEntry> byFolder = new(StringComparer.Ordinal);
        foreach (VideoEntry video in labels.Videos)
            if (!byFolder.TryAdd(video.Path, video) && byFolder[video.Path] is var first
                && first.Label != video.Label)
                throw new BadInputException(
                    $"{video.Origin}: the video has label {video.Label} here and {first.Label} in line {first.Line}; "
                    + "remove one of the rows.");
        return [.. videos.Select(v => byFolder.TryGetValue(v.Path, out VideoEntry? row)
            ? row.Label!.Value
            : throw new BadInputException($"{v.Origin}: the video is not in {labels.File}."))];
    }
}
