using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

// B videos, S clips, V = 3S views in the order v1..vS s1..sS d1..dS, K concepts of each kind, D features.

/// <summary>Size of a concept model.</summary>
/// <param name="Concepts">K, static concepts and as many dynamic ones.</param>
/// <param name="Clips">S, clips per video.</param>
/// <param name="QueueLength">Rows of past scores that take part in the targets.</param>
/// <param name="Graph">With the projection of the graph constraint, <c>project_graph</c>.</param>
/// <param name="OwnStatistics">Batch norms of the backbone have statistics of their own for difference views.</param>
public sealed record ConceptModelOptions(int Concepts = 100, int Clips = 2, int QueueLength = 1024, bool Graph = false,
    bool OwnStatistics = false);

/// <summary>What the model computes for a batch before any loss.</summary>
/// <param name="Feat">Backbone features, (B, V, D).</param>
/// <param name="Maps">Last feature maps, (B, V, D, t, h, w).</param>
/// <param name="Scores">Concept scores, (B, V, 2K): columns 0..K-1 static, K..2K-1 dynamic.</param>
public sealed record ConceptOutput(Tensor Feat, Tensor Maps, Tensor Scores);

/// <summary>
/// Backbone, projections, concept heads, prototypes, reconstruction heads, local attention and score queue.
/// Fields carry the state_dict keys of the published program. Source: docs/method.md.
/// </summary>
public sealed class ConceptModel : nn.Module<Tensor, ConceptOutput>, IVideoModel
{
    private const int ProjectionSize = 128;

    /// <summary>The network whose features are learned.</summary>
    public readonly Backbone backbone;
    /// <summary>
    /// Projections for instance contrast, (N, D) → (N, 128): of clips against clips, stills and differences, and of
    /// these two.
    /// </summary>
    public readonly Sequential fvv, fvs, fvd, fsv, fdv;
    /// <summary>Concept heads of clips, stills and differences, (N, D) → (N, D).</summary>
    public readonly Sequential fv, fs, fd;
    /// <summary>Reconstruction heads: scores → features, (N, 2K) or (N, K) → (N, D).</summary>
    public readonly Sequential gv, gs, gd;
    /// <summary>Prototypes of clips, stills and differences, one a row, (2K, D): static ones first.</summary>
    public readonly Linear prototype, prototype_s, prototype_d;
    internal readonly LocalConceptAttention lit;
    /// <summary>Projection of the graph constraint, which is ours; null without it.</summary>
    public readonly Sequential? project_graph; // ours, for --thres
    /// <summary>Past scores, (rows, V, 2K), newest last.</summary>
    public readonly Tensor queue; // (rows, V, 2K), newest last

    /// <summary>Builds it with undefined weights.</summary>
    public ConceptModel(Backbone backbone, ConceptModelOptions options) : base(nameof(ConceptModel))
    {
        (Options, int d, int k) = (options, backbone.FeatureSize, options.Concepts);
        this.backbone = backbone;
        fvv = Heads.Projection(d, ProjectionSize);
        fvs = Heads.Projection(d, ProjectionSize);
        fvd = Heads.Projection(d, ProjectionSize);
        (fsv, fdv) = (Heads.Projection(d, ProjectionSize), Heads.Projection(d, ProjectionSize));
        (fv, fs, fd) = (Heads.Normalised(d, d), Heads.Normalised(d, d), Heads.Normalised(d, d));
        (gv, gs, gd) = (Heads.Normalised(2 * k, d), Heads.Normalised(k, d), Heads.Normalised(k, d));
        prototype = nn.Linear(d, 2 * k, hasBias: false, device: ShapesOnly.Device);
        prototype_s = nn.Linear(d, 2 * k, hasBias: false, device: ShapesOnly.Device);
        prototype_d = nn.Linear(d, 2 * k, hasBias: false, device: ShapesOnly.Device);
        lit = new LocalConceptAttention(d);
        project_graph = options.Graph ? Heads.Projection(d, ProjectionSize) : null;
        if (options.OwnStatistics)
            foreach (BatchNorm norm in backbone.modules().OfType<BatchNorm>()) norm.AddDifferenceStatistics();
        queue = zeros([options.QueueLength, 3L * options.Clips, 2L * k], device: ShapesOnly.Device);
        RegisterComponents();
    }

    /// <summary>Its size.</summary>
    public ConceptModelOptions Options { get; }

    Backbone IVideoModel.Backbone => backbone;

    nn.Module IVideoModel.Module => this;

    /// <summary>
    /// Rows of <see cref="queue"/> that hold real scores. Kept beside the state_dict; a foreign queue counts as full.
    /// </summary>
    public int QueueFilled { get; set; }

    /// <summary>The prototypes of clips, stills and differences.</summary>
    public IEnumerable<Linear> Prototypes => [prototype, prototype_s, prototype_d];

