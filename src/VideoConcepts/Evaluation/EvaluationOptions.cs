using VideoConcepts.Models;

namespace VideoConcepts.Evaluation;

/// <summary>Which model is evaluated, how videos are cut into windows, and where results go.</summary>
public record EvaluationOptions : EncoderOptions
{
    /// <summary>An evaluation with nothing chosen.</summary>
    public EvaluationOptions() { }

    internal EvaluationOptions(EncoderOptions encoder) : base(encoder) { }

    /// <summary>A run's folder, or a checkpoint in it; this or <see cref="Net"/>.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Instead of a checkpoint a net with random weights, one of <see cref="Backbones.Names"/>.</summary>
    public string? Net { get; init; }

    /// <summary>Of random weights, of classifiers and of what is drawn.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Folder that relative paths of the lists start from; null: each list's own.</summary>
    public string? Root { get; init; }

    /// <summary>
    /// Windows may reach across the cuts that preparation found; null: no, or as a classifier was trained.
    /// </summary>
    public bool? AcrossCuts { get; init; }

    /// <summary>The protocol whose numbers hold where nothing else is said, see <see cref="EvaluationPreset.All"/>;
    /// null: CoCLR's, or of a classifier as it was trained.</summary>
    public string? Preset { get; init; }

    /// <summary>Measure although videos are in both lists.</summary>
    public bool AllowOverlap { get; init; }

    /// <summary>Folder for the results; null: they are returned, and written nowhere.</summary>
    public string? Out { get; init; }

    /// <summary>Results of this program that came from other sources, or were changed since, are replaced; null: they
    /// are not, and messages do not speak of it.</summary>
    public bool? Force { get; init; } = false;

    /// <summary>What made the results, as they shall say; null: nothing is said.</summary>
    public string? Command { get; init; }
}

/// <summary>An evaluation with lists to learn from and lists to test on.</summary>
public abstract record ListEvaluationOptions : EvaluationOptions
{
    /// <summary>Labelled lists to learn from or to search in, one of each split or factor.</summary>
    public IReadOnlyList<string> TrainLists { get; init; } = [];

    /// <summary>Labelled lists to test on, as many.</summary>
    public IReadOnlyList<string> TestLists { get; init; } = [];
}

/// <summary>An evaluation of features that are computed once.</summary>
public abstract record FeatureEvaluationOptions : ListEvaluationOptions
{
    /// <summary>What features are of: clips, differences, both, mean-image or difference-image.</summary>
    public string View { get; init; } = FeatureViews.Clips;

    /// <summary>Measures the same net with random weights, too.</summary>
    public bool CompareRandom { get; init; } = true;

    /// <summary>Folder that keeps features of nets with random weights, so that they are computed once; null: beside
    /// the results.</summary>
    public string? Untrained { get; init; }
}

/// <summary>What an evaluation found.</summary>
/// <param name="Tables">Figures of each split, then, of several, their mean and those of all test videos
/// together.</param>
/// <param name="ResultFile">The file of results, or null.</param>
public sealed record EvaluationResult(IReadOnlyList<FigureTable> Tables, string? ResultFile);
