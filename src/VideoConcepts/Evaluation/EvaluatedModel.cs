using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>A model to evaluate, in evaluation mode, and what it was trained with.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">How it was trained, or would be.</param>
/// <param name="Name">Its file, or its net and seed.</param>
/// <param name="File">The checkpoint; null: random weights.</param>
internal sealed record EvaluatedModel(IVideoModel Model, TrainOptions Options, string Name, string? File) : IDisposable
{
    public string Hash { get; } = File is null ? "" : FileHash.Of(File);

    /// <summary>The run that its weights are of, or the net and seed of random ones.</summary>
    public Source Source => File is null ? new Source("net", Name) : RunIdentity.Source(File);

    /// <summary>The file that it was read from.</summary>
    public IEnumerable<InputFile> Inputs => File is null ? [] : [new InputFile("the checkpoint", File)];

    /// <summary>Features of clips, or of what the view says.</summary>
    public Tensor Features(string view, Tensor clips) => FeatureViews.Of(Model, Options.Difference, view, clips);

    public void Dispose() => Model.Dispose();
}
