using System.Globalization;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Losses;

namespace VideoConcepts.Training;

/// <summary>Training cannot go on; what was saved before is intact.</summary>
public sealed class TrainingFailedException(string message) : Exception(message)
{
    /// <summary>One line, with properties where it speaks of options.</summary>
    public override string Message => OptionKeys.AsProperties(base.Message);

    /// <summary>The same with the keys of options, for the command line.</summary>
    internal string Keyed => base.Message;

    /// <summary>A loss or a gradient is not finite; says which.</summary>
    internal static TrainingFailedException NotFinite(LossTerms terms, torch.nn.Module model, int epoch, long step,
        IReadOnlyList<VideoEntry> videos)
    {
        string[] losses = [.. terms.Terms.Prepend(new LossTerm("total", terms.Total()))
            .Select(t => (t.Name, Value: t.Value.ToDouble()))
            .Where(t => !double.IsFinite(t.Value))
            .Select(t => t.Name + " = " + t.Value.ToString(CultureInfo.InvariantCulture))];
        string gradient = model.named_parameters().FirstOrDefault(p =>
            p.parameter.grad is { } g && !double.IsFinite(g.norm().ToDouble())).name ?? "all parameters together";
        string what = losses.Length > 0 ? "loss" : $"gradient of {gradient}", which = losses.Length > 0
            ? $" ({string.Join(", ", losses)})" : "";
        return new TrainingFailedException(
            $"the {what} is not finite at step {step + 1}, epoch {epoch + 1}{which}; videos of the batch: "
            + $"{string.Join(", ", videos.Select(v => v.Origin))}; look at these videos or train with a smaller ‹lr›. "
            + "The last checkpoint is intact.");
    }

    internal static TrainingFailedException NotSaved(string path, Exception reason) => new(
        $"{path}: the checkpoint cannot be written ({reason.Message.ReplaceLineEndings(" ").TrimEnd('.')}); make room "
        + "or mend the folder, then go on with ‹resume›. Checkpoints saved before are intact.");
}
