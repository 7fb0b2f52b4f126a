using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using VideoConcepts.Files;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Several processes prepare into one folder.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed partial class SharedPreparationTests : IDisposable
{
    private const int Videos = 12;
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Prepare_OfThreeProcesses_DoesEachVideoOnce_AndWritesWhatOneWrites()
    {
        MakeVideos();
        CommandRun alone = CommandRun.InItsOwnProcess(Words("alone"));
        alone.Status.ShouldBe(1, alone.Error); // for the broken one
        CommandRun[] runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
            () => CommandRun.InItsOwnProcess([.. Words("shared"), "--share"]), Stop)));
        int own = 0;
        foreach (CommandRun run in runs)
        {
            run.Status.ShouldBe(1, run.Error);
            run.ErrorLines.ShouldContain(line => line.StartsWith("failed: ") && line.Contains("broken.mp4"));
            Match told = Told().Match(run.Output);
            told.Success.ShouldBeTrue(run.Output);
            own += Videos + 1 - Number(told.Groups["others"]) - Number(told.Groups["before"]);
        }
        own.ShouldBe(Videos + 1, string.Join('\n', runs.Select(run => run.Output)));
        ShouldEqual("shared", "alone");
        Directory.GetFileSystemEntries(_work["shared"], ".*").ShouldBeEmpty();

        // what is there is not done again, with others or without
        foreach (string[] more in (string[][])[["--share"], []])
            CommandRun.InItsOwnProcess([.. Words("shared"), .. more]).Output
                .ShouldContain($"0 done, {Videos} were done before, 1 failed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Explicit = true)]
    public async Task Prepare_OfTwoProcesses_OneOfThemKilled_IsFinishedByTheOther(bool pack)
    {
        MakeVideos();
        string[] options = pack ? ["--pack"] : [];
        CommandRun.InItsOwnProcess([.. Words("alone"), .. options]);
        // the first one has taken a video and does not come to its end: a stand-in for ffmpeg waits for ever
        _work.Write("slow/ffmpeg", $"#!/bin/sh\n[ $# -le 2 ] && exec {InstalledFfmpeg.Program} \"$@\"\n"
            + $"touch '{_work["taken"]}'\nexec tail -f /dev/null\n");
        File.SetUnixFileMode(_work["slow/ffmpeg"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using Process killed = CommandRun.Start([.. Words("shared"), .. options, "--share", "--ffmpeg", _work["slow/ffmpeg"]]);
        await WaitFor(() => File.Exists(_work["taken"]));
        using Process other = CommandRun.Start([.. Words("shared"), .. options, "--share"]);
        Task<CommandRun> end = CommandRun.EndOf(other);
        await WaitFor(() => Finished("shared") >= Videos - 1); // all, if the first one holds the broken one
        other.HasExited.ShouldBeFalse();
        killed.Kill(entireProcessTree: true);
        CommandRun run = await end;
        run.Status.ShouldBe(1, run.Error);
        run.Output.ShouldContain($"{Videos} done, 0 were done before, 1 failed");
        ShouldEqual("shared", "alone");
        Directory.GetFileSystemEntries(_work["shared"], ".*").ShouldBeEmpty();
    }

    [Fact]
    public void Prepare_AfterProcessesThatWereKilled_LeavesNothingOfWhatTheyTold()
    {
        MakeVideos();
        string[] more = [];
        for (int round = 0; round < 2; round++)
        {
            _work.Write("out/.prepare.share/gone-1.jsonl", "{ half a li");
            CommandRun.InItsOwnProcess([.. Words("out"), .. more]).Output.ShouldContain(", 1 failed;");
            Directory.GetFileSystemEntries(_work["out"], ".*").ShouldBeEmpty();
            more = ["--share"];
        }
    }

    [Fact]
    public async Task Prepare_OfOneThatComesLate_TellsThatOthersDidTheRest()
    {
        MakeVideos();
        string folder = _work["out"];
        // another one that has done all, and is still there
        CommandRun.InItsOwnProcess(Words("out"));
        using var other = await VideoConcepts.Data.Preparation.PreparationShare.JoinAsync(folder, () => { }, () => { },
            TimeProvider.System, Stop);
        for (int i = 0; i < Videos; i++)
            other.Note($"c{i % 2}/{i}.mp4",
                new(VideoConcepts.Data.Preparation.ExtractionStatus.Done, 30 + i, 64, 48, null));
        CommandRun run = CommandRun.InItsOwnProcess([.. Words("out"), "--share"]);
        run.Output.ShouldContain($"{Videos} done, 0 were done before, 1 failed ({Videos} of them by other processes)");
    }

    [Fact]
    public void Prepare_BesideOneThatDoesNotShare_IsRefused()
    {
        MakeVideos();
        using (FolderLock.Take(_work["out"], FolderLock.Preparation))
            CommandRun.InItsOwnProcess([.. Words("out"), "--share"]).ShouldBeRefused(false, "another run works on it");
        using (FolderLock.Take(_work["out"], FolderLock.Preparation, shared: true))
            CommandRun.InItsOwnProcess(Words("out")).ShouldBeRefused(false, "another run works on it");
        CommandRun.InItsOwnProcess([.. Words("out"), "--share", "--dry_run"])
            .ShouldBeRefused(false, "--share is not read with --dry_run");
    }

    private void MakeVideos()
    {
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < Videos; i++) TestVideo.MakeSmall(_work.NewFile($"in/c{i % 2}/{i}.mp4"), 30 + i, i);
        File.WriteAllBytes(_work["in/c0/broken.mp4"], [.. File.ReadAllBytes(_work["in/c0/0.mp4"]).Take(2000)]);
    }

    private string[] Words(string output) => ["prepare", "folder", "--videos", _work["in"], "--out", _work[output],
        "--jobs", "1", "--no_disk_check"];

    private int Finished(string folder) => Directory.Exists(_work[folder + "/frames"])
        ? Directory.GetFiles(_work[folder + "/frames"], "*", SearchOption.AllDirectories).Count(file =>
            !file.Contains(VideoConcepts.Data.Preparation.FrameFolder.PartialSuffix, StringComparison.Ordinal)
            && Path.GetFileName(file) is var name && (name == "frames.json" || Path.GetExtension(name) == ".zip"))
        : 0;

    // Frames, lists and the report, which does not tell who did what.
    private void ShouldEqual(string folder, string other) =>
        WorkFolder.Contents(_work[folder]).ShouldBe(WorkFolder.Contents(_work[other]));

    private static async Task WaitFor(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!holds()) await Task.Delay(10, patience.Token);
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\d+ done, (?<before>\d+) were done before, 1 failed( \((?<others>\d+) of them by other)?")]
    private static partial Regex Told();
}
