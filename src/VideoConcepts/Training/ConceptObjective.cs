using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

// B videos, S clips, V = 3S views v1..vS s1..sS d1..dS, K concepts of each kind, D features.

/// <summary>
/// Where the published program differs from the method as we read it; off unless numbers are compared with it.
/// </summary>
/// <param name="WrapDifference">The first frame difference subtracts the last frame.</param>
/// <param name="StrictTopTen">Nine leading concepts survive instead of ten.</param>
/// <param name="RandomQueue">The queue counts as full from the start.</param>
internal sealed record ReferenceQuirks(bool WrapDifference = false, bool StrictTopTen = false, bool RandomQueue = false)
{
    public static ReferenceQuirks None { get; } = new();

    public static ReferenceQuirks All { get; } = new(true, true, true);
}

/// <summary>The graph constraint of the concept objective (ours).</summary>
/// <param name="Threshold"><c>--thres</c>.</param>
/// <param name="From">Epoch index from which it takes part, <c>--split</c>.</param>
internal sealed record GraphOptions(double Threshold, int From);

/// <summary>What of the objective is ours, all of it off in the published one.</summary>
/// <param name="Difference">What the difference views show, see <see cref="Differences"/>.</param>
/// <param name="StaticNegatives">In I_vd and I_vv a video's own static view is a negative: only motion tells it
/// apart.</param>
/// <param name="OwnTargets">Static concepts are assigned by the static views alone and dynamic ones by the difference
/// views, which clips then predict: what a clip cannot tell apart does not blur them.</param>
/// <param name="Balance">I_vs and I_vd are weighed so that both are learned at the same pace, see
/// <see cref="ContrastBalance"/>.</param>
internal sealed record MotionOptions(string Difference = Differences.Raw, bool StaticNegatives = false,
    bool OwnTargets = false, bool Balance = false);

/// <summary>The objective of static and dynamic concepts. Source: docs/method.md.</summary>
internal sealed class ConceptObjective : IObjective
{
    /// <summary>The queue takes part in the targets, and the prototypes learn, from this epoch index on.</summary>
    public const int QueueFrom = 1, PrototypesFrom = 1;

    private const double DiversityWeight = 0.1;
    private readonly ConceptModel _model;
    private readonly ReferenceQuirks _quirks;
    private readonly int _localFrom;
    private readonly GraphOptions? _graph;
    private readonly SplitBatch _batch, _local; // of all processes, and of those of one local contrast
    private readonly MotionOptions _motion;

    /// <param name="localFrom">Epoch index from which the local concept contrast takes part; published: 10.</param>
    /// <param name="graph">The graph constraint; null: none, and the model needs no project_graph.</param>
    /// <param name="batch">How the batch is spread over processes; null: not.</param>
    /// <param name="localGroup">Processes that compare their videos in the local contrast; 0: all.</param>
    public ConceptObjective(ConceptModel model, ReferenceQuirks quirks, int localFrom = 10, GraphOptions? graph = null,
        SplitBatch? batch = null, MotionOptions? motion = null, int localGroup = 0)
    {
        _motion = motion ?? new MotionOptions();
        (_model, _quirks, _localFrom, _graph, _batch) = (model, quirks, localFrom, graph, batch ?? SplitBatch.None);
        _local = localGroup == 0 || localGroup >= _batch.Communicator.Size ? _batch
            : new SplitBatch(_batch.Communicator.Group(localGroup), syncNorms: false);
        if (quirks.RandomQueue) model.QueueFilled = (int)model.queue.shape[0];
    }

    public nn.Module Model => _model;

    public void BeforeStep() => _model.NormalisePrototypes();

    public LossTerms Compute(ClipBatch batch, int epoch)
    {
        (Tensor clips, Tensor stills) = batch.On(_model.backbone.Device);
        Tensor views = Views.OfConcepts(clips, stills, _quirks.WrapDifference, _motion.Difference);
        return Compute(views.to(_model.backbone.Type), epoch);
    }

    /// <summary>As above, from the views themselves.</summary>
    public LossTerms Compute(Tensor views, int epoch)
    {
        using var shared = _batch.SharedStatistics();
        ConceptOutput own = _model.call(views); // of this process's videos; keys, scores and losses below are of all
        Tensor scores = _batch.Gather(own.Scores);
        int s = _model.Options.Clips, k = _model.Options.Concepts;
        Tensor v = own.Feat.narrow(1, 0, s), st = own.Feat.narrow(1, s, s), d = own.Feat.narrow(1, 2 * s, s);
        Tensor? negatives = _motion.StaticNegatives ? st : null;
        Tensor same = Contrast(v, _model.fvv, v, _model.fvv, negatives);
        Tensor look = Contrast(v, _model.fvs, st, _model.fsv) + Contrast(st, _model.fsv, v, _model.fvs);
        Tensor motion = Contrast(v, _model.fvd, d, _model.fdv) + Contrast(d, _model.fdv, v, _model.fvd, negatives);
        List<LossTerm> terms =
        [
            new("I_vv", same),
            new("I_vs", look),
            new("I_vd", motion),
            .. ConceptTerms(scores, v, epoch),
            new("rec_v", Rebuild(_model.gv, own.Scores.narrow(1, 0, s), v)),
            new("rec_s", Rebuild(_model.gs, own.Scores.narrow(1, s, s).narrow(2, 0, k), st)),
            new("rec_d", Rebuild(_model.gd, own.Scores.narrow(1, 2 * s, s).narrow(2, k, k), d)),
        ];
        if (epoch >= _localFrom) terms.AddRange(LocalTerms(own.Maps, scores));
        if (_motion.Balance)
            terms.Add(new("balance", ContrastBalance.Loss(look, motion,
                ContrastBalance.Chance(scores.shape[0], _motion.StaticNegatives))));
        _model.Remember(scores);
        return new LossTerms(terms);
    }

