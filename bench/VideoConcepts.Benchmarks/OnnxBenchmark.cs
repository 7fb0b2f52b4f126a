using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Onnx;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>Clips → features and concept scores, by the model and by ONNX Runtime of its export, turn by turn in one
/// process and with as many threads: seconds a batch (median), their ratio, the largest difference, the file's size.
/// </summary>
internal static class OnnxBenchmark
{
    private const int Rounds = 7;

    /// <param name="args">clips, frames, size, nets …</param>
    public static void Run(string[] args)
    {
        (int clips, int frames, int size) = args is [var n, var t, var s, ..]
            ? (Number(n), Number(t), Number(s)) : (8, 16, 112);
        string[] nets = args.Length > 3 ? args[3..] : [.. Backbones.Names];
        Console.WriteLine($"{clips} clips of {frames} frames of {size}×{size}, {get_num_threads()} threads; seconds a "
            + "batch, median of " + Rounds);
        Console.WriteLine("net                  MB      full   float32  bfloat16      ONNX  ONNX/float32  "
            + "largest difference");
        foreach (string net in nets) Compare(net, clips, frames, size);
    }

    private static void Compare(string net, int count, int frames, int size)
    {
        using var noGradient = no_grad();
        var options = new TrainOptions
        {
            CsvFile = "none",
            Net = net,
            Seq = frames,
            ImgDim = size,
            Precision = PrecisionChoice.Full,
        };
        using var model = (ConceptModel)TrainingRun.BuildModel(options);
        using var fast = (ConceptModel)TrainingRun.BuildModel(options with { Precision = PrecisionChoice.Float32 });
        using var half = (ConceptModel)TrainingRun.BuildModel(options with { Precision = "bfloat16" });
        foreach (ConceptModel one in (ConceptModel[])[model, fast, half]) one.eval();
        byte[] file = OnnxExport.Of(model, options, EncoderView.Clips).ToByteArray();
        using var settings = new SessionOptions { IntraOpNumThreads = get_num_threads() };
        using var session = new InferenceSession(file, settings);
        using Tensor pixels = randint(0, 256, [count, frames, 3, size, size], ScalarType.Byte);
        long[] shape = pixels.shape;
        byte[] bytes = pixels.bytes.ToArray();
        double[] full = new double[Rounds], float32 = new double[Rounds], bfloat16 = new double[Rounds],
            onnx = new double[Rounds];
        double most = 0;
        for (int round = -1; round < Rounds; round++)
        {
            int at = Math.Max(round, 0); // the first warms up
            (float[] here, full[at]) = Timed(() => Scores(model, pixels));
            (_, float32[at]) = Timed(() => Scores(fast, pixels));
            (_, bfloat16[at]) = Timed(() => Scores(half, pixels));
            (float[] there, onnx[at]) = Timed(() =>
            {
                using OrtValue input = OrtValue.CreateTensorValueFromMemory(bytes, shape);
                using var results = session.Run(new RunOptions(), [OnnxExport.Pixels], [input],
                    [OnnxExport.Feature]);
                return results[0].GetTensorDataAsSpan<float>().ToArray();
            });
            most = Math.Max(most, here.Zip(there, (a, b) => Math.Abs(a - b)).Max());
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{net,-18} {file.Length / 1e6,6:F1} {Median(full),9:F3} {Median(float32),9:F3} {Median(bfloat16),9:F3} "
            + $"{Median(onnx),9:F3}  {Median(onnx) / Median(float32),12:F2}  {most:E1}"));
    }

    private static float[] Scores(ConceptModel model, Tensor pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor feature = model.backbone.call(Normalization.Clips(pixels)).Feat;
        _ = model.ClipScores(feature);
        return feature.to(ScalarType.Float32).data<float>().ToArray();
    }

    private static (float[], double) Timed(Func<float[]> work)
    {
        var clock = Stopwatch.StartNew();
        float[] result = work();
        return (result, clock.Elapsed.TotalSeconds);
    }

    private static double Median(double[] seconds) => seconds.Order().ElementAt(seconds.Length / 2);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
