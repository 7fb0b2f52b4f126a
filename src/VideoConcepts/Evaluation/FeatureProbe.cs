using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>The classifier of one split's features, as the options choose it.</summary>
internal sealed class FeatureProbe(ProbeClassifier classifier, long seed, EvaluationSession session,
    IReadOnlyList<EvaluationSplit> splits, EvaluationSplit split, CancellationToken stop)
{
    private readonly LinearProbeOptions _sgd = new() { BatchNorm = true, Seed = seed };
    private (double Value, string ChosenBy) _penalty = (0, "");

    /// <summary>In words.</summary>
    public string Name => classifier switch
    {
        ProbeClassifier.Logistic => "logistic regression",
        ProbeClassifier.Nearest => "nearest neighbour",
        _ => "linear probe",
    };

    /// <summary>As results keep them, after <see cref="Run"/>.</summary>
    public JsonNode? Settings() => classifier switch
    {
        ProbeClassifier.Logistic => new JsonObject
        {
            ["classifier"] = "logistic",
            ["penalty"] = _penalty.Value,
            ["chosen_by"] = _penalty.ChosenBy,
        },
        ProbeClassifier.Nearest => new JsonObject { ["classifier"] = "nearest" },
        _ => JsonSerializer.SerializeToNode(_sgd, RecipeFile.Json),
    };

    /// <summary>Learns from one table and is tested on another.</summary>
    /// <param name="model">Whose features they are.</param>
    /// <param name="train">Labelled.</param>
    /// <param name="test">Labelled.</param>
    public LinearProbeResult Run(string model, FeatureTable train, FeatureTable test) => classifier switch
    {
        ProbeClassifier.Nearest => NearestNeighbour.Run(train, test),
        ProbeClassifier.Logistic => Regress(model, train, test),
        _ => session.Work.Track("probe", 1, _ => LinearProbe.Run(train, test, _sgd)),
    };

    private LinearProbeResult Regress(string model, FeatureTable train, FeatureTable test)
    {
        int[]? bySplits = Folds.BySplits(train.Videos,
            [.. splits.Where(s => s != split).Select(s => s.Test.Videos)]);
        int[] folds = bySplits ?? Folds.AtRandom(train.Videos, seed);
        string chosenBy = bySplits is null ? "random parts of the training list" : "the other splits' test lists";
        (LinearProbeResult found, double penalty) = session.Work.Track("probe", LogisticProbe.Fits(folds), bar =>
            LogisticProbe.Run(train, test, folds, null, new InlineProgress<long>(n => bar(n, "")), stop));
        string of = split.Name.Length > 0 ? $"{split.Name}, {model}" : model;
        session.Work.Say(string.Create(CultureInfo.InvariantCulture,
            $"{of}: penalty {penalty:0.###}, chosen by {chosenBy}"));
        _penalty = (penalty, chosenBy);
        return found;
    }
}
