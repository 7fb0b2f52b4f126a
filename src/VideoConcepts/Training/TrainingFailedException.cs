using System.Globalization;
using VideoConcepts.Data;

namespace VideoConcepts.Training;

/// <summary>Training cannot go on; what was saved before is intact.</summary>
public sealed class TrainingFailedException(string message) : Exception(message)
{
    internal static TrainingFailedException GradientNotFinite(string parameter, int epoch, long step, IReadOnlyList<VideoEntry> videos) => new(
        $"the gradient of {parameter} is not finite at step {step + 1}, epoch {epoch + 1}; videos of the batch: {string.Join(", ", videos.Select(v => v.Origin))}; "
        + "look at these videos or train with a smaller --lr. The last checkpoint is intact.");

    internal static TrainingFailedException NotSaved(string path, Exception reason) => new(
        $"{path}: the checkpoint cannot be written ({reason.Message.ReplaceLineEndings(" ").TrimEnd('.')}); make room or mend the folder, then go on with --resume. Checkpoints saved before are intact.");

    internal static TrainingFailedException NotFinite(IReadOnlyList<KeyValuePair<string, double>> values, int epoch, long step, IReadOnlyList<VideoEntry> videos)
    {
        string terms = string.Join(", ", values.Where(v => !double.IsFinite(v.Value)).Select(v => v.Key + " = " + v.Value.ToString(CultureInfo.InvariantCulture)));
        return new TrainingFailedException(
            $"the loss is not finite at step {step + 1}, epoch {epoch + 1} ({terms}); videos of the batch: {string.Join(", ", videos.Select(v => v.Origin))}; "
            + "look at these videos or train with a smaller --lr. The last checkpoint is intact.");
    }
}
