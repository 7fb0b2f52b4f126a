using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>Jobs that Slurm starts several times, each for itself: arrays.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
[Trait("Category", "Slurm")]
public sealed partial class SlurmArrayTests(TinyVideos videos, SlurmCluster cluster, PostgresServer server)
    : IClassFixture<SlurmCluster>, IClassFixture<PostgresServer>, IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)]
    public async Task Index_OfAnArray_PutsEachVideoIntoTheLibraryOnce()
    {
        string library = server.Address("shared");
        cluster.Start();
        CommandRun.InItsOwnProcess(TinyCommand.Train(videos.Files.Train, _work["run"]).Words()).ShouldBeDone();
        string script = SlurmScript.Of(" index ", ("--array=0-7", "--array=0-1"),
            ("--cpus-per-task=10", "--cpus-per-task=1"),
            ("--videos /data/videos", $"--csv_file {videos.Files.MotionTrain}"), ("runs/a", _work["run"]),
            ("postgresql://index@db/videos", $"'{library}'"));
        string job = await cluster.Submit(script, _work["%a.out"]);
        await cluster.Ended(job);
        string[] said = [.. ((string[])["0.out", "1.out"]).Select(name => File.ReadAllText(_work[name]))];
        int[] indexed =
        [
            .. said.Select(text => Indexed().Match(text))
                .Select(match => match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : -1),
        ];
        indexed.ShouldAllBe(number => number >= 0, string.Join('\n', said));
        indexed.Sum().ShouldBe(24, string.Join('\n', said));
        CommandRun.InItsOwnProcess("index", "--csv_file", videos.Files.MotionTrain, "--model", _work["run"], "--out",
            library).ShouldBeDone().Output.ShouldContain("0 videos indexed, 24 were there, 0 failed");
    }

    [Fact(Explicit = true)]
    public async Task Prepare_OfAnArray_WritesWhatOneProcessWrites()
    {
        InstalledFfmpeg.SkipUnlessThere();
        cluster.Start();
        foreach (int i in Enumerable.Range(0, 6))
            TestVideo.MakeSmall(_work.NewFile($"videos/{i}.mp4"), frames: 24);
        CommandRun.InItsOwnProcess("prepare", "folder", "--videos", _work["videos"], "--out", _work["alone"])
            .ShouldBeDone();
        string script = SlurmScript.Of(" prepare ", ("--array=0-7", "--array=0-1"),
            ("--cpus-per-task=10", "--cpus-per-task=1"), ("/data/videos", _work["videos"]),
            ("/data/frames", _work["shared"]));
        string job = await cluster.Submit(script, _work["%a.out"]);
        await cluster.Ended(job);
        string said = File.ReadAllText(_work["0.out"]) + File.ReadAllText(_work["1.out"]);
        File.Exists(_work["shared/videos.csv"]).ShouldBeTrue(said);
        File.ReadAllLines(_work["shared/videos.csv"]).Order()
            .ShouldBe(File.ReadAllLines(_work["alone/videos.csv"]).Order(), said);
    }

    /// <summary>Each process alone, though Slurm says how many the job has.</summary>
    [Fact(Explicit = true)]
    public async Task PlainCommands_OfAnArray_RunEachForItself()
    {
        cluster.Start();
        string script = $"""
            #!/bin/sh
            #SBATCH --array=0-1 --ntasks=2 --cpus-per-task=1
            dotnet {SlurmScript.Program} extract --net r2plus1d-tiny --seq 4 --img_dim 32 \
              --csv_file {videos.Files.MotionTest} --out {_work["f"]}$SLURM_ARRAY_TASK_ID

            """;
        string job = await cluster.Submit(script, _work["%a.out"]);
        await cluster.Ended(job);
        foreach (int i in (int[])[0, 1])
            File.Exists(_work[$"f{i}/features.npy"]).ShouldBeTrue(File.ReadAllText(_work[$"{i}.out"]));
        File.ReadAllBytes(_work["f1/features.npy"]).ShouldBe(File.ReadAllBytes(_work["f0/features.npy"]));
    }

    [GeneratedRegex("([0-9]+) videos? indexed")]
    private static partial Regex Indexed();
}
