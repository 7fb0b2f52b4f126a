using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>Three hosts train together over TCP; one loses its network, or its process.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class HostsTests(NetworkHosts hosts, TinyVideos videos) : IClassFixture<NetworkHosts>
{
    private const string Program = "VideoConcepts.Cli";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)] // a minute
    [InlineData("concepts")]
    [InlineData("multilevel")]
    public async Task FiveSteps_OfThreeHosts_EqualThoseOfOneProcess(string method)
    {
        hosts.SkipUnlessThere();
        string one = Path.Combine(hosts.Shared, $"{method}-1"), several = Path.Combine(hosts.Shared, $"{method}-4");
        (await EndAsync(hosts.Mpirun([1, 0, 0], [], "VideoConcepts.Ranks.dll", $"{method}:True:{one}"))).ShouldBeDone();
        (await EndAsync(hosts.Mpirun([2, 1, 1], [], "VideoConcepts.Ranks.dll", $"{method}:True:{several}")))
            .ShouldBeDone();
        double farthest = MpiTests.Farthest(one, several);
        Say($"{method}, 4 processes on 3 hosts, float64, five steps: largest difference {farthest:0.0e0}");
        farthest.ShouldBeLessThan(1e-9);
    }

    [Fact(Explicit = true)] // a minute
    public async Task Train_AHostLosesItsNetwork_TheOthersEndAndTwoHostsGoOn()
    {
        hosts.SkipUnlessThere();
        (CommandRun run, TimeSpan waited) = await InterruptedAsync("cut", NetworkHosts.QuickToMiss,
            () => NetworkHosts.Link(3, up: false));
        Say($"a link goes down: the others end after {waited.TotalSeconds:0} s");
        waited.ShouldBeLessThan(TimeSpan.FromSeconds(40));
        run.Error.ShouldContain("lost communication with a remote daemon");
        await GoesOnAsync("cut");
    }

    [Fact(Explicit = true)] // a minute
    public async Task Train_AHostLosesItsNetworkAndMpirunDoesNotSee_EachProcessEndsByItself()
    {
        hosts.SkipUnlessThere();
        // mpirun itself goes on to wait for host 3
        (CommandRun run, TimeSpan waited) = await InterruptedAsync("watched", [],
            () => NetworkHosts.Link(3, up: false), mpirunEnds: false, "--distributed_timeout", "0.2");
        Say($"a link goes down, --distributed_timeout 0.2: the others end after {waited.TotalSeconds:0} s");
        waited.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        run.Error.ShouldMatch("on vchost[12]: the other processes have not answered for 12 s"); // mpirun ends the other
        await GoesOnAsync("watched");
    }

    [Fact(Explicit = true)] // a minute
    public async Task Train_AProcessIsKilled_TheOthersEndAndTwoHostsGoOn()
    {
        hosts.SkipUnlessThere();
        (CommandRun run, TimeSpan waited) = await InterruptedAsync("killed", [],
            () => NetworkHosts.Kill(3, Program).ShouldBe(1));
        Say($"a process is killed: the others end after {waited.TotalSeconds:0} s");
        waited.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        run.Error.ShouldContain("signal 9");
        await GoesOnAsync("killed");
    }

    // Trains on three hosts, does something in the middle, and waits for the end.
    private async Task<(CommandRun Run, TimeSpan Waited)> InterruptedAsync(string name, string[] mpirun,
        Action interrupt, bool mpirunEnds = true, params string[] more)
    {
        using Process process = hosts.Mpirun([1, 1, 1], mpirun, Program + ".dll",
            [.. Words(name, epochs: 2000), .. more]);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(s_patience);
        Task<CommandRun> end = CommandRun.EndOf(process, patience.Token);
        try
        {
            while (!File.Exists(Saved(name)) && !process.HasExited) await Task.Delay(10, patience.Token);
            process.HasExited.ShouldBeFalse();
            var clock = Stopwatch.StartNew();
            interrupt();
            if (!mpirunEnds)
            {
                while (NetworkHosts.Running(1, Program).Concat(NetworkHosts.Running(2, Program)).Any())
                    await Task.Delay(10, patience.Token);
                process.Kill(entireProcessTree: true);
            }
            CommandRun run = await end;
            run.Status.ShouldNotBe(0);
            return (run, clock.Elapsed);
        }
        finally
        {
            NetworkHosts.Link(3, up: true);
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            for (int host = 1; host <= 3; host++) NetworkHosts.Kill(host, Program);
        }
    }

    // The last checkpoint is whole, and two hosts go on with it.
    private async Task GoesOnAsync(string name)
    {
        CommandRun.InItsOwnProcess("checkpoint", "show", "--checkpoint", Path.GetDirectoryName(Saved(name))!)
            .ShouldBeDone();
        JsonNode last = JsonNode.Parse(File.ReadAllLines(Path.Combine(Path.GetDirectoryName(Saved(name))!,
            "metrics.jsonl"))[^1])!;
        int epoch = (int)last["epoch"]! + 3;
        CommandRun run = await EndAsync(hosts.Mpirun([1, 1, 0], [], Program + ".dll",
            [.. Words(name, epoch), "--resume", "auto"]));
        run.ShouldBeDone();
        run.Error.ShouldContain("2 processes instead of 3");
        Say(run.Error.Split('\n').First(line => line.Contains("2 processes instead of 3")));
    }

    private string Saved(string name) => Path.Combine(hosts.Shared, name, "checkpoint.safetensors");

    // Each host reads its own copy of the list and the frames; what comes out goes to the shared folder.
    private string[] Words(string name, int epochs)
    {
        string source = Path.GetDirectoryName(videos.Files.Train)!;
        for (int host = 1; host <= 3; host++)
            if (!Directory.Exists(Path.Combine(hosts.LocalOf(host), "videos")))
                RawPath.Shell(hosts.LocalOf(host), $"cp -r '{source}' videos");
        string list = Path.Combine(hosts.Local, "videos", Path.GetFileName(videos.Files.Train));
        return TinyCommand.Train(list, Path.Combine(hosts.Shared, name))
            .With("--epoch", epochs.ToString(CultureInfo.InvariantCulture))
            .With("--save_every", "5")
            .Words();
    }

    private static async Task<CommandRun> EndAsync(Process process)
    {
        using (process)
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            patience.CancelAfter(s_patience);
            return await CommandRun.EndOf(process, patience.Token);
        }
    }

    private static void Say(FormattableString line) =>
        TestContext.Current.TestOutputHelper?.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
