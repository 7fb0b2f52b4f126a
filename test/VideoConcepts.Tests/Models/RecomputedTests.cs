using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

[Collection(nameof(SerialTests))]
public sealed class RecomputedTests(TinyVideos videos) : TrainingTests
{
    /// <summary>Features, gradients and statistics, in float64; batch norm of one process and of a part.</summary>
    [Theory]
    [InlineData("r2plus1d-tiny", false)]
    [InlineData("r2plus1d-tiny", true)]
    [InlineData("r2plus1d-18", false, Explicit = true)] // six seconds
    [InlineData("r3d-10", false)]
    [InlineData("r3d-50", false, Explicit = true)] // four seconds
    public void Backward_OfABackboneThatRecomputes_GivesTheSameNumbers(string net, bool part)
    {
        using var scope = NewDisposeScope();
        (Dictionary<string, Tensor> kept, Dictionary<string, Tensor> again) = (Pass(false), Pass(true));
        again.Keys.ShouldBe(kept.Keys);
        (kept["calls"].ToDouble(), again["calls"].ToDouble()).ShouldBe((1, 2)); // of a convolution, forward
        again.Remove("calls");
        kept.Remove("calls");
        kept.Keys.Count(k => k.StartsWith("grad ", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
        foreach ((string name, Tensor expected) in kept)
        {
            double most = Math.Max(1, expected.abs().max().ToDouble());
            ((again[name] - expected).abs().max().ToDouble() / most).ShouldBeLessThanOrEqualTo(1e-12, name);
        }

        Dictionary<string, Tensor> Pass(bool recompute)
        {
            Backbone backbone = Backbones.Create(net);
            Initialization.Fill(backbone, 3);
            backbone.to(float64);
            backbone.train();
            backbone.Recompute = recompute;
            Tensor clips = ReferenceFill.Input("clips", 1, Math.Sqrt(3), [2, 3, 4, 32, 32], ScalarType.Float64);
            BackboneOutput output;
            int calls = 0;
            backbone.modules().OfType<Convolution>().First().register_forward_hook((_, _, y) =>
            {
                calls++;
                return y;
            });
            using (part ? new BatchNorm.SharedStatistics(sum => sum * 2, 2) : null) output = backbone.call(clips);
            (output.Feat.square().sum() + output.Low.mean()).backward();
            var all = backbone.state_dict().Where(t => t.Key.Contains("running") || t.Key.Contains("tracked"))
                .ToDictionary(t => t.Key, t => t.Value.to(float64));
            foreach ((string name, var parameter) in backbone.named_parameters())
                if (parameter.grad is { } gradient) all["grad " + name] = gradient;
            all["feat"] = output.Feat.detach();
            all["calls"] = tensor((double)calls);
            return all;
        }
    }

    /// <summary>
    /// A run may go on with it or without: bit for bit the same where each part's output has one reader, to rounding
    /// where levels are tapped.
    /// </summary>
    [Theory]
    [InlineData("concepts", 0)]
    [InlineData("multilevel", 1e-4)]
    public void Train_WithRecompute_EqualsARunWithout(string method, double tolerance)
    {
        TrainOptions options = TinyRun.WithMethod(TinyRun.Options(videos, Work["run"]), method) with { Epoch = 2 };
        double[] whole = [.. TinyRun.Train(options with { Out = Work["whole"] }, Stop).Select(i => i.Loss)];
        TinyRun.Train(options with { Epoch = 1 }, Stop);
        double[] rest =
            [.. TinyRun.Train(options with { Recompute = true, Resume = "auto" }, Stop).Select(i => i.Loss)];
        foreach ((double actual, double expected) in rest.Zip(whole[6..]))
            Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(tolerance * expected);
        if (tolerance == 0) RunComparison.ShouldBeTheSame(Work["run"], Work["whole"]);
    }
}