    /// <summary>
    /// In epoch index 0 the prototypes are not learned: their gradient is dropped, so Adam does not see them.
    /// </summary>
    public void AfterBackward(int epoch)
    {
        if (epoch >= PrototypesFrom) return;
        foreach (var rows in _model.Prototypes) rows.weight!.grad = null;
    }

    public IReadOnlyList<KeyValuePair<string, double>> Gauges()
    {
        if (_model.QueueFilled == 0) return [];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int k = _model.Options.Concepts;
        // the v views
        Tensor past = ScoreQueue.Filled(_model.queue, _model.QueueFilled).narrow(1, 0, _model.Options.Clips);
        return
        [
            .. ConceptUsage.Of(past.narrow(2, 0, k), "static"),
            .. ConceptUsage.Of(past.narrow(2, k, k), "dynamic")
        ];
    }

    public Tensor ClipFeatures(Tensor clips) => _model.backbone.call(clips).Feat;

    /// <summary>Σ over the ordered pairs of clips i ≠ j of nce(query of clip i, key of clip j), over S(S-1).</summary>
    /// <param name="negatives">(B, S, D): clip j of the same video, seen by <paramref name="k"/>, that a query should
    /// not match; null: none.</param>
    private Tensor Contrast(Tensor queries, nn.Module<Tensor, Tensor> q, Tensor keys, nn.Module<Tensor, Tensor> k,
        Tensor? negatives = null)
    {
        int s = (int)queries.shape[1];
        Tensor qs = q.call(queries.flatten(0, 1)).unflatten(0, -1, s);
        Tensor ks = _batch.Gather(k.call(keys.flatten(0, 1)).unflatten(0, -1, s).detach());
        Tensor? against = negatives is null ? null
            : k.call(negatives.flatten(0, 1)).unflatten(0, -1, s).detach();
        Tensor sum = zeros(1, dtype: queries.dtype, device: queries.device).squeeze();
        for (int i = 0; i < s; i++)
            for (int j = 0; j < s; j++)
                if (i != j)
                    sum = sum + InfoNce.Loss(qs.select(1, i), ks.select(1, j), _batch.Communicator.Rank,
                        _batch.Communicator.Size, against?.select(1, j));
        return _batch.Mean(sum / (s * (s - 1)));
    }

    /// <summary>Alignment on the views that should agree, diversity on those that should not know.</summary>
    private IEnumerable<LossTerm> ConceptTerms(Tensor scores, Tensor feat, int epoch)
    {
        int s = _model.Options.Clips, k = _model.Options.Concepts;
        Tensor? past = epoch >= QueueFrom && _model.QueueFilled > 0
            ? ScoreQueue.Filled(_model.queue, _model.QueueFilled) : null;
        Tensor Static(Tensor x) => x.narrow(1, 0, 2 * s).narrow(2, 0, k);                                        // v, s
        Tensor Dynamic(Tensor x) => cat([x.narrow(1, 0, s), x.narrow(1, 2 * s, s)], 1).narrow(2, k, k);          // v, d
        Tensor statics = ConceptAlignment.Targets(Static(scores), past is null ? null : Static(past));
        Tensor dynamics = ConceptAlignment.Targets(Dynamic(scores), past is null ? null : Dynamic(past));
        int pupils = _motion.OwnTargets ? s : 0;
        yield return new("loss_static", ConceptAlignment.Predict(Static(scores), statics, pupils));
        yield return new("loss_dynamic", ConceptAlignment.Predict(Dynamic(scores), dynamics, pupils));
        Tensor staticsOfDifferences = scores.narrow(1, 2 * s, s).narrow(2, 0, k);
        Tensor dynamicsOfStills = scores.narrow(1, s, s).narrow(2, k, k);
        yield return new("entropy_static", Diversity.Loss(staticsOfDifferences), DiversityWeight);
        yield return new("entropy_dynamic", Diversity.Loss(dynamicsOfStills), DiversityWeight);
        if (_graph is { } graph && epoch >= graph.From)
            yield return new("graph", GraphTerm(feat, statics, dynamics, graph.Threshold));
    }

