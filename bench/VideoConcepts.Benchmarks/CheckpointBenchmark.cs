using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>Saving and loading a checkpoint of the published size: weights, queue and Adam's moments.</summary>
internal static class CheckpointBenchmark
{
    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("videoconcepts-bench").FullName;
        try
        {
            var options = new TrainOptions { CsvFile = "list.csv" };
            using ConceptModel model = (ConceptModel)TrainingRun.BuildModel(options);
            using var adam = optim.Adam(model.parameters(), 1e-3);
            foreach (var p in model.parameters()) p.grad = zeros_like(p);
            adam.step();
            KeyValuePair<string, Tensor>[] moments = [.. model.named_parameters().SelectMany(p =>
                (KeyValuePair<string, Tensor>[])
                [
                    new("adam.exp_avg." + p.name, p.parameter), new("adam.exp_avg_sq." + p.name, p.parameter),
                ])];
            using var run = new RunFolder(folder, options.Keep);
            for (int i = 1; i <= 5; i++)
            {
                var clock = Stopwatch.StartNew();
                run.Save(i, path => SafeTensors.Write(
                    path, [.. model.state_dict(), .. moments], new Dictionary<string, string>()));
                double save = clock.Elapsed.TotalSeconds;
                clock.Restart();
                foreach (Tensor tensor in SafeTensors.Read(RunFolder.Newest(folder)!, ours: true).Tensors.Values)
                    tensor.Dispose();
                Console.WriteLine(
                    $"{new FileInfo(RunFolder.Newest(folder)!).Length >> 20} MB: saved in "
                    + $"{save:F2} s, checked and read in {clock.Elapsed.TotalSeconds:F2} s");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
