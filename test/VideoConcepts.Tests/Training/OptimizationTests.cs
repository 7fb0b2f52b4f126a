using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>
/// The update is that of PyTorch's Adam and SGD with the run's numbers: one weight from 1, its gradients 0.5 and -0.25.
/// </summary>
public sealed class OptimizationTests
{
    private static readonly double[] Gradients = [0.5, -0.25];

    [Fact]
    public void Adam_TwoSteps_UsesTheWeightDecayAndTheFieldsBetas()
    {
        (double w, double m, double v) = (1, 0, 0);
        for (int t = 1; t <= 2; t++)
        {
            double g = Gradients[t - 1] + (0.1 * w);
            (m, v) = ((0.9 * m) + (0.1 * g), (0.999 * v) + (0.001 * g * g));
            w -= 0.01 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
        }
        Run(new TrainOptions { Lr = 0.01, WeightDecay = 0.1 }).ShouldBe(w, 1e-12);
    }

    [Fact]
    public void Sgd_TwoSteps_UsesMomentumAndWeightDecay()
    {
        (double w, double buffer) = (1, 0);
        foreach (double gradient in Gradients)
        {
            buffer = (0.9 * buffer) + gradient + (0.1 * w);
            w -= 0.01 * buffer;
        }
        Run(new TrainOptions { Lr = 0.01, WeightDecay = 0.1, Momentum = 0.9 }).ShouldBe(w, 1e-12);
    }

    private static double Run(TrainOptions options)
    {
        var objective = new StubObjective();
        var weight = objective.Model.parameters().Single();
        using var scope = NewDisposeScope();
        using (no_grad()) weight.fill_(1);
        using var optimization = new Optimization(options, objective);
        foreach (double gradient in Gradients)
        {
            weight.grad = tensor((double[])[gradient]);
            optimization.SetRate(options.Lr);
            optimization.Step();
        }
        return objective.Weight;
    }
}