    /// <summary>
    /// Clips that look alike and have a concept in common should be near in project_graph: v1 against v2; of more
    /// clips, the mean over the ordered pairs. feat (B, S, D) of this process, targets (R, P, K) of all, whose first S
    /// views are the clips. Source: docs/method.md.
    /// </summary>
    private Tensor GraphTerm(Tensor feat, Tensor statics, Tensor dynamics, double threshold)
    {
        int s = (int)feat.shape[1];
        Tensor near = _model.project_graph!.call(feat.flatten(0, 1)).unflatten(0, -1, s);
        Tensor alike = _model.fvv.call(feat.flatten(0, 1)).unflatten(0, -1, s).detach();
        Tensor nearOfAll = _batch.Gather(near), alikeOfAll = _batch.Gather(alike);
        Tensor Same(Tensor targets, int i, int j)
        {
            Tensor labels = (targets.select(1, i) + targets.select(1, j)).argmax(-1);
            return GraphConstraint.SameLabel(_batch.Own(labels), labels, feat.dtype);
        }
        (int I, int J)[] pairs = s == 2 ? [(0, 1)]
            : [.. from i in Enumerable.Range(0, s) from j in Enumerable.Range(0, s) where i != j select (i, j)];
        Tensor[] losses = [.. pairs.Select(p =>
        {
            Tensor affinity = (Same(statics, p.I, p.J) + Same(dynamics, p.I, p.J)) / 2;
            Tensor graph = GraphConstraint.Infer(
                GraphConstraint.Similarity(alike.select(1, p.I), alikeOfAll.select(1, p.J)), threshold, affinity,
                _batch.Communicator.Rank, _batch.Communicator.Size);
            return GraphConstraint.Loss(graph, near.select(1, p.I), nearOfAll.select(1, p.J));
        })];
        return _batch.Mean(stack(losses).mean());
    }

    /// <summary>Both clips go through a reconstruction head together. scores (B, S, C), feat (B, S, D).</summary>
    private Tensor Rebuild(nn.Module<Tensor, Tensor> head, Tensor scores, Tensor feat) =>
        _batch.Mean(Fidelity.Loss(head.call(scores.flatten(0, 1)), feat.flatten(0, 1)));

    /// <summary>
    /// The local concept contrast of v, s and d views, whatever the epoch. maps (B, V, D, t, h, w) of this process,
    /// scores (R, V, 2K) of all.
    /// </summary>
    public IEnumerable<LossTerm> LocalTerms(Tensor maps, Tensor scores)
    {
        int s = _model.Options.Clips, k = _model.Options.Concepts;
        Tensor Local(int view, Tensor templates, int firstConcept)
        {
            Tensor found = _model.lit.call(maps.narrow(1, view, s).flatten(0, 1), templates)
                .view(maps.shape[0], s, templates.shape[0], -1);
            Tensor ofKind = scores.narrow(1, view, s).narrow(2, firstConcept, templates.shape[0]);
            return _batch.Communicator.Size == 1 ? LocalConceptContrast.Loss(found, ofKind, _quirks.StrictTopTen)
                : LocalOfAll(UnitVectors.Of(found), ofKind);
        }
        yield return new("local_v", Local(0, _model.prototype.weight!, 0));
        yield return new("local_s", Local(s, _model.prototype_s.weight!.narrow(0, 0, k), 0));
        yield return new("local_d", Local(2 * s, _model.prototype_d.weight!.narrow(0, k, k), k));
    }

    /// <summary>
    /// The same of a batch on several processes: what the leading concepts found travels, a tenth of all or less, and
    /// each process compares it with what it found itself. z (B, S, K', D) of this process, scores (R, S, K') of all.
    /// With <c>--local_group</c> it travels within groups: the mean over the negatives of a group stands for that over
    /// all.
    /// </summary>
    private Tensor LocalOfAll(Tensor z, Tensor scores)
    {
        int rank = _batch.Communicator.Rank, first = rank - _local.Communicator.Rank, size = _local.Communicator.Size;
        Tensor leads = LocalConceptContrast.Leading(scores, _quirks.StrictTopTen);
        Tensor[] theirScores = [.. _batch.Parts(scores).Skip(first).Take(size)];
        Tensor[] theirLeads = [.. _batch.Parts(leads).Skip(first).Take(size)];
        Tensor[] theirs = [.. _local.Parts(_local.Gather(LocalConceptContrast.Pick(z, theirScores[rank - first])))];
        Tensor keys = z.detach();
        Tensor[] parts = [.. theirs.Select((picked, from) =>
        {
            using DisposeScope scope = NewDisposeScope();
            return LocalConceptContrast.Part(
                LocalConceptContrast.Spread(picked, theirScores[from]), keys, theirLeads[from], size * z.shape[0],
                sameVideos: from == rank - first).MoveToOuterDisposeScope();
        })];
        return _batch.Sum(stack(parts).sum()) / (LocalConceptContrast.Count(leads) + 1);
    }
}
