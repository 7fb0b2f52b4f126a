using TorchSharp;
using TorchSharp.Modules;
using VideoConcepts.Data;
using VideoConcepts.Losses;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>One weight with the gradient 1: what Adam does with it is the learning rate itself.</summary>
internal sealed class StubObjective : IObjective
{
    private readonly Slope _slope = new();
    private long _step;
    private ClipBatch? _batch;

    public nn.Module Model => _slope;

    public double Weight => _slope.weight.ToDouble();

    /// <summary>Values of further terms by the number of the step, from 1; null: the term takes no part.</summary>
    public IReadOnlyDictionary<string, Func<long, double?>> Terms { get; init; } =
        new Dictionary<string, Func<long, double?>>();

    /// <summary>A finite term of the weight from this step on whose gradient is infinite: a root at zero.</summary>
    public long? SteepFrom { get; init; }

    /// <summary>Told of the batch of a step when it is computed, and again when the step has been read.</summary>
    public Action<ClipBatch, bool>? Watch { get; init; }

    public void BeforeStep() => _step++;

    public LossTerms Compute(ClipBatch batch, int epoch)
    {
        Watch?.Invoke(_batch = batch, false);
        return new([
            new("slope", _slope.weight.sum()),
            .. _step >= SteepFrom
                ? [new LossTerm("steep", (_slope.weight * zeros(1, dtype: float64)).sqrt().sum())] : (LossTerm[])[],
            .. Terms.Select(t => (t.Key, Value: t.Value(_step))).Where(t => t.Value is not null)
                .Select(t => new LossTerm(t.Key, tensor(t.Value!.Value))),
        ]);
    }

    public IReadOnlyList<KeyValuePair<string, double>> Gauges() => [new("gauge", _step)];

    public void AfterBackward(int epoch) => Watch?.Invoke(_batch!, true); // and all is learned

    public Tensor ClipFeatures(Tensor clips) => throw new NotSupportedException();

    private sealed class Slope : nn.Module
    {
        public readonly Parameter weight = nn.Parameter(zeros(1, dtype: float64));

        public Slope() : base(nameof(Slope)) => RegisterComponents();
    }
}
