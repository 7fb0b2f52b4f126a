using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// Cross-entropy of one augmented clip per video against its label: fine-tuning, or a probe of a frozen backbone.
/// </summary>
internal sealed class ClassifierObjective(Classifier model, ClassifierOptions options, double backboneRate, long seed,
    SplitBatch split) : IObjective
{
    private const string BackboneName = "backbone.";

    public nn.Module Model => model;

    /// <summary>
    /// The head learns with the run's rate, the backbone with a share of it; its unused fc and a frozen one not at all.
    /// </summary>
    public IReadOnlyList<ParameterGroup> Parameters
    {
        get
        {
            var named = model.named_parameters().Select(p => (p.name, p.parameter))
                .ToLookup(p => p.name.StartsWith(BackboneName, StringComparison.Ordinal));
            var head = new ParameterGroup([.. named[false]], 1);
            return options.Frozen ? [head] : [head, new ParameterGroup(
                [.. named[true].Where(p => !p.name.StartsWith(BackboneName + "fc.", StringComparison.Ordinal))],
                backboneRate)];
        }
    }

    public void BeforeStep()
    {
        if (options.Frozen) model.backbone.eval();
    }

    public LossTerms Compute(ClipBatch batch, int epoch)
    {
        var random = RandomStream.For(seed, epoch, batch.Indices[0]);
        model.DropoutSeed = (ulong)random.NextInt(0, int.MaxValue - 1);
        using var shared = split.SharedStatistics();
        Device device = model.backbone.Device;
        Tensor views = Views.OfClips(batch.On(device).Clips).squeeze(1).to(model.backbone.Type);
        long[] own = [.. batch.Videos.Select(v => (long)v.Label!.Value)];
        Tensor logits = split.Gather(model.call(views)), labels = split.Gather(tensor(own, device: device));
        return new LossTerms([new LossTerm("cross_entropy", nn.functional.cross_entropy(logits, labels))]);
    }

    public void AfterBackward(int epoch)
    {
        // Whatever has a gradient learns.
    }

    public IReadOnlyList<KeyValuePair<string, double>> Gauges() => [];

    public Tensor ClipFeatures(Tensor clips) => model.call(clips);

    /// <summary>Top-1 and, of more than five classes, top-5 of a list's videos, centre crops.</summary>
    public static IReadOnlyList<(string Name, double Value)> Accuracy(FeatureExtractor extractor, VideoList list,
        IObjective objective, CancellationToken stop)
    {
        VideoScores scores = VideoScores.Of(extractor, list.Videos, objective.ClipFeatures, softmaxFirst: true, null,
            stop);
        double Top(int k) => Metrics.TopK(scores.Values, scores.Classes, scores.Labels(), k);
        return scores.Classes > 5 ? [("top-1", Top(1)), ("top-5", Top(5))] : [("top-1", Top(1))];
    }
}
