using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>The scripts of docs/distributed.md, from its own text, run by Slurm on two nodes of this machine.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
[Trait("Category", "Slurm")]
public sealed partial class SlurmTests(TinyVideos videos, SlurmCluster cluster) : IClassFixture<SlurmCluster>,
    IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)]
    public async Task Training_RequeuedInTheMiddle_EndsBitForBitLikeAnUndisturbedOne()
    {
        cluster.Start();
        string whole = await cluster.Submit(Training("whole", epochs: 12), _work["whole.out"]);
        (await cluster.Ended(whole)).ShouldBe("COMPLETED", Said("whole"));
        Said("whole").ShouldContain("2 processes, 8 videos a step, batch norm over all of them");

        string job = await cluster.Submit(Training("run", epochs: 12), _work["run.out"]);
        await SlurmCluster.Says(_work["run.out"], @"step 6/36 ");
        await cluster.Slurm("scontrol", "requeue", job);
        (await cluster.Ended(job)).ShouldBe("COMPLETED", Said("run"));
        (await cluster.Job(job))["Restarts"].ShouldBe("1");
        Match goesOn = GoesOn().Match(Said("run"));
        goesOn.Success.ShouldBeTrue(Said("run"));
        int.Parse(goesOn.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBeInRange(6, 35);
        RunComparison.ShouldBeTheSame(_work["run"], _work["whole"]);
    }

    /// <summary>A minute: Slurm looks at time limits every half of one.</summary>
    [Fact(Explicit = true)]
    public async Task Training_NearItsTimeLimit_SavesAndIsRequeuedUntilItIsCancelled()
    {
        cluster.Start();
        string script = SlurmScript.Replaced(Training("run", epochs: 100000), "--time=60 --signal=TERM@120",
            "--time=1 --signal=TERM@10");
        string job = await cluster.Submit(script, _work["run.out"]);
        Dictionary<string, string> facts = [];
        await SlurmCluster.Until(async () => (facts = await cluster.Job(job))["Restarts"] == "1"
            || facts["JobState"] is "COMPLETED" or "FAILED" or "TIMEOUT", () => "no restart");
        facts["Restarts"].ShouldBe("1", facts["JobState"]);
        Match goesOn = await SlurmCluster.Says(_work["run.out"], GoesOn().ToString());
        string before = Said("run")[..goesOn.Index];
        before.ShouldContain("stopping when this step is done and saved");
        before.ShouldContain("The model so far is in");
        before.ShouldNotContain("DUE TO TIME LIMIT");
        int last = Steps().Matches(before).Max(step => int.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture));
        goesOn.Groups[1].Value.ShouldBe($"{last}"); // --log_every 1: the step that was done when the signal came

        await SlurmCluster.Says(_work["run.out"], $"step {last + 1}/");
        await cluster.Slurm("scancel", job);
        (await cluster.Ended(job)).ShouldBe("CANCELLED"); // though it ends as it does at its limit
    }

    [Fact(Explicit = true)]
    public async Task Training_OneTaskIsKilled_AllEndAndTheJobFails()
    {
        cluster.Start();
        string script = SlurmScript.Replaced(Training("run", epochs: 100000), "--wait=60", "--wait=5");
        string job = await cluster.Submit(script, _work["run.out"]);
        await SlurmCluster.Says(_work["run.out"], @"step 4/");
        foreach (int id in cluster.TaskOf(job, 1)) Process.GetProcessById(id).Kill();
        (await cluster.Ended(job)).ShouldBe("FAILED", Said("run"));
        (await cluster.Job(job))["Restarts"].ShouldBe("0");
        Said("run").ShouldContain("task 1: Killed");
        CommandRun.InItsOwnProcess("checkpoint", "show", "--checkpoint", _work["run"]).ShouldBeDone();
    }

    [Fact(Explicit = true)]
    public async Task Training_OneTaskCannotReadAVideo_AllEndWithItsMessage()
    {
        cluster.Start();
        string folder = Path.GetDirectoryName(videos.Files.Train)!;
        File.WriteAllLines(_work["list.csv"],
        [
            .. File.ReadLines(videos.Files.Train).Select(line => Path.Combine(folder, line)), $"{_work["missing"]},24",
        ]);
        string script = SlurmScript.Replaced(Training("run", epochs: 3), videos.Files.Train, _work["list.csv"]);
        string job = await cluster.Submit(script, _work["run.out"]);
        (await cluster.Ended(job)).ShouldBe("FAILED", Said("run"));
        (await cluster.Job(job))["ExitCode"].ShouldBe("2:0");
        Said("run").ShouldMatch("videoconcepts: rank [01]: .*missing");
    }

    [Fact(Explicit = true)]
    public async Task Training_OfTasksThatCannotFindEachOther_IsRefused()
    {
        cluster.Start();
        foreach (string mpi in (string[])["none", "pmi2"])
        {
            (int status, _, string error) = await cluster.Try("srun", ["--nodes=2", "--ntasks=2", $"--mpi={mpi}",
                "dotnet", SlurmScript.Program, .. TinyCommand.Train(videos.Files.Train, _work["run"]).Words()]);
            status.ShouldBe(2, error);
            error.ShouldContain("srun --mpi=pmix");
        }
        Directory.Exists(_work["run"]).ShouldBeFalse();
    }

    /// <summary>The document's script for training, two processes of one core on two nodes, in small.</summary>
    private string Training(string run, int epochs)
    {
        string recipe = _work.Write("recipe.json", """
            { "net": "r2plus1d-tiny", "seq": 4, "img_dim": 32, "concept": 3, "train_batch": 4, "queue": 16,
              "log_every": 1, "precision": "full", "epoch": EPOCHS }
            """.Replace("EPOCHS", $"{epochs}"));
        return SlurmScript.Of(" train ",
            ("--nodes=2 --ntasks-per-node=4 --cpus-per-task=10 --gpus-per-node=4",
                "--nodes=2 --ntasks-per-node=1 --cpus-per-task=1"),
            ("--time=24:00:00 --signal=TERM@120", "--time=60 --signal=TERM@120"),
            ("recipes/ucf101.json", recipe), ("/data/ucf101/train.csv", videos.Files.Train),
            ("--workers 8 --threads 2", "--workers 1 --threads 1"), ("runs/a", _work[run]));
    }

    private string Said(string job) => File.ReadAllText(_work[$"{job}.out"]);

    [GeneratedRegex("going on after step ([0-9]+), in epoch")]
    private static partial Regex GoesOn();

    [GeneratedRegex("step ([0-9]+)/")]
    private static partial Regex Steps();
}
