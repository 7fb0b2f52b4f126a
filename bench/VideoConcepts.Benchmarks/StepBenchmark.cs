using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// One training step on random clips: views, forward, losses, backward, Adam; how much of the rate of a matrix product
/// in the same process its convolutions reach; started by mpirun, also what the processes hand to each other.
/// </summary>
internal static class StepBenchmark
{
    public static void Run(string[] args)
    {
        string net = Arg(args, 0, "r2plus1d"), precision = Arg(args, 1, PrecisionChoice.Auto);
        int batch = int.Parse(Arg(args, 2, "2")),
            frames = int.Parse(Arg(args, 3, "16")),
            size = int.Parse(Arg(args, 4, "128"));
        int concepts = int.Parse(Arg(args, 5, "100")), steps = int.Parse(Arg(args, 6, "3"));
        bool recompute = Arg(args, 7, "") == "recompute";
        var options = new TrainOptions { Net = net, Precision = PrecisionChoice.Resolve(precision, DeviceType.CPU) };
        var model = new ConceptModel(
            Backbones.Create(net, options.ConvolutionPrecision), new ConceptModelOptions(concepts));
        Initialization.Fill(model, 1);
        model.backbone.Recompute = recompute;
        using ICommunicator ranks = Launch.Open("auto");
        Launch.ShareCores(ranks);
        var whole = new SplitBatch(ranks, syncNorms: true);
        var objective = new ConceptObjective(model, ReferenceQuirks.None, batch: whole);
        using var adam = optim.Adam(model.parameters(), 1e-3, weight_decay: 1e-5);
        using Tensor clips = randint(0, 256, [batch, 2, frames, 3, size, size], uint8);
        using Tensor stills = randint(0, 256, [batch, 2, 3, size, size], uint8);
        double nominal = 6 * batch * Operations(net, frames, size);
        ScalarType type = options.ConvolutionPrecision == Precision.Bfloat16 ? bfloat16 : float32;
        double product = 0, seconds = 0;
        for (int step = 0; step < steps; step++)
        {
            // Between short steps the product would take more time than they do.
            if (seconds > 2 || step % 20 == 0) product = MatrixProduct.Rate(type, 3072, 3072, 3072);
            var clock = Stopwatch.StartNew();
            using var scope = NewDisposeScope();
            (long Bytes, TimeSpan Time) before = ranks.Traffic;
            Tensor views = Views.OfConcepts(clips, stills);
            double made = clock.Elapsed.TotalSeconds;
            objective.BeforeStep();
            LossTerms terms = objective.Compute(views, 10);
            Tensor total = terms.Total();
            double loss = total.ToDouble(), forward = clock.Elapsed.TotalSeconds - made;
            foreach (var p in model.parameters()) p.grad = null;
            total.backward();
            (long bytes, TimeSpan inLosses) = (ranks.Traffic.Bytes - before.Bytes, ranks.Traffic.Time - before.Time);
            GradientAverage.Apply(model.parameters(), ranks);
            (long allBytes, TimeSpan inAll) = (ranks.Traffic.Bytes - before.Bytes, ranks.Traffic.Time - before.Time);
            double backward = clock.Elapsed.TotalSeconds - forward - made;
            adam.step();
            seconds = clock.Elapsed.TotalSeconds;
            string shape = $"B={batch} T={frames} {size}px K={concepts}{(recompute ? " recompute" : "")}";
            Console.WriteLine(
                $"{net} {options.Precision} {shape}: {seconds:F3} s (views {made:F3}, forward {forward:F3}, "
                + $"backward {backward:F3}, adam {seconds - forward - backward - made:F3}), loss {loss:F4}, "
                + $"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
            Console.WriteLine(
                $"  {nominal / 1e9:F0} GFLOP in convolutions: {nominal / seconds / 1e9:F0} GFLOP/s, "
                + $"{nominal / seconds / product:F2} of a matrix product's {product / 1e9:F0}");
            if (ranks.Size > 1)
                Console.WriteLine(
                    $"  rank {ranks.Rank} of {ranks.Size}: losses and batch norm {bytes / 1e6:F1} MB in "
                    + $"{inLosses.TotalSeconds:F3} s, gradients {(allBytes - bytes) / 1e6:F1} MB in "
                    + $"{(inAll - inLosses).TotalSeconds:F3} s, waiting included");
        }
    }

    private static string Arg(string[] args, int index, string otherwise) =>
        index < args.Length ? args[index] : otherwise;

    /// <summary>
    /// Multiplications and additions of the convolutions of a whole clip, forward and for both gradients; the pixels
    /// have none. What is computed again does not count, what need not be computed does.
    /// </summary>
    private static double Operations(string net, int frames, int size)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        Backbone backbone = Backbones.Create(net);
        double operations = 0;
        foreach (Convolution convolution in backbone.modules().OfType<Convolution>())
        {
            long[] weight = convolution.weight.shape;
            double each = 2.0 * weight[1..].Aggregate((a, b) => a * b) * (weight[1] == 3 ? 2 : 3);
            convolution.register_forward_hook((_, _, output) =>
            {
                operations += each * output.numel();
                return output;
            });
        }
        backbone.call(zeros([1, 3, frames, size, size]));
        return operations;
    }
}
