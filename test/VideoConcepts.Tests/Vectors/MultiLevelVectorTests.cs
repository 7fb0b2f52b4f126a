using System.Text.Json;
using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Vectors;

internal sealed record GraphCase(long[] Labels, double Threshold, double[][] Graph, double GraphContrast);

internal sealed record MultiLevelUnits(
    double FeatContrast, double[][] Similarity, double MotionContrast, double LocalGlobal, double ProtoContrast,
    long[] Labels, double[][] Graph, double GraphContrast, GraphCase[] GraphCases);

/// <summary>The file multilevel.json.</summary>
internal sealed record MultiLevelVectors(
    ulong Seed, int Clusters, int Batch, int Frames, int Size, int QueueLength,
    double Threshold, JsonElement[][] StateDictKeys,
    MultiLevelUnits Units, int SplitEpoch, StepVectors[] Trajectory, Dictionary<string, TensorSummary> BackboneAfter);

/// <summary>The second objective against the authors' program: its units, and six steps of training.</summary>
public sealed class MultiLevelVectorTests
{
    private const double Exact = 1e-9, Later = 1e-6;

    private static readonly MultiLevelVectors File = ReferenceVectors.Read<MultiLevelVectors>("multilevel.json");

    private static Tensor Unit(string name, params long[] shape) =>
        ReferenceFill.Input("unit." + name, File.Seed, 1, shape);

    [Fact]
    public void LevelContrast_OfTwoClips_AgreesWithReference()
    {
        using var scope = NewDisposeScope();
        LevelContrast.Loss(Unit("feat", File.Batch, 2, 128)).ToDouble()
            .ShouldAgree(File.Units.FeatContrast, Exact, "feat");
        Tensor motion = Unit("motion", 2 * File.Batch, 2, 128);
        LevelContrast.Loss(motion.narrow(0, 0, File.Batch), motion.narrow(0, File.Batch, File.Batch)).ToDouble()
            .ShouldAgree(File.Units.MotionContrast, Exact, "motion");
    }

    [Fact]
    public void TimeOrder_OfClipsAndOverview_AgreesWithReference()
    {
        using var scope = NewDisposeScope();
        TimeOrder.Loss(Unit("fine", File.Batch, 3, 128, 4)).ToDouble()
            .ShouldAgree(File.Units.LocalGlobal, Exact, "time");
    }

    [Fact]
    public void PrototypeSwap_WithAQueue_AgreesWithReference()
    {
        using var scope = NewDisposeScope();
        Tensor logits = Unit("logit", File.Batch, 2, File.Clusters);
        Tensor targets = PrototypeSwap.Targets(
            logits, cat([Unit("queue", File.QueueLength, 2, File.Clusters), logits], 0));
        PrototypeSwap.Loss(logits, targets).ToDouble().ShouldAgree(File.Units.ProtoContrast, Exact, "proto");
        PrototypeSwap.Labels(targets).data<long>().ToArray().ShouldBe(File.Units.Labels);
    }

    [Fact]
    public void GraphConstraint_OfLabelsAndThresholds_AgreesWithReference()
    {
        using var scope = NewDisposeScope();
        Tensor feat = Unit("feat", File.Batch, 2, 128), a = feat.select(1, 0), b = feat.select(1, 1);
        Tensor similarity = GraphConstraint.Similarity(a, b);
        ShouldBe(similarity, File.Units.Similarity);
        GraphCase[] cases =
        [
            new GraphCase(File.Units.Labels, File.Threshold, File.Units.Graph, File.Units.GraphContrast),
            .. File.Units.GraphCases,
        ];
        foreach (GraphCase known in cases)
        {
            Tensor labels = tensor(known.Labels), graph = GraphConstraint.Infer(
                similarity, known.Threshold, GraphConstraint.SameLabel(labels, labels, float64));
            ShouldBe(graph, known.Graph);
            GraphConstraint.Loss(graph, a, b).ToDouble()
                .ShouldAgree(known.GraphContrast, Exact, $"graph {known.Threshold}");
        }
    }

    [Fact]
    public void StateDict_HasTheKeysAndShapesOfTheReference()
    {
        using MultiLevelModel model = Model();
        model.state_dict().Select(t => $"{t.Key} [{string.Join(", ", t.Value.shape)}]").Order()
            .ShouldBe(ReferenceVectors.Shapes(File.StateDictKeys)
                .Select(k => $"{k.Key} [{string.Join(", ", k.Value)}]").Order());
    }

    [Fact]
    public void Trajectory_FirstStepInFloat64_AgreesWithReference() => Train(1);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Trajectory_SixStepsInFloat64_AgreesWithReferenceToTheLastParameter() => Train(File.Trajectory.Length);

    private static void Train(int steps)
    {
        using MultiLevelModel model = Model();
        model.to(float64);
        ReferenceFill.Fill(model, File.Seed);
        using (no_grad())
            model.Queue.copy_(
                ReferenceFill.Input("queue", File.Seed, Math.Sqrt(3), [File.QueueLength, 2, File.Clusters]));
        var objective = new MultiLevelObjective(model, File.Threshold, File.SplitEpoch, randomQueue: true);
        using optim.Optimizer adam = optim.Adam(model.parameters(), lr: 1e-3, weight_decay: 1e-5);
        model.train();
        foreach (StepVectors step in File.Trajectory.Take(steps))
        {
            using CollectionPause pause = CollectionPause.Begin(); // as the training loop does, beside other tests
            using var scope = NewDisposeScope();
            double tolerance = step.Step == 0 ? Exact : Later;
            Tensor video = ReferenceFill.Input(
                $"video.{step.Step}", File.Seed, Math.Sqrt(3), [File.Batch, 3, 3, File.Frames, File.Size, File.Size]);
            objective.BeforeStep();
            LossTerms terms = objective.Compute(video, step.Epoch);
            Tensor total = terms.Total();
            foreach ((string name, double value) in step.Losses)
                terms.Terms.Single(t => t.Name == name).Value.ToDouble()
                    .ShouldAgree(value, tolerance, $"step {step.Step} {name}");
            total.ToDouble().ShouldAgree(step.Total, tolerance, $"step {step.Step} total");
            foreach (var p in model.parameters()) p.grad = null;
            total.backward();
            objective.AfterBackward(step.Epoch);
            if (step.GradL2 is { } norms)
                model.GradientNorms().ShouldAgree(norms, tolerance, $"step {step.Step} gradient");
            adam.step();
        }
        if (steps < File.Trajectory.Length) return;
        Dictionary<string, Tensor> state = model.state_dict();
        foreach ((string key, TensorSummary expected) in File.BackboneAfter)
            state[key].ShouldAgree(expected, Later, Later, key);
    }

    private static MultiLevelModel Model() => new(Backbones.Create("r3d-18"), File.Clusters, File.QueueLength);

    private static void ShouldBe(Tensor actual, double[][] expected)
    {
        double[] numbers = actual.data<double>().ToArray();
        foreach ((double value, int i) in expected.SelectMany(r => r).Select((v, i) => (v, i)))
            numbers[i].ShouldBe(value, 1e-9);
    }
}
