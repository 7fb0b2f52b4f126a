using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>One training step on random views: forward, losses, backward, Adam; started by mpirun, also what the processes hand to each other.</summary>
internal static class StepBenchmark
{
    public static void Run(string[] args)
    {
        string net = Arg(args, 0, "r2plus1d"), precision = Arg(args, 1, "full");
        int batch = int.Parse(Arg(args, 2, "2")), frames = int.Parse(Arg(args, 3, "16")), size = int.Parse(Arg(args, 4, "128"));
        int concepts = int.Parse(Arg(args, 5, "100")), steps = int.Parse(Arg(args, 6, "3"));
        var options = new TrainOptions { Net = net, Precision = precision };
        var model = new ConceptModel(Backbones.Create(net, options.ConvolutionPrecision), new ConceptModelOptions(concepts));
        Initialization.Fill(model, 1);
        using ICommunicator ranks = Launch.Open("auto");
        Launch.ShareCores(ranks);
        var objective = new ConceptObjective(model, ReferenceQuirks.None, batch: new SplitBatch(ranks, syncNorms: true));
        using var adam = optim.Adam(model.parameters(), 1e-3, weight_decay: 1e-5);
        using Tensor views = randn([batch, 6, 3, frames, size, size]);
        for (int step = 0; step < steps; step++)
        {
            var clock = Stopwatch.StartNew();
            using var scope = NewDisposeScope();
            (long Bytes, TimeSpan Time) before = ranks.Traffic;
            objective.BeforeStep();
            LossTerms terms = objective.Compute(views, 10);
            using Tensor total = terms.Total();
            double loss = total.ToDouble(), forward = clock.Elapsed.TotalSeconds;
            foreach (var p in model.parameters()) p.grad = null;
            total.backward();
            (long bytes, TimeSpan inLosses) = (ranks.Traffic.Bytes - before.Bytes, ranks.Traffic.Time - before.Time);
            GradientAverage.Apply(model.parameters(), ranks);
            (long allBytes, TimeSpan inAll) = (ranks.Traffic.Bytes - before.Bytes, ranks.Traffic.Time - before.Time);
            double backward = clock.Elapsed.TotalSeconds - forward;
            adam.step();
            double whole = clock.Elapsed.TotalSeconds;
            Console.WriteLine($"{net} {precision} B={batch} T={frames} {size}px K={concepts}: {whole:F3} s (forward {forward:F3}, backward {backward:F3}, adam {whole - forward - backward:F3}), loss {loss:F4}, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
            if (ranks.Size > 1) Console.WriteLine($"  rank {ranks.Rank} of {ranks.Size}: losses and batch norm {bytes / 1e6:F1} MB in {inLosses.TotalSeconds:F3} s, gradients {(allBytes - bytes) / 1e6:F1} MB in {(inAll - inLosses).TotalSeconds:F3} s, waiting included");
        }
    }

    private static string Arg(string[] args, int index, string otherwise) => index < args.Length ? args[index] : otherwise;
}
