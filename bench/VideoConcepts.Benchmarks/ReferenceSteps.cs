using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>Losses by name, and every gradient by its parameter's name, float64 on the CPU.</summary>
internal sealed record StepResult(Dictionary<string, double> Losses, Dictionary<string, Tensor> Gradients);

/// <summary>
/// One of the two methods on any device: weights and clips of the reference vectors, and what its steps should give.
/// </summary>
internal sealed class ReferenceSteps : IDisposable
{
    private readonly ulong _seed;
    private readonly long[] _shape; // of the views
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly IObjective _objective;
    private readonly Func<Tensor, int, LossTerms> _compute;
    private readonly optim.Optimizer _adam;

    /// <summary>The methods by name.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["concepts", "multilevel"];

    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="type">Of the weights.</param>
    /// <param name="precision">Of the convolutions.</param>
    public ReferenceSteps(string method, Device device, ScalarType type, Precision precision = Precision.Full)
    {
        (_device, _type) = (device, type);
        if (method == Methods[0])
        {
            ConceptVectors file = ReferenceVectors.Concepts;
            (_seed, Expected) = (file.Seed, file.Trajectory);
            _shape = [file.Batch, 6, 3, file.Frames, file.Size, file.Size];
            var model = new ConceptModel(Backbones.Create("r2plus1d", precision),
                new ConceptModelOptions(file.Concepts, QueueLength: file.QueueLength));
            Fill(model);
            model.NormalisePrototypes();
            var objective = new ConceptObjective(model, new ReferenceQuirks(StrictTopTen: true, RandomQueue: true));
            (_objective, _compute) = (objective, objective.Compute);
        }
        else
        {
            MultiLevelFile file = ReferenceVectors.Read<MultiLevelFile>("multilevel.json");
            (_seed, Expected) = (file.Seed, file.Trajectory);
            _shape = [file.Batch, 3, 3, file.Frames, file.Size, file.Size];
            var model = new MultiLevelModel(Backbones.Create("r3d-18", precision), file.Clusters, file.QueueLength);
            Fill(model);
            using (no_grad())
            using (Tensor queue = ReferenceFill.Input("queue", _seed, Math.Sqrt(3), [.. model.Queue.shape]))
                model.Queue.copy_(queue);
            var objective = new MultiLevelObjective(model, file.Threshold, file.SplitEpoch, randomQueue: true);
            (_objective, _compute) = (objective, objective.Compute);
        }
        _adam = optim.Adam(_objective.Model.parameters(), lr: 1e-3, weight_decay: 1e-5);
    }

    /// <summary>What the authors' program gave.</summary>
    public IReadOnlyList<StepVectors> Expected { get; }

    /// <summary>Trains one step; <paramref name="epoch"/> decides which terms take part.</summary>
    public StepResult Next(int step, int epoch)
    {
        using var scope = NewDisposeScope();
        Tensor views = ReferenceFill.Input($"video.{step}", _seed, Math.Sqrt(3), _shape, _type).to(_device);
        _objective.BeforeStep();
        LossTerms terms = _compute(views, epoch);
        Tensor total = terms.Total();
        foreach (var p in _objective.Model.parameters()) p.grad = null;
        total.backward();
        _objective.AfterBackward(epoch);
        Dictionary<string, double> losses = terms.Terms.ToDictionary(t => t.Name, t => t.Value.ToScalar().ToDouble());
        losses["total"] = total.ToScalar().ToDouble();
        Dictionary<string, Tensor> gradients = _objective.Model.named_parameters()
            .Where(p => p.parameter.grad is not null)
            .ToDictionary(p => p.name, p => p.parameter.grad!.to(float64).cpu().clone().MoveToOuterDisposeScope());
        _adam.step();
        return new StepResult(losses, gradients);
    }

    public void Dispose()
    {
        _adam.Dispose();
        _objective.Model.Dispose();
    }

    private void Fill(nn.Module model)
    {
        model.to(_type).to(_device);
        ReferenceFill.Fill(model, _seed);
        model.train();
    }

    /// <summary>What is read of multilevel.json.</summary>
    private sealed record MultiLevelFile(ulong Seed, int Clusters, int Batch, int Frames, int Size, int QueueLength,
        double Threshold, int SplitEpoch, StepVectors[] Trajectory);
}