    /// <summary>
    /// All views go through the backbone as one batch, each concept head once per view. views: (B, V, 3, T, H, W), of
    /// which the static ones s1 … sS repeat one frame.
    /// </summary>
    public override ConceptOutput forward(Tensor views)
    {
        using var scope = NewDisposeScope();
        (Tensor feat, Tensor maps) = Features(views);
        Tensor scores = stack([.. Enumerable.Range(0, 3 * Options.Clips)
            .Select(i => ViewScores(feat.select(1, i), i / Options.Clips))], 1);
        return new ConceptOutput(
            feat.MoveToOuterDisposeScope(), maps.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());
    }

    // (B, V, D) and (B, V, D, t, h, w).
    private (Tensor Feat, Tensor Maps) Features(Tensor views)
    {
        int s = Options.Clips;
        if (Options.OwnStatistics)
        {
            BackboneOutput seen = backbone.call(views.narrow(1, 0, 2L * s).flatten(0, 1));
            BackboneOutput changes = OfDifferences(views.narrow(1, 2L * s, s).flatten(0, 1));
            Tensor Both(Tensor a, Tensor b) => cat([a.unflatten(0, -1, 2 * s), b.unflatten(0, -1, s)], 1);
            return (Both(seen.Feat, changes.Feat), Both(seen.Maps, changes.Maps));
        }
        if (!backbone.ComputesStillsOnce(views.shape[3]))
        {
            BackboneOutput all = backbone.call(views.flatten(0, 1));
            return (all.Feat.unflatten(0, -1, 3 * s), all.Maps.unflatten(0, -1, 3 * s));
        }
        Tensor moving = cat([views.narrow(1, 0, s), views.narrow(1, 2 * s, s)], 1);
        Tensor stills = views.narrow(1, s, s).select(3, 0);
        BackboneOutput output = backbone.Forward(moving.flatten(0, 1), stills.flatten(0, 1));
        return (InOrder(output.Feat), InOrder(output.Maps));

        Tensor InOrder(Tensor x)
        {
            Tensor clips = x.narrow(0, 0, moving.shape[0] * 2L * s).unflatten(0, -1, 2 * s);
            return cat([clips.narrow(1, 0, s), x.narrow(0, moving.shape[0] * 2L * s, moving.shape[0] * (long)s)
                .unflatten(0, -1, s), clips.narrow(1, s, s)], 1);
        }
    }

    /// <summary>Whether a tensor of the state_dict has the size of the number of concepts: prototypes, and the layers
    /// that features are rebuilt from scores with.</summary>
    internal static bool IsOfConcepts(string key) =>
        key is "prototype.weight" or "prototype_s.weight" or "prototype_d.weight" or "gv.0.weight" or "gs.0.weight"
            or "gd.0.weight";

    /// <summary>What the backbone makes of difference views (N, 3, T, H, W).</summary>
    public BackboneOutput OfDifferences(Tensor views)
    {
        if (!Options.OwnStatistics) return backbone.call(views);
        using var own = new BatchNorm.DifferenceStatistics();
        return backbone.call(views);
    }

    /// <summary>Scores of static views, as the s views have them: features (N, D) → (N, 2K).</summary>
    public Tensor StillScores(Tensor feat)
    {
        using var scope = NewDisposeScope();
        return UnitVectors.Of(fs.call(feat)).matmul(UnitVectors.Of(prototype_s.weight!).t()).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of difference views, as the d views have them: features (N, D) → (N, 2K).</summary>
    public Tensor DifferenceScores(Tensor feat)
    {
        using var scope = NewDisposeScope();
        return UnitVectors.Of(fd.call(feat)).matmul(UnitVectors.Of(prototype_d.weight!).t()).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Scores of RGB clips, as the v views have them: features (N, D) → (N, 2K), against unit prototype rows.
    /// </summary>
    public Tensor ClipScores(Tensor feat)
    {
        using var scope = NewDisposeScope();
        return UnitVectors.Of(fv.call(feat)).matmul(UnitVectors.Of(prototype.weight!).t()).MoveToOuterDisposeScope();
    }

    /// <summary>Makes the prototype rows unit vectors; done before every step.</summary>
    public void NormalisePrototypes()
    {
        foreach (Linear rows in Prototypes) Heads.NormaliseRows(rows);
    }

    /// <summary>Appends this step's scores (B, V, 2K) to the queue.</summary>
    public void Remember(Tensor scores)
    {
        ScoreQueue.Append(queue, scores);
        QueueFilled = (int)Math.Min(queue.shape[0], QueueFilled + scores.shape[0]);
    }

    // kind 0: v, 1: s, 2: d
    private Tensor ViewScores(Tensor feat, int kind)
    {
        (Sequential head, Linear rows) = kind switch
        {
            0 => (fv, prototype),
            1 => (fs, prototype_s),
            _ => (fd, prototype_d)
        };
        return rows.call(UnitVectors.Of(head.call(feat)));
    }
}
