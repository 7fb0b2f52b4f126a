using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using VideoConcepts.Distributed;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// What the processes of a step of the published size hand to each other, without the network that computes between:
/// messages METHOD GBIT [MICROSECONDS], started by mpirun. The model of docs/distributed.md stands beside what was
/// measured: a ring moves 2 (N-1)/N times the gradients, a gather and the sum of its gradients bring in N-1 parts, each
/// message waits log2 N times for the network.
/// </summary>
internal static class MessagesBenchmark
{
    private const int Rounds = 7, Videos = 64, Clips = 2, R2Plus1d = 17_700_000, R3d18 = 33_200_000;

    public static void Run(string[] args)
    {
        string method = args.Length > 0 ? args[0] : "concepts";
        double gigabits = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 10;
        double latency = (args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 20) * 1e-6;
        using ICommunicator ranks = Launch.Open("auto");
        Launch.ShareCores(ranks);
        int n = ranks.Size;
        double steps = Math.Ceiling(Math.Log2(n)), sum = 0, model = 0;
        Say(ranks, $"{method}, {n} processes, {gigabits} Gbit/s, {latency * 1e6:F0} µs");
        foreach ((string name, bool whole, long[] shape, int count, bool there, bool back) in Of(method))
        {
            using Tensor own = randn(shape), rows = whole ? own : randn([n, .. shape]);
            long bytes = own.numel() * own.element_size() * count;
            double[] seconds = new double[Rounds];
            for (int round = 0; round < Rounds; round++)
            {
                ranks.Any(true); // all begin at once
                long begin = Stopwatch.GetTimestamp();
                for (int i = 0; i < count; i++)
                {
                    if (whole) ranks.Sum(own);
                    if (there) ranks.Gather(own).Dispose();
                    if (back) ranks.SumOwn(rows).Dispose();
                }
                seconds[round] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            }
            Array.Sort(seconds);
            int ways = (there ? 1 : 0) + (back ? 1 : 0);
            double moved = whole ? 2.0 * (n - 1) / n * bytes : ways * (n - 1.0) * bytes;
            double expected = (moved * 8 / (gigabits * 1e9)) + (latency * steps * count * (whole ? 2 : ways));
            sum += seconds[Rounds / 2];
            model += expected;
            Line(ranks, name, moved, seconds[Rounds / 2], expected);
        }
        Line(ranks, "together", 0, sum, model);
    }

    /// <summary>The messages of a step: name, whether it is a sum over all, shape of a part, how many there are, and
    /// which ways a gather goes.</summary>
    private static (string Name, bool Whole, long[] Shape, int Count, bool There, bool Back)[] Of(string method) =>
        method == "multilevel"
            ?
            [
                ("gradients", true, [R3d18], 1, false, false),
                ("clips at three levels", false, [Videos, Clips, 128], 3, true, true),
                ("clips of the graph", false, [Videos, 128], 3, true, true),
                ("prototype scores", false, [Videos, Clips, 100], 1, true, true),
                ("batch norm", true, [1000], 230, false, false),
            ]
            :
            [
                ("gradients", true, [R2Plus1d], 1, false, false),
                ("scores", false, [Videos, 3 * Clips, 200], 1, true, true),
                ("keys", false, [Videos, Clips, 128], 5, true, false),
                ("what leads", false, [Videos, Clips, 10, 512], 3, true, true),
                ("batch norm", true, [1000], 230, false, false),
            ];

    private static void Line(ICommunicator ranks, string name, double moved, double seconds, double expected) =>
        Say(ranks,
            $"{name,-22} {moved / 1e6,8:F2} MB {seconds,7:F3} s, model {expected,7:F3} s, ratio {seconds / expected,5:F2}");

    private static void Say(ICommunicator ranks, FormattableString line)
    {
        if (ranks.Rank == 0) Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
