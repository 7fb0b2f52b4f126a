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
        MultiLevelOutput output = OfAllProcesses(views, graph);
        model.Remember(output.Logits);
        Tensor targets = PrototypeSwap.Targets(output.Logits,
            epoch >= QueueFrom ? ScoreQueue.Filled(model.Queue, model.QueueFilled) : null);
        List<LossTerm> terms =
        [
            new("high", LevelContrast.Loss(WithoutOverview(output.High.Feat))),
            new("high_time", TimeOrder.Loss(output.High.Fine)),
            new("mid", LevelContrast.Loss(WithoutOverview(output.Mid.Feat), WithoutOverview(output.Mid.Reversed!)),
                MidWeight),
            new("mid_time", TimeOrder.Loss(output.Mid.Fine), MidWeight),
            new("low", LevelContrast.Loss(WithoutOverview(output.Low.Feat), WithoutOverview(output.Low.Reversed!)),
                LowWeight),
            new("low_time", TimeOrder.Loss(output.Low.Fine), LowWeight),
            new("proto", PrototypeSwap.Loss(output.Logits, targets), PrototypeWeight),
        ];
        if (graph) terms.AddRange(GraphTerms(output, PrototypeSwap.Labels(targets)));
        return new LossTerms(terms);
    }

    /// <summary>
    /// What the model makes of this process's views, joined with that of the other ones: from here on all have the
    /// whole batch.
    /// </summary>
    private MultiLevelOutput OfAllProcesses(Tensor views, bool graph)
    {
        SplitBatch whole = batch ?? SplitBatch.None;
        using var shared = whole.SharedStatistics();
        MultiLevelOutput own = model.call(views, graph);
        LevelOutput Level(LevelOutput o) => new(
            whole.Gather(o.Feat),
            o.Reversed is null ? null : whole.Gather(o.Reversed),
            whole.Gather(o.Fine),
            o.Graph is null ? null : whole.Gather(o.Graph));
        return new MultiLevelOutput(Level(own.High), Level(own.Mid), Level(own.Low), whole.Gather(own.Logits));
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

    private IEnumerable<LossTerm> GraphTerms(MultiLevelOutput output, Tensor labels)
    {
        Tensor feat = output.High.Feat;
        Tensor graph = GraphConstraint.Infer(
            GraphConstraint.Similarity(feat.select(1, 0), feat.select(1, 1)), threshold,
            GraphConstraint.SameLabel(labels, feat.dtype));
        foreach ((string name, LevelOutput level, double weight) in ((string, LevelOutput, double)[])
            [
                ("graph_high", output.High, 1),
                ("graph_mid", output.Mid, MidWeight),
                ("graph_low", output.Low, LowWeight)
            ])
            yield return new(name,
                GraphConstraint.Loss(graph, level.Graph!.select(1, 0), level.Graph.select(1, 1)), weight);
    }

    // The overview enters only the time losses.
    private static Tensor WithoutOverview(Tensor feat) => feat.narrow(1, 0, 2);
}
