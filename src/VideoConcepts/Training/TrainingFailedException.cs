using System.Globalization;
using VideoConcepts.Data;

namespace VideoConcepts.Training;

/// <summary>Training cannot go on; what was saved before is intact.</summary>
public sealed class TrainingFailedException(string message) : Exception(message)
{
    internal static TrainingFailedException NotFinite(IReadOnlyList<KeyValuePair<string, double>> values, int epoch, long step, IReadOnlyList<VideoEntry> videos)
    {
        string terms = string.Join(", ", values.Where(v => !double.IsFinite(v.Value)).Select(v => v.Key + " = " + v.Value.ToString(CultureInfo.InvariantCulture)));
        return new TrainingFailedException(
            $"the loss is not finite at step {step + 1}, epoch {epoch + 1} ({terms}); videos of the batch: {string.Join(", ", videos.Select(v => v.Origin))}; "
            + "look at these videos or train with a smaller --lr. The checkpoint of the epoch before is intact.");
    }
}
