using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Cli;

/// <summary>A model to evaluate, and how its clips are cut.</summary>
internal sealed record EvaluatedModel(IVideoModel Model, TrainOptions Options, string Name, string? File) : IDisposable
{
    public string Hash { get; } = File is null ? "" : FileHash.Of(File);

    /// <summary>The run that its weights are of, or the net and seed of random ones.</summary>
    public Source Source => File is null ? new Source("net", Name) : RunIdentity.Source(File);

    /// <summary>The file that it was read from.</summary>
    public IEnumerable<InputFile> Inputs => File is null ? [] : [new InputFile("the checkpoint", File)];

    /// <summary>Features of clips, or of what <c>--view</c> says.</summary>
    public Tensor Features(string view, Tensor clips) => FeatureViews.Of(Model, Options.Difference, view, clips);

    /// <summary>The same of all videos of a list.</summary>
    /// <param name="extractor">Cuts and decodes.</param>
    /// <param name="view">What they are of.</param>
    /// <param name="list">The list.</param>
    /// <param name="title">What the bar says.</param>
    /// <param name="folder">Where they are kept, and looked for first; null: nowhere.</param>
    /// <param name="batchSize">The extractor's windows per forward pass.</param>
    /// <param name="stop">Stops between batches.</param>
    public FeatureTable Features(FeatureExtractor extractor, string view, VideoList list, string title, string? folder,
        int batchSize, CancellationToken stop)
    {
        Tensor Network(Tensor batch) => Features(view, batch);
        if (folder is null)
            return EvaluationInputs.Track(title, extractor, list,
                progress => extractor.Extract(list.Videos, Network, progress, stop), table => table.Dropped);
        var what = new FeatureDescription(Name, StateDict.Hash(Model.Backbone), list.File, list.Hash(),
            extractor.Clips, extractor.CountWindows(list.Videos), FeatureViews.Dimension(Model.Backbone, view),
            FirstVideo: list.Videos[0].Directory, Precision: Options.Precision, View: FeatureDescription.ViewOf(view));
        return EvaluationInputs.Track(title, extractor, list,
            progress => new KeptFeatures(folder, line => Screen.Say($"{title}: {line}"))
                .Of(what, extractor, batchSize, list.Videos, Network, progress, stop),
            table => table.Dropped);
    }

    public void Dispose() => Model.Dispose();
}
