using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// Single layers of R(2+1)D at the published size: convolution, then batch norm and rectifier, forward and backward.
/// </summary>
internal static class ConvolutionBenchmark
{
    private sealed record Layer(
        string Name, long Inputs, long Outputs,
        (long, long, long) Kernel, (long, long, long) Stride, (long, long, long) Padding, long T, long Size);

    private static readonly Layer[] Layers =
    [
        new("stem.0", 3, 45, (1, 7, 7), (1, 2, 2), (0, 3, 3), 16, 128),
        new("stem.3", 45, 64, (3, 1, 1), (1, 1, 1), (1, 0, 0), 16, 64),
        new("layer1 space", 64, 144, (1, 3, 3), (1, 1, 1), (0, 1, 1), 16, 64),
        new("layer1 time", 144, 64, (3, 1, 1), (1, 1, 1), (1, 0, 0), 16, 64),
        new("layer2 space", 128, 230, (1, 3, 3), (1, 1, 1), (0, 1, 1), 8, 32),
        new("layer2 time", 230, 128, (3, 1, 1), (1, 1, 1), (1, 0, 0), 8, 32),
        new("layer2 shortcut", 64, 128, (1, 1, 1), (2, 2, 2), (0, 0, 0), 16, 64),
    ];

    public static void Run(string[] args)
    {
        int clips = args.Length > 0 ? int.Parse(args[0]) : 12;
        foreach (Layer layer in Layers)
            foreach (Precision precision in Enum.GetValues<Precision>())
                Console.WriteLine($"{layer.Name,-16} {precision,-13} {Describe(layer, precision, clips)}");
    }

    private static string Describe(Layer l, Precision precision, int clips)
    {
        using var convolution = new Convolution(l.Inputs, l.Outputs, l.Kernel, l.Stride, l.Padding, precision);
        using var norm = nn.BatchNorm3d(l.Outputs);
        Initialization.Fill(convolution, 1);
        double best = double.MaxValue, bestForward = 0, bestConv = 0;
        double flops = 0;
        for (int repeat = 0; repeat < 2; repeat++)
        {
            using var scope = NewDisposeScope();
            Tensor x = rand([clips, l.Inputs, l.T, l.Size, l.Size]);
            if (precision != Precision.Full) x = x.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3);
            if (precision == Precision.Bfloat16) x = x.to(bfloat16);
            x.requires_grad_();
            var clock = Stopwatch.StartNew();
            Tensor y = convolution.call(x);
            double conv = clock.Elapsed.TotalSeconds;
            Tensor z = norm.call(y).relu_();
            double forward = clock.Elapsed.TotalSeconds;
            z.backward([ones_like(z)]);
            double whole = clock.Elapsed.TotalSeconds;
            flops = 6.0 * y.numel() * l.Inputs * l.Kernel.Item1 * l.Kernel.Item2 * l.Kernel.Item3;
            convolution.weight.grad = null;
            if (whole < best) (best, bestForward, bestConv) = (whole, forward, conv);
        }
        return $"{best:F3} s (convolution {bestConv:F3}, batch norm and rectifier "
            + $"{bestForward - bestConv:F3}, backward {best - bestForward:F3}), {flops / best / 1e9:F0} GFLOP/s";
    }
}
