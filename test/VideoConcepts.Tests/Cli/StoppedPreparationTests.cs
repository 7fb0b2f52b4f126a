using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using VideoConcepts.Cli;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>A signal to prepare says what becomes of the work.</summary>
[Collection(nameof(SerialTests))]
[SupportedOSPlatform("linux")]
public sealed class StoppedPreparationTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Prepare_Signalled_SaysWhatItDoesAndLeavesNoList(string signal)
    {
        InstalledFfmpeg.SkipUnlessThere();
        TestVideo.MakeSmall(_work.NewFile("in/a.mp4"));
        // ffmpeg answers questions about itself, and then waits for the signal.
        string started = _work["started"];
        _work.Write("ffmpeg",
            $"#!/bin/sh\n[ $# -le 2 ] && exec {InstalledFfmpeg.Program} \"$@\"\ntouch '{started}'\nexec sleep 600\n");
        File.SetUnixFileMode(_work["ffmpeg"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using Process process = Process.Start(new ProcessStartInfo("env",
            ["--default-signal=INT,TERM", "dotnet", Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"),
            "prepare", "folder",
             "--videos", _work["in"], "--out", _work["out"], "--ffmpeg", _work["ffmpeg"], "--no-disk-check"])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            while (!File.Exists(started)) await Task.Delay(10, patience.Token);
            await Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)])
                .WaitForExitAsync(patience.Token);
            (await process.StandardError.ReadToEndAsync(patience.Token)).ShouldBe(
                "stopping: finished videos stay, those under way are left to the next run; once more ends the program "
                + "at once\nvideoconcepts: interrupted.\n");
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(130);
            Directory.GetFiles(_work["out"]).ShouldBe([_work["out/prepare-report.json"]]);
            File.ReadAllText(_work["out/prepare-report.json"]).ShouldContain("\"finished\": false");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData("train", "stopping when this step is done and saved")]
    [InlineData("evaluate finetune", "stopping when this step is done and saved")]
    [InlineData("evaluate retrieval", "stopping; once more")]
    [InlineData("prepare synthetic", "stopping; once more")]
    [InlineData("prepare ucf101", "stopping: finished videos stay")]
    [InlineData("", "stopping; once more")]
    public void Stopping_OfACommand_SaysWhatItDoes(string command, string beginning) =>
        StopSignals.Effect(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldStartWith(beginning);
}
