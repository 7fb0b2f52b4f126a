using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TorchSharp;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Distributed;

/// <summary>Real processes, started by mpirun.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class MpiTests(TinyVideos videos) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10); // with processes that hang
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(2, "concepts")]
    [InlineData(2, "concepts", "multilevel", Explicit = true)]
    [InlineData(2, "concepts", "motion", Explicit = true)]
    [InlineData(4, "concepts", "multilevel", Explicit = true)] // twenty seconds
    public void FiveSteps_OfSeveralProcesses_EqualThoseOfOneWithTheWholeBatch(int processes, params string[] methods)
    {
        string Job(string method, bool sync, int processes) =>
            $"{method}:{sync}:{_work[$"{method}-{sync}-{processes}"]}";
        Mpirun(1, "VideoConcepts.Ranks.dll", [.. methods.Select(m => Job(m, true, 1))]).Status.ShouldBe(0);
        Mpirun(processes, "VideoConcepts.Ranks.dll",
            [.. methods.Select(m => Job(m, true, processes)), Job("concepts", false, processes)]).Status.ShouldBe(0);
        foreach (string method in methods)
            Farthest(_work[$"{method}-True-1"], _work[$"{method}-True-{processes}"])
                .ShouldBeLessThan(1e-9, $"{method}, {processes} processes");
        // without --sync-bn they are not one
        Farthest(_work["concepts-True-1"], _work[$"concepts-False-{processes}"], synchronised: false)
            .ShouldBeGreaterThan(1e-6);
    }

    [Fact]
    public void LocalGroup_OfEachProcessForItself_ChangesTheLocalContrastAlone()
    {
        Mpirun(1, "VideoConcepts.Ranks.dll", [$"concepts:True:{_work["one"]}"]).Status.ShouldBe(0);
        Mpirun(2, "VideoConcepts.Ranks.dll", [$"concepts-1:True:{_work["two"]}"]).Status.ShouldBe(0);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> one = SafeTensors.Read(_work["one"]).Tensors;
        Dictionary<string, Tensor> two = SafeTensors.Read(_work["two"]).Tensors;
        // until the epoch of the local contrast both learn the same
        foreach ((string name, Tensor value) in one)
        {
            if (!name.StartsWith("step3.loss.", StringComparison.Ordinal)) continue;
            double difference = Math.Abs(value.ToDouble() - two[name].ToDouble());
            if (name.Contains("local", StringComparison.Ordinal)) difference.ShouldBeInRange(1e-6, 0.3, name);
            else difference.ShouldBeLessThan(1e-9, name);
        }
    }

    [Fact]
    public void Process_ThatWaitsForOneThatIsGone_EndsWithAMessage()
    {
        (int status, _, string error) = Mpirun(2, "VideoConcepts.Ranks.dll", ["hang:0.02"]);
        status.ShouldBe(1, error);
        error.ShouldContain($"on {Environment.MachineName}: the other processes have not answered for 1.2 s "
            + "(it waits for a sum)");
    }

    [Fact]
    public void Train_OfTwoProcesses_LearnsWhatOneWithTheWholeBatchLearns_AndResumesAsOne()
    {
        string[] one = TinyCommand.Train(videos.Files.Train, _work["one"])
            .With("--train_batch", "8")
            .With("--log_every", "1")
            .Words();
        CommandRun.InItsOwnProcess(one).ShouldBeDone();
        string[] two = TinyCommand.Train(videos.Files.Train, _work["two"])
            .With("--log_every", "1")
            .With("--eval_csv", videos.Files.MotionTest)
            .Words();
        (int status, string output, string error) = Mpirun(2, "VideoConcepts.Cli.dll", two);
        status.ShouldBe(0, error);
        output.ShouldContain(_work["two/checkpoint.safetensors"] + "\n");
        error.ShouldContain("2 processes, 8 videos a step, batch norm over all of them");
        error.ShouldContain("epoch 1 evaluation");
        double[] Totals(string run) =>
        [
            .. File.ReadAllLines(_work[$"{run}/metrics.jsonl"])
                .Select(l => JsonNode.Parse(l)!["total"])
                .OfType<JsonNode>()
                .Select(total => (double)total),
        ];
        Totals("two").Length.ShouldBe(3);
        foreach ((double a, double b) in Totals("one").Zip(Totals("two"))) b.ShouldBe(a, 0.02 * Math.Abs(a)); // float32
        CommandRun resumed = CommandRun.InItsOwnProcess(TinyCommand.Train(videos.Files.Train, _work["two"])
            .With("--epoch", "2").With("--resume", "auto").Words()).ShouldBeDone();
        resumed.Error.ShouldContain("1 process instead of 2: a step sees 4 videos instead of 8");
        error.ShouldMatch("handed to the other processes: [1-9][0-9]* MB; [0-9]+ % of the time");
    }

    [Fact]
    public void Train_RanksDisagree_AllAreRefused()
    {
        string[] words = TinyCommand.Train(videos.Files.Train, _work["run"]).Words();
        string program = Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll");
        (int status, _, string error) = Mpirun(1, "VideoConcepts.Cli.dll",
            [.. words, ":", "-np", "1", "dotnet", program, .. words, "--seed", "2"]);
        status.ShouldBe(2, error);
        error.ShouldContain("rank 1 of 2 has other options than rank 0");
        Directory.Exists(_work["run"]).ShouldBeFalse();
    }

    [Fact]
    public void Train_QueueOfMultiLevelSmallerThanTheStepOfAllProcesses_IsRefusedAlsoWhereARunGoesOn()
    {
        string[] words = TinyCommand.Train(videos.Files.Train, _work["run"]).Without("--concept")
            .With("--method", "multilevel").With("--queue", "4").Words();
        (int status, _, string error) = Mpirun(2, "VideoConcepts.Cli.dll", words);
        status.ShouldBe(2, error);
        error.ShouldContain("--queue 4: smaller than the 8 videos of a step (2 processes of --train_batch 4)");
        Directory.Exists(_work["run"]).ShouldBeFalse();
        CommandRun.InItsOwnProcess(words).ShouldBeDone();
        (status, _, error) = Mpirun(2, "VideoConcepts.Cli.dll", [.. words, "--resume", "auto"]);
        status.ShouldBe(2, error);
        error.ShouldContain("a run keeps its queue: go on with at most 1 process");
    }

    [Fact]
    public void Train_OneRankCannotReadAVideo_AllEndWithItsMessage()
    {
        string folder = Path.GetDirectoryName(videos.Files.Train)!;
        File.WriteAllLines(_work["list.csv"],
        [
            .. File.ReadLines(videos.Files.Train).Select(line => Path.Combine(folder, line)),
            $"{_work["missing"]},24",
        ]);
        (int status, _, string error) = Mpirun(2, "VideoConcepts.Cli.dll",
            TinyCommand.Train(_work["list.csv"], _work["run"]).With("--epoch", "3").Words());
        status.ShouldBe(2, error);
        error.ShouldMatch("videoconcepts: rank [01]: .*missing");
    }

    [Fact]
    public void Extract_OfSeveralProcesses_WritesWhatOneWrites_AlsoAfterAnInterruption()
    {
        // 72 windows, the last batch has 2
        string[] words =
        [
            "extract", "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32",
            "--csv_file", videos.Files.MotionTrain, "--windows", "3", "--batch", "5",
        ];
        CommandRun.InItsOwnProcess([.. words, "--out", _work["one"]]).ShouldBeDone();
        Directory.CreateDirectory(_work["three"]);
        File.Copy(_work["one/extract.json"], _work["three/extract.json"]);
        byte[] matrix = File.ReadAllBytes(_work["one/features.npy"]);
        File.WriteAllBytes(_work["three/features.npy.partial"], matrix[..(matrix.Length / 4)]);
        (int status, string output, string error) = Mpirun(3, "VideoConcepts.Cli.dll",
            [.. words, "--out", _work["three"]]);
        status.ShouldBe(0, error);
        output.ShouldBe(_work["three/features.npy"] + "\n"); // said once
        File.ReadAllText(_work["three/rows.csv"]).ShouldBe(File.ReadAllText(_work["one/rows.csv"]));
        byte[] other = File.ReadAllBytes(_work["three/features.npy"]);
        other.Length.ShouldBe(matrix.Length);
        other[..128].ShouldBe(matrix[..128]);
        float[] expected = MemoryMarshal.Cast<byte, float>(matrix.AsSpan(128)).ToArray();
        float[] found = MemoryMarshal.Cast<byte, float>(other.AsSpan(128)).ToArray();
        foreach ((float a, float b) in expected.Zip(found))
            b.ShouldBe(a, 1e-4f); // another number of threads may round differently
        (status, output, error) = Mpirun(2, "VideoConcepts.Cli.dll", [.. words, "--out", _work["three"]]);
        status.ShouldBe(0, error);
        output.ShouldBe(_work["three/features.npy"] + "\n"); // nothing to do, and no process waits for another
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Evaluate_OfTwoProcesses_MeasuresWhatOneMeasures()
    {
        string[] words =
        [
            "evaluate", "retrieval", "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32",
            "--train_csv", videos.Files.MotionTrain, "--test_csv", videos.Files.MotionTest, "--out",
        ];
        CommandRun.InItsOwnProcess([.. words, _work["one"]]).ShouldBeDone();
        (int status, string output, string error) = Mpirun(2, "VideoConcepts.Cli.dll", [.. words, _work["two"]]);
        status.ShouldBe(0, error);
        output.Split("R@20").Length.ShouldBe(2); // one table
        string Figures(string folder) =>
            JsonNode.Parse(File.ReadAllText(_work[$"{folder}/result.json"]))!["figures"]!.ToJsonString();
        Figures("two").ShouldBe(Figures("one"));
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void FineTuning_OfTwoProcesses_DividesTheBatchAndWritesOnce()
    {
        string[] words =
        [
            "evaluate", "finetune", "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32",
            "--train_csv", $"{videos.Files.MotionTrain},{videos.Files.AppearanceTrain}",
            "--test_csv", $"{videos.Files.MotionTest},{videos.Files.AppearanceTest}",
            "--epoch", "2", "--eval_every", "1", "--held_out", "0.3", "--out", _work["tuned"],
        ];
        (int status, string output, string error) = Mpirun(2, "VideoConcepts.Cli.dll",
            [.. words, "--train_batch", "8"]);
        status.ShouldBe(0, error);
        int[] megabytes =
        [
            .. Regex.Matches(error, "handed to the other processes: ([0-9]+) MB")
                .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
        megabytes.Length.ShouldBe(2);
        megabytes[0].ShouldBeGreaterThan(2);
        megabytes[1].ShouldBeInRange(megabytes[0] - 1, megabytes[0] + 1); // each training counts its own messages
        output.ShouldEndWith(_work["tuned/result.json"] + "\n");
        output.Split("fine-tuning").Length.ShouldBe(3); // a table for each of two splits
        error.ShouldContain("2 processes, 8 videos a step");
        error.ShouldContain("epoch 2 evaluation");
        JsonNode run = JsonNode.Parse(File.ReadAllText(_work["tuned/motion_train/run.json"]))!;
        ((int)run["options"]!["train_batch"]!).ShouldBe(4);
        File.ReadAllLines(_work["tuned/motion_train/probabilities.csv"]).Length.ShouldBe(17);
    }

    [Fact]
    public void OtherCommands_InSeveralProcesses_AreRefused()
    {
        (int status, _, string error) = Mpirun(2, "VideoConcepts.Cli.dll",
        [
            "report", "--net", "r2plus1d-tiny", "--csv_file", videos.Files.Train, "--out", _work["report/page.html"],
        ]);
        status.ShouldBe(2, error);
        error.ShouldContain("report runs in one process; start it without mpirun.");
        Directory.Exists(_work["report"]).ShouldBeFalse();
    }

    [Fact]
    public void Train_StartedByMpich_IsRefusedByName()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll");
        string[] words = TinyCommand.Train(videos.Files.Train, _work["run"]).Words();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. words])
        {
            RedirectStandardError = true,
            Environment = { ["PMI_RANK"] = "0", ["PMI_SIZE"] = "2" },
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(2, error);
        error.ShouldContain("MPICH");
        error.ShouldContain("need Open MPI");
    }

    [Fact]
    public async Task Train_ARankIsKilled_AllEndAndTheCheckpointIsWhole()
    {
        SkipWithoutMpi();
        string[] words = TinyCommand.Train(videos.Files.Train, _work["run"]).With("--epoch", "2000").Words();
        using Process process = Start(2, "VideoConcepts.Cli.dll", words);
        Task<string> error = process.StandardError.ReadToEndAsync(Stop);
        _ = process.StandardOutput.ReadToEndAsync(Stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        try
        {
            while (!File.Exists(_work["run/checkpoint.safetensors"]) && !process.HasExited)
                await Task.Delay(10, patience.Token);
            int victim = Children(process.Id)[^1];
            Process.GetProcessById(victim).Kill();
            // a rank that is left alone would wait for ever
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        process.ExitCode.ShouldNotBe(0);
        (await error).ShouldContain("signal 9");
        CommandRun.InItsOwnProcess("checkpoint", "show", "--checkpoint", _work["run"]).ShouldBeDone();
        JsonNode last = JsonNode.Parse(File.ReadAllLines(_work["run/metrics.jsonl"])[0])!;
        ((long)last["step"]!).ShouldBeGreaterThan(0);
    }

    private static int[] Children(int parent) =>
        [
            .. File.ReadAllText($"/proc/{parent}/task/{parent}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(int.Parse),
        ];

    /// <summary>The largest difference of any two numbers; gradients against the largest one of their step.</summary>
    internal static double Farthest(string file, string other, bool synchronised = true)
    {
        using var scope = NewDisposeScope();
        (Dictionary<string, Tensor> a, _) = SafeTensors.Read(file);
        (Dictionary<string, Tensor> b, Dictionary<string, string> facts) = SafeTensors.Read(other);
        if (synchronised)
            double.Parse(facts["differ"], CultureInfo.InvariantCulture).ShouldBe(0, "the ranks have drifted apart");
        a.Keys.ShouldBe(b.Keys, ignoreOrder: true);
        a.Keys.Count(k => k.Contains(".grad.")).ShouldBeGreaterThan(100);
        string Group(string name) => name.Contains(".grad.") ? name.Split('.')[0] : name;
        return a.Keys.GroupBy(Group).Max(group =>
        {
            double most = group.Max(k => a[k].to(float64).abs().max().ToDouble());
            double apart = group.Max(k => (a[k].to(float64) - b[k].to(float64)).abs().max().ToDouble());
            return apart / Math.Max(group.Key.StartsWith("step") ? 1e-3 : 1, most);
        });
    }

    private static (int Status, string Output, string Error) Mpirun(int processes, string program, string[] words)
    {
        SkipWithoutMpi();
        using Process process = Start(processes, program, words);
        Task<string> output = process.StandardOutput.ReadToEndAsync(Stop);
        Task<string> error = process.StandardError.ReadToEndAsync(Stop);
        if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    internal static Process Start(int processes, string program, string[] words) =>
        Process.Start(new ProcessStartInfo("mpirun",
        [
            "-np", $"{processes}", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none",
            "dotnet", Path.Combine(AppContext.BaseDirectory, program), .. words,
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;

    private static void SkipWithoutMpi()
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "mpirun"))))
            Assert.Skip("mpirun is not there, so several processes are not tested: apt install openmpi-bin");
    }
}
