using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>What the processor can do at most, to compare with.</summary>
internal static class MatrixProduct
{
    /// <summary>Operations a second of (rows, inner) times (inner, columns), the best of three.</summary>
    public static double Rate(ScalarType type, long rows, long inner, long columns)
    {
        using var scope = NewDisposeScope();
        Tensor a = rand([rows, inner]).to(type), b = rand([inner, columns]).to(type);
        Tensor c = zeros([rows, columns], type);
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            c.addmm_(a, b, beta: 0, alpha: 1);
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return 2.0 * rows * inner * columns / best;
    }
}
