using TorchSharp;
using TorchSharp.Modules;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

// B videos, S clips, K concepts of each kind.
public sealed class ConceptObjectiveTests
{
    private static readonly string[] Always =
    [
        "I_vv", "I_vs", "I_vd", "loss_static", "loss_dynamic", "entropy_static", "entropy_dynamic",
        "rec_v", "rec_s", "rec_d",
    ];

    private static readonly string[] Local = ["local_v", "local_s", "local_d"];

    [Theory]
    [InlineData(0, false)]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void Compute_InAnEpoch_AddsTheTermsOfTheMethodWithTheirWeights(int epoch, bool local)
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        LossTerms terms = TinyModel.Objective(model).Compute(TinyModel.Views(), epoch);
        terms.Terms.Select(t => t.Name).ShouldBe(local ? [.. Always, .. Local] : Always);
        double expected = terms.Terms.Sum(
            t => (t.Name.StartsWith("entropy", StringComparison.Ordinal) ? 0.1 : 1) * t.Value.ToDouble());
        terms.Total().ToDouble().ShouldBe(expected, 1e-5);
    }

    /// <summary>The graph constraint, pair by pair as its definition reads.</summary>
    [Fact]
    public void Compute_WithAThreshold_AddsTheGraphConstraintFromItsEpochOn()
    {
        using var scope = NewDisposeScope();
        const double threshold = 0.2;
        using var model = new ConceptModel(
            Backbones.Create("r2plus1d-tiny"), new ConceptModelOptions(2, 2, 8, Graph: true));
        Initialization.Fill(model, 3);
        model.train();
        ConceptOutput? output = null;
        model.register_forward_hook((_, _, o) => output = o);
        var objective = new ConceptObjective(model, ReferenceQuirks.None, 10, new GraphOptions(threshold, 2));
        objective.Compute(TinyModel.Views(batch: 5), 1).Terms.ShouldNotContain(t => t.Name == "graph");
        model.QueueFilled = 0; // so that the targets below are those of the batch alone
        double actual =
            objective.Compute(TinyModel.Views(batch: 5), 2).Terms.Single(t => t.Name == "graph").Value.ToDouble();

        Tensor feat = output!.Feat;
        double[,] Similarity(Sequential head)
        {
            Tensor a = head.call(feat.select(1, 0)), b = head.call(feat.select(1, 1));
            var s = new double[5, 5];
            for (int i = 0; i < 5; i++)
            {
                double[] e = [.. Enumerable.Range(0, 5)
                    .Select(j => Math.Exp(nn.functional.cosine_similarity(a[i], b[j], 0).ToDouble() / 0.07))];
                for (int j = 0; j < 5; j++) s[i, j] = e[j] / e.Sum();
            }
            return s;
        }
        long[] Concept(int view, int from) =>
            (ConceptAlignment.Targets(output.Scores.narrow(2, from, 2), null) is var t
                ? t.select(1, 0) + t.select(1, 1)
                : t).argmax(1).data<long>().ToArray();
        long[] statics = Concept(0, 0), dynamics = Concept(0, 2);
        (double[,] alike, double[,] near) = (Similarity(model.fvv), Similarity(model.project_graph!));
        double sum = 0;
        for (int i = 0; i < 5; i++)
        {
            double[] row = [.. Enumerable.Range(0, 5).Select(j =>
                (i != j && alike[i, j] < threshold ? 0 : alike[i, j])
                * ((statics[i] == statics[j] ? 0.5 : 0) + (dynamics[i] == dynamics[j] ? 0.5 : 0)))];
            for (int j = 0; j < 5; j++) sum -= row[j] / row.Sum() * Math.Log(near[i, j] + 1e-10);
        }
        actual.ShouldBe(sum / 25, 1e-4);
    }

    [Fact]
    public void Compute_ThreeClips_ContrastsEveryOrderedPairOfClips()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create(clips: 3);
        ConceptOutput? output = null;
        model.register_forward_hook((_, _, o) => output = o);
        Dictionary<string, double> actual = Values(TinyModel.Objective(model).Compute(TinyModel.Views(clips: 3), 0));
        double Nce(Sequential q, int i, Sequential k, int j) =>
            InfoNce.Loss(q.call(output!.Feat.select(1, i)), k.call(output.Feat.select(1, j))).ToDouble();
        (double vv, double vs, double vd) = (0, 0, 0);
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                if (i == j) continue;
                vv += Nce(model.fvv, i, model.fvv, j);
                vs += Nce(model.fvs, i, model.fsv, 3 + j) + Nce(model.fsv, 3 + j, model.fvs, i);
                vd += Nce(model.fvd, i, model.fdv, 6 + j) + Nce(model.fdv, 6 + j, model.fvd, i);
            }
        }
        actual["I_vv"].ShouldBe(vv / 6, 1e-4);
        actual["I_vs"].ShouldBe(vs / 6, 1e-4);
        actual["I_vd"].ShouldBe(vd / 6, 1e-4);
    }

    [Fact]
    public void Compute_OneVideo_IsFiniteWithItsGradient()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        model.eval(); // a batch norm of one row has no statistics to learn from
        LossTerms terms = TinyModel.Objective(model).Compute(TinyModel.Views(batch: 1), 10);
        Tensor total = terms.Total();
        total.backward();
        total.isfinite().ToBoolean().ShouldBeTrue();
        model.parameters().Where(p => p.grad is not null).ShouldAllBe(p => p.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void Compute_InTraining_RunsReconstructionHeadsOnceForAllClips()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        TinyModel.Objective(model).Compute(TinyModel.Views(), 0);
        Dictionary<string, Tensor> state = model.state_dict();
        foreach (string head in (string[])["gv", "gs", "gd"])
            state[$"{head}.1.num_batches_tracked"].ToInt64().ShouldBe(1, head);
    }

    [Fact]
    public void Step_InEpochZero_LeavesPrototypesAloneAndLearnsTheRest()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        ConceptObjective objective = TinyModel.Objective(model);
        using optim.Optimizer adam = TinyModel.Adam(model);
        objective.BeforeStep();
        Dictionary<string, Tensor> before = Copy(model);
        for (int step = 0; step < 2; step++) TinyModel.Step(objective, adam, TinyModel.Views(), epoch: 0);
        Moved(model, before)
            .ShouldBe([.. Trained(model).Where(k => !IsLocal(k) && !IsPrototype(k))], ignoreOrder: true);
        TinyModel.Step(objective, adam, TinyModel.Views(), epoch: 1);
        Moved(model, before).ShouldBe([.. Trained(model).Where(k => !IsLocal(k))], ignoreOrder: true);
    }

    [Fact]
    public void Step_FromEpochTen_LearnsTheLocalAttentionToo()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        ConceptObjective objective = TinyModel.Objective(model);
        using optim.Optimizer adam = TinyModel.Adam(model);
        Dictionary<string, Tensor> before = Copy(model);
        TinyModel.Step(objective, adam, TinyModel.Views(), epoch: 10);
        Moved(model, before).ShouldBe(Trained(model), ignoreOrder: true);
    }

    [Fact]
    public void Compute_QueuePartlyFilled_ReadsItsFilledPartAlone()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        using (no_grad()) model.queue.fill_(double.NaN);
        ConceptObjective objective = TinyModel.Objective(model);
        for (int step = 0; step < 3; step++)
        {
            Values(objective.Compute(TinyModel.Views(), 1)).Values.ShouldAllBe(v => double.IsFinite(v));
            model.QueueFilled.ShouldBe(Math.Min(TinyModel.QueueLength, (step + 1) * TinyModel.Batch));
        }
    }

    [Fact]
    public void Compute_QuirkOfTheRandomQueue_ReadsAllOfIt()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        using (no_grad()) model.queue.fill_(double.NaN);
        ConceptObjective objective = TinyModel.Objective(model, ReferenceQuirks.All);
        Values(objective.Compute(TinyModel.Views(), 1))["loss_static"].ShouldBe(double.NaN);
    }

    [Fact]
    public void Compute_InEpochZero_FillsTheQueueAndDoesNotReadIt()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        using (no_grad()) model.queue.fill_(double.NaN);
        ConceptObjective objective = TinyModel.Objective(model, new ReferenceQuirks(RandomQueue: true));
        ConceptOutput? output = null;
        model.register_forward_hook((_, _, o) => output = o);
        Values(objective.Compute(TinyModel.Views(), 0)).Values.ShouldAllBe(v => double.IsFinite(v));
        ScoreQueue.Filled(model.queue, TinyModel.Batch).Equals(output!.Scores).ShouldBeTrue();
    }

    [Fact]
    public void Step_SameSeed_GivesTheSameLosses()
    {
        double[] Losses()
        {
            using ConceptModel model = TinyModel.Create(seed: 3);
            ConceptObjective objective = TinyModel.Objective(model);
            using optim.Optimizer adam = TinyModel.Adam(model);
            using Tensor views = TinyModel.Views();
            return [.. ((int[])[0, 1, 10]).Select(epoch => TinyModel.Step(objective, adam, views, epoch))];
        }
        Losses().ShouldBe(Losses());
    }

    [Fact]
    public void Step_ManyTimes_LeavesAsManyLiveTensorsAsBefore()
    {
        using ConceptModel model = TinyModel.Create();
        ConceptObjective objective = TinyModel.Objective(model);
        using optim.Optimizer adam = TinyModel.Adam(model);
        using Tensor views = TinyModel.Views();
        TinyModel.Step(objective, adam, views, epoch: 10);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int step = 0; step < 4; step++) TinyModel.Step(objective, adam, views, epoch: 10);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static Dictionary<string, double> Values(LossTerms terms) =>
        terms.Terms.ToDictionary(t => t.Name, t => t.Value.ToDouble());

    private static Dictionary<string, Tensor> Copy(ConceptModel model) =>
        model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());

    private static string[] Moved(ConceptModel model, Dictionary<string, Tensor> before)
    {
        model.NormalisePrototypes();
        return [.. model.named_parameters()
            .Where(p => (p.parameter - before[p.name]).abs().max().ToDouble() > 1e-6)
            .Select(p => p.name)];
    }

    private static string[] Trained(ConceptModel model) =>
        [.. model.named_parameters().Select(p => p.name)
            .Where(k => !k.StartsWith("backbone.fc.", StringComparison.Ordinal))];

    private static bool IsLocal(string key) => key.StartsWith("lit.", StringComparison.Ordinal);

    private static bool IsPrototype(string key) => key.StartsWith("prototype", StringComparison.Ordinal);

    /// <summary>
    /// A video's own static view beside the other videos makes both contrasts harder, and nothing else.
    /// </summary>
    [Fact]
    public void Compute_WithStaticNegatives_ChangesTheContrastsOfMotion()
    {
        Dictionary<string, double> plain = TermsWith(new MotionOptions()),
            hard = TermsWith(new MotionOptions(StaticNegatives: true));
        foreach (string name in plain.Keys)
            if (name is "I_vv" or "I_vd") hard[name].ShouldBeGreaterThan(plain[name], name);
            else hard[name].ShouldBe(plain[name], 1e-6, name);
    }

    /// <summary>A term more, and no other is another.</summary>
    [Fact]
    public void Compute_WithBalance_AddsWhatWeighsBothContrasts()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, double> plain = TermsWith(new MotionOptions()),
            balanced = TermsWith(new MotionOptions(Balance: true));
        var chance = ContrastBalance.Chance(TinyModel.Views().shape[0], staticNegatives: false);
        balanced["balance"].ShouldBe(ContrastBalance.Loss(plain["I_vs"], plain["I_vd"], chance).ToDouble(), 1e-5);
        balanced.Remove("balance").ShouldBeTrue();
        balanced.Keys.ShouldBe(plain.Keys);
        foreach (string name in plain.Keys) balanced[name].ShouldBe(plain[name], 1e-6, name);
    }

    // The terms of the same model on the same views: it does not learn, and its batch norms keep their statistics.
    private static Dictionary<string, double> TermsWith(MotionOptions motion)
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        model.eval();
        return Values(new ConceptObjective(model, ReferenceQuirks.None, motion: motion).Compute(TinyModel.Views(), 0));
    }

    [Fact]
    public void Compute_WithOwnStatistics_SeesDifferenceViewsByThemselves()
    {
        using var scope = NewDisposeScope();
        using var model = new ConceptModel(Backbones.Create("r2plus1d-tiny"),
            new ConceptModelOptions(4, 2, 8, OwnStatistics: true));
        Initialization.Fill(model, 1);
        model.train();
        Tensor views = TinyModel.Views(), scaled = views.clone();
        scaled.narrow(1, 4, 2).mul_(100);
        Tensor a = model.call(views).Feat, b = model.call(scaled).Feat;
        (a - b).abs().max().ToDouble().ShouldBeLessThan(0.01); // a batch norm of their own takes the factor out
        var first = model.backbone.modules().OfType<VideoConcepts.Models.BatchNorm>().First();
        first.get_buffer("difference_var")!.mean().ToDouble()
            .ShouldBeGreaterThan(10 * first.running_var.mean().ToDouble());
        new ConceptObjective(model, ReferenceQuirks.None).Compute(views, 10).Total().backward();
        model.backbone.parameters().First(p => p.requires_grad).grad!.isfinite().all().ToBoolean().ShouldBeTrue();
    }
}
