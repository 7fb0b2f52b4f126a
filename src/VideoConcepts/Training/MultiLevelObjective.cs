using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// Contrast and time order at three levels, motion patterns, prototypes, and the graph constraint.
/// Source: docs/method.md.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="threshold"><c>--thres</c>.</param>
/// <param name="split">Epoch index from which the graph constraint takes part.</param>
/// <param name="batch">How the batch is spread over processes; null: not.</param>
/// <param name="randomQueue">Reference quirk: the queue counts as full from the start.</param>
internal sealed class MultiLevelObjective(MultiLevelModel model, double threshold, int split, bool randomQueue = false,
    SplitBatch? batch = null) : IObjective
{
    /// <summary>
    /// The queue takes part in the targets from this epoch index on, the prototypes learn from the other one on.
    /// </summary>
    public const int QueueFrom = 10, PrototypesFrom = 1;

    private const double MidWeight = 0.5, LowWeight = 0.3, PrototypeWeight = 0.5;

    private readonly SplitBatch _batch = batch ?? SplitBatch.None;

    public nn.Module Model => model;

    public void BeforeStep()
    {
        if (randomQueue) model.QueueFilled = (int)model.Queue.shape[0];
        model.NormalisePrototypes();
    }

    public LossTerms Compute(ClipBatch batch, int epoch) =>
        Compute(Views.OfClips(batch.On(model.backbone.Device).Clips).to(model.backbone.Type), epoch);

    /// <summary>As above, from the views themselves: (B, 3, 3, T, H, W).</summary>
    public LossTerms Compute(Tensor views, int epoch)
    {
        bool graph = epoch >= split;
        using var shared = _batch.SharedStatistics();
        MultiLevelOutput own = model.call(views, graph); // of this process's videos
        Tensor logits = _batch.Gather(own.Logits); // of all
        model.Remember(logits);
        Tensor targets = PrototypeSwap.Targets(logits,
            epoch >= QueueFrom ? ScoreQueue.Filled(model.Queue, model.QueueFilled) : null);
        Clips high = ClipsOf(own.High), mid = ClipsOf(own.Mid), low = ClipsOf(own.Low);
        List<LossTerm> terms =
        [
            new("high", Contrast(high)),
            new("high_time", _batch.Mean(TimeOrder.Loss(own.High.Fine))),
            new("mid", Contrast(mid, own.Mid.Reversed), MidWeight),
            new("mid_time", _batch.Mean(TimeOrder.Loss(own.Mid.Fine)), MidWeight),
            new("low", Contrast(low, own.Low.Reversed), LowWeight),
            new("low_time", _batch.Mean(TimeOrder.Loss(own.Low.Fine)), LowWeight),
            new("proto", PrototypeSwap.Loss(logits, targets), PrototypeWeight),
        ];
        if (graph) terms.AddRange(GraphTerms(own, high, PrototypeSwap.Labels(targets)));
        return new LossTerms(terms);
    }

    /// <summary>In epoch index 0 the prototypes are not learned.</summary>
    public void AfterBackward(int epoch)
    {
        if (epoch < PrototypesFrom) model.prototype.weight!.grad = null;
    }

    public IReadOnlyList<KeyValuePair<string, double>> Gauges()
    {
        using var scope = NewDisposeScope();
        return model.QueueFilled == 0 ? []
            : [.. ConceptUsage.Of(ScoreQueue.Filled(model.Queue, model.QueueFilled), "prototypes")];
    }

    public Tensor ClipFeatures(Tensor clips) => model.backbone.call(clips).Feat;

    // Clips 1 and 2 of this process's videos and of all, (B, 2, C) and (R, 2, C).
    private readonly record struct Clips(Tensor Own, Tensor All);

    // The overview enters only the time losses.
    private Clips ClipsOf(LevelOutput level)
    {
        Tensor own = WithoutOverview(level.Feat);
        return new(own, _batch.Gather(own));
    }

    /// <summary>Anchors are this process's clips, and what they are compared with is of all.</summary>
    private Tensor Contrast(Clips clips, Tensor? reversed = null) => _batch.Mean(LevelContrast.Loss(clips.Own,
        reversed is null ? null : WithoutOverview(reversed), clips.All, _batch.Communicator.Rank,
        _batch.Communicator.Size));

    /// <param name="own">Of this process's videos.</param>
    /// <param name="high">Their clips at the highest level.</param>
    /// <param name="labels">The prototypes of all videos, (R).</param>
    private IEnumerable<LossTerm> GraphTerms(MultiLevelOutput own, Clips high, Tensor labels)
    {
        Tensor graph = GraphConstraint.Infer(
            GraphConstraint.Similarity(high.Own.select(1, 0), high.All.select(1, 1)), threshold,
            GraphConstraint.SameLabel(_batch.Own(labels), labels, high.Own.dtype), _batch.Communicator.Rank,
            _batch.Communicator.Size);
        foreach ((string name, LevelOutput level, double weight) in ((string, LevelOutput, double)[])
            [
                ("graph_high", own.High, 1),
                ("graph_mid", own.Mid, MidWeight),
                ("graph_low", own.Low, LowWeight)
            ])
            yield return new(name, _batch.Mean(GraphConstraint.Loss(graph, level.Graph!.select(1, 0),
                _batch.Gather(level.Graph.select(1, 1)))), weight);
    }

    private static Tensor WithoutOverview(Tensor feat) => feat.narrow(1, 0, 2);
}
