using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Search;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>index is killed, not asked to stop, at places spread over all of its work, and started again.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class KilledIndexTests : IDisposable
{
    private const int Kills = 20;
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)] // minutes
    public async Task Index_KilledAgainAndAgain_EqualsAnUndisturbedOneRowForRow()
    {
        MakeVideos(5);
        int whole = await RunAsync("whole.db", null);
        var random = RandomStream.For(20261127, 0, 0);
        int killed = 0;
        HashSet<long> counts = [];
        while (killed < Kills)
        {
            if (await RunAsync("killed.db", random.NextInt(whole / 10, whole)) >= 0)
                File.Delete(_work["killed.db"]); // it came to its end before: once more
            else killed++;
            if (!File.Exists(_work["killed.db"])) continue;
            using SqliteMomentStore store = SqliteMomentStore.Open(_work["killed.db"]);
            store.Verify();
            counts.Add(store.Count);
            foreach (LibraryVideo video in store.Videos()) store.MomentsOf(video.Id).Count.ShouldBe(video.Moments);
        }
        await RunAsync("killed.db", null);
        TestContext.Current.TestOutputHelper?.WriteLine($"moments after kills: {string.Join(", ", counts.Order())}");
        Dump("killed.db").ShouldBe(Dump("whole.db"));
        Directory.GetFiles(_work.Path).Order().ShouldBe([_work["killed.db"], _work["whole.db"]]);
    }

    [Fact(Explicit = true)] // ten seconds
    public async Task Index_WhileAnotherWrites_IsRefusedByOneLine()
    {
        MakeVideos(2);
        using (SqliteMomentStore store = TinyLibrary.Create(_work["l.db"]))
        using (store.Lock())
            CommandRun.InItsOwnProcess(Words("l.db")).ShouldBeRefused(false, "another index writes to it");
        CommandRun[] both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(
            () => CommandRun.InItsOwnProcess(Words("both.db")), Stop)));
        both.Count(run => run.Status == 0).ShouldBeGreaterThan(0);
        foreach (CommandRun run in both)
            if (run.Status != 0) run.ShouldBeRefused(false, "writes to it");
        await RunAsync("whole.db", null);
        Dump("both.db").ShouldBe(Dump("whole.db"));
    }

    [Fact(Explicit = true)] // ten seconds
    public async Task Index_OnAFullDisk_LosesNothingAndGoesOn()
    {
        MakeVideos(6);
        Directory.CreateDirectory(_work["disk"]);
        using (Process mount = Process.Start(new ProcessStartInfo("mount",
            ["-t", "tmpfs", "-o", "size=2m", "tmpfs", _work["disk"]])
        { RedirectStandardError = true })!)
        {
            await mount.WaitForExitAsync(Stop);
            Assert.SkipUnless(mount.ExitCode == 0, "Only root can make a small disk.");
        }
        try
        {
            CommandRun full = CommandRun.InItsOwnProcess(Words("disk/l.db"));
            full.Status.ShouldBe(1, full.Error);
            full.ErrorLines[^1].ShouldContain("the disk is full; what was finished is kept");
            full.Error.ShouldNotContain("   at ");
            long before;
            using (SqliteMomentStore store = SqliteMomentStore.Open(_work["disk/l.db"]))
            {
                store.Verify();
                before = store.Count;
            }
            before.ShouldBeGreaterThan(0);
            RawPath.Shell(_work.Path, "mount -o remount,size=50m disk");
            await RunAsync("disk/l.db", null);
            await RunAsync("whole.db", null);
            Dump("disk/l.db").ShouldBe(Dump("whole.db"));
        }
        finally
        {
            RawPath.Shell(_work.Path, "umount disk");
        }
    }

    private void MakeVideos(int videos)
    {
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < videos; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 150 + (10 * i), i);
    }

    private string[] Words(string library) => ["index", "--videos", _work["in"], "--out", _work[library], "--model",
        "world", "--stride", "1", "--step", "1", "--device", "cpu"];

    /// <summary>All tables of a library.</summary>
    private List<string> Dump(string library)
    {
        using SqliteMomentStore store = SqliteMomentStore.Open(_work[library]);
        store.Verify();
        return TinyLibrary.Rows(store);
    }

    /// <summary>Milliseconds that it took, or -1 if it was killed before its end.</summary>
    private async Task<int> RunAsync(string library, int? wait)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), .. Words(library)])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(Stop),
            text = process.StandardOutput.ReadToEndAsync(Stop);
        if (wait is { } milliseconds && !process.WaitForExit(milliseconds))
        {
            process.Kill(entireProcessTree: false); // ffmpeg is left to itself, as when the system kills for memory
            await process.WaitForExitAsync(Stop);
            return -1;
        }
        await process.WaitForExitAsync(Stop);
        process.ExitCode.ShouldBe(0, $"{await error} {await text}");
        return (int)clock.ElapsedMilliseconds;
    }
}
