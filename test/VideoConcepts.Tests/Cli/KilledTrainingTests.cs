using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// train is killed or told to stop at random moments, while it trains and while it evaluates, and goes on each time.
/// </summary>
[Collection(nameof(SerialTests))]
[SupportedOSPlatform("linux")]
public sealed class KilledTrainingTests(TinyVideos videos) : IDisposable
{
    private const int Kills = 15, InEvaluation = 3;
    private static readonly string[] Signals = ["KILL", "HUP", "TERM"];
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData(1, "concepts")]
    [InlineData(1, "multilevel")]
    [InlineData(2, "concepts")]
    public async Task Train_SignalledFifteenTimesOrMore_EndsBitForBitLikeAnUndisturbedRun(int processes, string method)
    {
        Assert.SkipWhen(processes > 1 && !Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "mpirun"))), "needs mpirun: apt install openmpi-bin");
        int whole = await Run("whole", processes, method);
        var random = RandomStream.For(20261125, processes, method.Length);
        int sent = 0, unfinished = 0, inEvaluation = 0;
        // On a machine that trains faster than it evaluates or the other way round, it takes some more.
        while (sent < Kills || inEvaluation < InEvaluation || unfinished == 0)
        {
            sent.ShouldBeLessThan(20 * Kills, $"{inEvaluation} signals came in an evaluation");
            // Every other signal waits for an evaluation; the others are spread over all of the time.
            string signal = Signals[sent % Signals.Length];
            bool atEpochEnd = sent / Signals.Length % 2 == 0;
            int wait = atEpochEnd ? random.NextInt(0, 150) : random.NextInt(whole / 10, whole);
            int epochs = random.NextInt(1, 3);
            if (await Run("run", processes, method, signal, wait, atEpochEnd ? epochs : null) >= 0)
            {
                // it came to its end between two signals: once more from the start
                RunComparison.ShouldBeTheSame(_work["run"], _work["whole"]);
                Directory.Delete(_work["run"], recursive: true);
                continue;
            }
            sent++;
            if (!Directory.Exists(_work["run"])) continue;
            foreach (string file in Directory.GetFiles(_work["run"], "*.safetensors"))
            {
                SafeTensors.Verify(file); // no checkpoint is ever unreadable
                if (Checkpoint.ReadRun(file).Run.Position.Epoch < Epochs) unfinished++;
            }
            if (IsDue()) inEvaluation++;
        }
        await Run("run", processes, method);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{inEvaluation} of {sent} signals came between a save and the end of its evaluation");
        RunComparison.ShouldBeTheSame(_work["run"], _work["whole"]);
    }

    private const int Epochs = 6;

    /// <summary>Whether the newest checkpoint ends an epoch whose evaluation the metrics do not tell of.</summary>
    private bool IsDue()
    {
        if (RunFolder.Newest(_work["run"]) is not { } newest) return false;
        RunPosition at = Checkpoint.ReadRun(newest).Run.Position;
        return at is { Batch: 0, Epoch: > 0 } && !File.ReadLines(_work["run/metrics.jsonl"])
            .Any(line => line.Contains($"\"step\":{at.Step},\"R@1\"", StringComparison.Ordinal));
    }

    /// <summary>Milliseconds that the run took, or -1 if it was signalled before its end.</summary>
    /// <param name="output">Its folder.</param>
    /// <param name="processes">Each of which gets the signal.</param>
    /// <param name="method">What it learns.</param>
    /// <param name="signal">To send, or null.</param>
    /// <param name="wait">Milliseconds from the start, or from the moment that <paramref name="epochs"/> names.</param>
    /// <param name="epochs">Null, or the number of checkpoints after which the waiting begins.</param>
    private async Task<int> Run(string output, int processes, string method, string? signal = null, int wait = 0,
        int? epochs = null)
    {
        TinyCommand train = TinyCommand.Train(videos.Files.Train, _work[output]).With("--epoch", $"{Epochs}")
            .With("--save_every", "2").With("--resume", "auto")
            .With("--eval_csv", videos.Files.AppearanceTest).With("--eval_every", "1")
                .With("--train_batch", processes == 1 ? "4" : "2").With("--method", method);
        if (method == "multilevel") train = train.Without("--concept").With("--cluster", "4");
        string[] program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"),
            .. train.Words()];
        string[] words = processes == 1 ? program : ["mpirun", "-np", $"{processes}", "--allow-run-as-root",
            "--oversubscribe", "--bind-to", "none", .. program];
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("env",
            ["--default-signal=HUP,TERM", .. words])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(Stop),
            text = process.StandardOutput.ReadToEndAsync(Stop);
        if (signal is not null)
        {
            if (epochs is { } wanted) await Saved(process, _work[output], wanted);
            if (!process.WaitForExit(wait))
            {
                int[] targets = processes == 1 ? [process.Id] : Children(process.Id);
                using (Process kill = Process.Start("kill",
                    ["-" + signal,
                    .. targets.Select(id => id.ToString(CultureInfo.InvariantCulture))])) await kill.WaitForExitAsync(
                    Stop);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
                patience.CancelAfter(TimeSpan.FromMinutes(2));
                await process.WaitForExitAsync(patience.Token);
                if (signal == "KILL" || process.ExitCode != 0) return -1;
                return (int)clock.ElapsedMilliseconds; // it was at its end already
            }
        }
        await process.WaitForExitAsync(Stop);
        process.ExitCode.ShouldBe(0, $"{await error} {await text}");
        return (int)clock.ElapsedMilliseconds;
    }

    /// <summary>Waits until the newest checkpoint has been replaced so many times by one that ends an epoch.</summary>
    private static async Task Saved(Process process, string folder, int epochs)
    {
        string newest = Path.Combine(folder, Checkpoint.FileName);
        int seen = 0;
        DateTime before = Time();
        while (seen < epochs && !process.HasExited)
        {
            await Task.Delay(5, Stop);
            if (Time() == before) continue;
            before = Time();
            try
            {
                if (File.Exists(newest) && Checkpoint.ReadRun(newest).Run.Position.Batch == 0) seen++;
            }
            catch (BadInputException)
            {
                // Just replaced.
            }
        }

        DateTime Time() => File.Exists(newest) ? File.GetLastWriteTimeUtc(newest) : default;
    }

    private static int[] Children(int parent) =>
        [.. File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(int.Parse)];
}
