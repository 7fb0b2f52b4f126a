using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using VideoConcepts.Search;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Distributed;
using VideoConcepts.Tests.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Several processes index into one library, and one of them is killed.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class SharedIndexTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Videos = 24;
    private readonly WorkFolder _work = new();

    static SharedIndexTests() => PostgresLibraries.Register();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)] // a minute: what a killed process had taken is another's when its time is over
    public async Task Index_OfThreeProcesses_OneOfThemKilled_EqualsThatOfOne()
    {
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < Videos; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 40 + (10 * i), i);
        File.WriteAllText(_work.NewFile("in/broken.mp4"), "no video");
        string alone = _work["alone.db"], shared = server.Address("shared");
        CommandRun one = CommandRun.InItsOwnProcess(Words(alone));
        one.Status.ShouldBe(1, one.Error); // for the broken one

        Process[] processes =
            [.. Enumerable.Range(0, 3).Select(_ => CommandRun.Start([.. Words(shared), "--share", "--json"]))];
        Task<CommandRun>[] ends = [.. processes.Select(process => CommandRun.EndOf(process))];
        using (PostgresDatabase database = PostgresDatabase.Open(PostgresAddress.Parse(shared)))
        {
            // in the middle: when it holds a video, and others are there
            string held = "";
            WaitFor(() => database.Value("SELECT to_regclass('shared.leases')::text") is not null
                && database.Value("SELECT count(*) FROM shared.videos") is > 2L
                && (held = Held(database, processes[1])).Length > 0);
            processes[1].Kill();
        }
        CommandRun[] runs = await Task.WhenAll(ends);
        int[] status = [.. runs.Select(run => run.Status)];
        int broken = status.Count(code => code == 1); // whoever met it, if it was not the killed one
        status[1].ShouldBe(137);
        broken.ShouldBeLessThanOrEqualTo(1, string.Join('\n', runs.Select(run => run.Error)));
        (status[0] + status[2]).ShouldBe(broken);
        foreach (JsonNode each in (JsonNode[])[JsonNode.Parse(runs[0].Output)!, JsonNode.Parse(runs[2].Output)!])
            ((int)each["indexed"]! + (int)each["by_others"]! + ((JsonArray)each["failed"]!).Count
                + (int)each["unchanged"]!).ShouldBe(Videos + 1, each.ToJsonString());

        using IMomentStore expected = MomentStores.Open(alone), found = MomentStores.Open(shared);
        TinyLibrary.Rows(found, numbers: false).Skip(1).Order()
            .ShouldBe(TinyLibrary.Rows(expected, numbers: false).Skip(1).Order()); // but for the header
        (found.Header! with { Root = "" }).ShouldBe(expected.Header! with { Root = "" });
        ((PostgresMomentStore)found).Verify();
        ((PostgresMomentStore)found).Database.Value("SELECT count(*) FROM {s}.leases").ShouldBe(0L);
        foreach (Process process in processes) process.Dispose();
    }

    [Fact(Explicit = true)]
    public void Index_ThatShares_UnderALauncher_IsNotRefused_AndAFileIs()
    {
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < 4; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 40, i);
        CommandRun.InItsOwnProcess([.. Words(_work["l.db"]), "--share"])
            .ShouldBeRefused(false, "a file is written by one process");
        CommandRun run = MpirunOf(2, [.. Words(server.Address("launched")), "--share"]);
        run.Status.ShouldBe(0, run.Error);
        using IMomentStore store = MomentStores.Open(server.Address("launched"));
        store.Videos().Count.ShouldBe(4);
    }

    private static string Held(PostgresDatabase database, Process process) => (string)database.Value(
        "SELECT coalesce(min(worker), '') FROM shared.leases WHERE worker LIKE $1", $"% {process.Id} %")!;

    private string[] Words(string library) => ["index", "--videos", _work["in"], "--out", library, "--model", "world",
        "--stride", "1", "--step", "1", "--device", "cpu"];

    private static CommandRun MpirunOf(int processes, string[] words)
    {
        using Process mpirun = MpiTests.Start(processes, "VideoConcepts.Cli.dll", words);
        return CommandRun.EndOf(mpirun).GetAwaiter().GetResult();
    }

    private static void WaitFor(Func<bool> holds) =>
        SpinWait.SpinUntil(holds, TimeSpan.FromMinutes(3)).ShouldBeTrue("waited for three minutes");
}
