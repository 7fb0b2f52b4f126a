using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

// B videos, 3 clips each (clip 1, clip 2, overview), t steps in time: 2 high, 4 mid, 8 low.

/// <summary>What one level of the backbone tells of the 3B clips.</summary>
/// <param name="Feat">(B, 3, 128), mean over time.</param>
/// <param name="Reversed">The same of the features reversed in time; null for the high level.</param>
/// <param name="Fine">(B, 3, 128, t).</param>
/// <param name="Graph">(B, 3, 128); null unless asked for.</param>
public sealed record LevelOutput(Tensor Feat, Tensor? Reversed, Tensor Fine, Tensor? Graph);

/// <summary>What the model computes before any loss.</summary>
/// <param name="Logits">Of clips 1 and 2 against the prototypes, (B, 2, clusters).</param>
public sealed record MultiLevelOutput(LevelOutput High, LevelOutput Mid, LevelOutput Low, Tensor Logits);

/// <summary>
/// Backbone with taps after layer2, layer3 and layer4, motion excitation of the lower two, projections and prototypes.
/// Fields carry the state_dict keys of the published program. Source: docs/method.md.
/// </summary>
public sealed class MultiLevelModel : nn.Module<Tensor, bool, MultiLevelOutput>, IVideoModel
{
    private const int ProjectionSize = 128, HighSteps = 2, MidSteps = 4, LowSteps = 8;

    /// <summary>The network whose features are learned.</summary>
    public readonly Backbone backbone;
    /// <summary>Projections after layer4: of clips, for the graph constraint, and of steps in time.</summary>
    public readonly Sequential project, project_graph, project_fine;
    /// <summary>The same after layer2.</summary>
    public readonly Sequential project_low, project_low_graph, project_low_fine;
    /// <summary>The same after layer3.</summary>
    public readonly Sequential project_mid, project_mid_graph, project_mid_fine;
    /// <summary>Projection to the prototypes, (N, D) → (N, 128).</summary>
    public readonly Sequential project_global;
    /// <summary>Prototypes, one a row, (clusters, 128).</summary>
    public readonly Linear prototype;
    private readonly Rows _queue;

    /// <param name="backbone">Any of <see cref="Backbones"/>; motion excitation is added to it.</param>
    /// <param name="clusters">Prototypes.</param>
    /// <param name="queueLength">Rows of past logits that take part in the targets.</param>
    public MultiLevelModel(Backbone backbone, int clusters, int queueLength) : base(nameof(MultiLevelModel))
    {
        int high = backbone.FeatureSize, mid = high / 2, low = high / 4;
        this.backbone = backbone;
        backbone.AddMotionExcitation(low, LowSteps, mid, MidSteps);
        (project, project_graph, project_fine) = (Projection(high), Projection(high), Projection(high));
        (project_low, project_low_graph, project_low_fine) = (Projection(low), Projection(low), Projection(low));
        (project_mid, project_mid_graph, project_mid_fine) = (Projection(mid), Projection(mid), Projection(mid));
        project_global = nn.Sequential(("0", nn.Linear(high, high, device: ShapesOnly.Device)),
            ("1", new BatchNorm(high)), ("2", nn.ReLU()),
            ("3", nn.Linear(high, ProjectionSize, device: ShapesOnly.Device)));
        prototype = nn.Linear(ProjectionSize, clusters, hasBias: false, device: ShapesOnly.Device);
        _queue = new Rows
        {
            Tensor = zeros([queueLength, 2, clusters], device: ShapesOnly.Device).DetachFromDisposeScope(),
        };
        RegisterComponents();
    }

    /// <summary>Past logits (rows, 2, clusters), newest last; not part of the state_dict.</summary>
    public Tensor Queue => _queue.Tensor;

    /// <summary>Rows of <see cref="Queue"/> that hold real logits.</summary>
    public int QueueFilled { get; set; }

    IEnumerable<KeyValuePair<string, Tensor>> IVideoModel.ExtraState => [new("queue", Queue)];

    Backbone IVideoModel.Backbone => backbone;

    nn.Module IVideoModel.Module => this;

    /// <summary>Makes the prototype rows unit vectors; done before every step.</summary>
    public void NormalisePrototypes() => Heads.NormaliseRows(prototype);

    /// <summary>Appends this step's logits (B, 2, clusters) to the queue.</summary>
    public void Remember(Tensor logits)
    {
        ScoreQueue.Append(Queue, logits);
        QueueFilled = (int)Math.Min(Queue.shape[0], QueueFilled + logits.shape[0]);
    }

    /// <summary>
    /// views (B, 3, 3, T, H, W): clip 1, clip 2, overview. All clips pass the backbone and every head together.
    /// </summary>
    /// <param name="views">The clips.</param>
    /// <param name="graph">Whether the features of the graph constraint are wanted.</param>
    public override MultiLevelOutput forward(Tensor views, bool graph)
    {
        long b = views.shape[0];
        BackboneOutput taps = backbone.call(views.flatten(0, 1));
        Tensor high = nn.functional.adaptive_avg_pool3d(taps.Maps, [HighSteps, 1, 1]).flatten(2); // (3B, D, 2)
        LevelOutput top = Level(high, high, b, project, project_fine, graph ? project_graph : null);
        LevelOutput middle = Excited(taps.Mid.to(views.dtype), backbone.memid!, b,
            project_mid, project_mid_fine, graph ? project_mid_graph : null);
        LevelOutput bottom = Excited(taps.Low.to(views.dtype), backbone.melow!, b,
            project_low, project_low_fine, graph ? project_low_graph : null);
        Tensor logits = prototype.call(UnitVectors.Of(project_global.call(high.mean([2]))))
            .unflatten(0, b, 3).narrow(1, 0, 2);
        return new MultiLevelOutput(top, middle, bottom, logits);
    }

    // The features as they are, and reversed in time, go through motion excitation as one batch.
    private static LevelOutput Excited(
        Tensor x, Sequential excitation, long b, Sequential plain, Sequential fine, Sequential? graph)
    {
        Tensor both = excitation.call(cat([x, x.flip(2)], 0)).flatten(2); // (6B, C, t)
        return Level(both.narrow(0, 0, 3 * b), both, b, plain, fine, graph);
    }

    private static LevelOutput Level(
        Tensor own, Tensor all, long b, Sequential plain, Sequential fine, Sequential? graph)
    {
        Tensor feat = plain.call(all).mean([2]).unflatten(0, -1, 3); // (B or 2B, 3, 128)
        return new LevelOutput(feat.narrow(0, 0, b), feat.shape[0] > b ? feat.narrow(0, b, b) : null,
            fine.call(own).unflatten(0, b, 3), graph?.call(own).mean([2]).unflatten(0, b, 3));
    }

    private static Sequential Projection(int inputs) => nn.Sequential(
        ("0", new TimeProjection(inputs, inputs)),
        ("1", nn.ReLU()),
        ("2", new TimeProjection(inputs, ProjectionSize)));

    /// <summary>The queue goes where the module goes.</summary>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        base._toEpilog(dtype, device, non_blocking);
        using Tensor old = Queue;
        _queue.Tensor = old.to(dtype ?? old.dtype, device ?? old.device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>Frees the queue, too.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _queue.Tensor.Dispose();
        base.Dispose(disposing);
    }

    // A tensor in a field would become a buffer of the state_dict.
    private sealed class Rows
    {
        public required Tensor Tensor { get; set; }
    }
}
