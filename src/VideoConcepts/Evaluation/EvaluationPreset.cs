using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>A published protocol. Source: docs/evaluation.md.</summary>
/// <param name="Name">As <c>--preset</c> takes it.</param>
/// <param name="Size">Height and width of a clip; null: as the model was trained.</param>
/// <param name="Windows">Windows of a video, spread evenly; null: all, every T/2 - 1 frames.</param>
/// <param name="MeanOfLogits">Windows are averaged before the softmax, not after.</param>
/// <param name="Probe">A linear classifier on the frozen backbone.</param>
/// <param name="FineTune">Training of the whole.</param>
public sealed record EvaluationPreset(string Name, int? Size, int? Windows, bool MeanOfLogits,
    ClassifierTraining Probe, ClassifierTraining FineTune)
{
    /// <summary>The protocols that are known: coclr and 10clip.</summary>
    public static IReadOnlyList<EvaluationPreset> All { get; } =
    [
        new("coclr", null, null, false,
            new ClassifierTraining(0.1, 1, 1e-3, 100, [60, 80], 32, 0, 0.9, true, true),
            new ClassifierTraining(1e-3, 0.1, 1e-3, 500, [400, 450], 32, 0.9, null, false, false)),
        new("10clip", 112, 10, true,
            new ClassifierTraining(0.1, 1, 1e-3, 100, [60, 80], 32, 0, 0.9, true, true),
            new ClassifierTraining(0.025, 1, 1e-4, 150, [60, 120], 32, 0.7, 0.9, false, false)),
    ];

    /// <exception cref="BadInputException">No preset has this name.</exception>
    public static EvaluationPreset Of(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new BadInputException($"‹preset› {name}: choose one of {string.Join(", ", All.Select(p => p.Name))}.");
}
