using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>train is killed at random moments, not asked to stop, and goes on each time.</summary>
[Collection(nameof(SerialTests))]
public sealed class KilledTrainingTests(TinyVideos videos) : IDisposable
{
    private const int Kills = 20;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Train_KilledTwentyTimes_EndsBitForBitLikeAnUndisturbedRun()
    {
        int whole = Run("whole", null, "12");
        var random = RandomStream.For(20261125, 0, 1);
        int killed = 0, unfinished = 0;
        while (killed < Kills)
        {
            // Loading takes most of the time of such a small run: the moments are spread over all of it.
            if (Run("run", random.NextInt(whole / 10, whole), "12") >= 0)
            {
                ShouldBeTheSame(); // it came to its end between two kills: once more from the start
                Directory.Delete(_work["run"], recursive: true);
                continue;
            }
            killed++;
            if (!Directory.Exists(_work["run"])) continue;
            foreach (string file in Directory.GetFiles(_work["run"], "*.safetensors"))
            {
                SafeTensors.Verify(file); // no checkpoint is ever unreadable
                if (Checkpoint.ReadRun(file).Run.Position.Epoch < 12) unfinished++;
            }
        }
        Run("run", null, "12");
        unfinished.ShouldBeGreaterThan(0);
        ShouldBeTheSame();
    }

    private void ShouldBeTheSame()
    {
        (Dictionary<string, torch.Tensor> actual, _) = SafeTensors.Read(_work["run/checkpoint.safetensors"]);
        (Dictionary<string, torch.Tensor> expected, _) = SafeTensors.Read(_work["whole/checkpoint.safetensors"]);
        actual.Keys.ShouldBe(expected.Keys);
        foreach ((string key, torch.Tensor tensor) in expected) actual[key].bytes.SequenceEqual(tensor.bytes).ShouldBeTrue(key);
        foreach (torch.Tensor tensor in actual.Values.Concat(expected.Values)) tensor.Dispose();
    }

    /// <summary>Milliseconds that the run took, or -1 if it was killed.</summary>
    private int Run(string output, int? kill, string epochs)
    {
        string[] words = TinyCommand.Train(videos.Files.Train, _work[output]).With("--epoch", epochs).With("--save_every", "2").With("--resume", "auto").Words();
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), .. words])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), text = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(kill ?? 300_000))
        {
            process.Kill();
            process.WaitForExit();
            return -1;
        }
        process.ExitCode.ShouldBe(0, $"{error.Result} {text.Result}");
        return (int)clock.ElapsedMilliseconds;
    }
}
