using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// prepare is killed while it extracts, not asked to stop, and started again. A stand-in for ffmpeg lets so many
/// videos of a run pass and holds the others back when their frames are written: however fast the machine, no run that
/// is to be killed ends by itself before.
/// </summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class KilledPreparationTests : IDisposable
{
    private const int Videos = 6, Frames = 150;
    private readonly WorkFolder _work = new();
    private int _runs;
    private string[] _options = [];

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(Explicit = true)] // what is packed was a folder before
    [InlineData("--pack")]
    public async Task Prepare_KilledAndStartedAgain_GivesWhatAnUndisturbedRunGives(params string[] options)
    {
        _options = options;
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < Videos; i++)
            TestVideo.Make(_work.NewFile($"in/c{i % 2}/{i}.mp4"), "testsrc2=s=320x240:r=25,format=yuv420p", Frames + i,
                "-c:v", "mpeg4", "-q:v", "4");
        WriteStandIn();
        await Run("undisturbed", Videos);
        var random = RandomStream.For(20261125, 0, 0);
        int finished = 0;
        foreach (int passing in (int[])[0, 2, 1])
        {
            finished += passing;
            int frames = random.NextInt(1, Frames);
            (await Run("killed", passing, () => HasStarted() && Finished() == finished
                && MostUnfinishedFrames() >= frames)).ShouldBeTrue("it ended by itself");
            Lists().ShouldBeEmpty();
        }
        // Nothing is held back: killed as soon as there is a list, unless it has ended; and then at its start.
        for (int again = 0; again < 2; again++)
        {
            await Run("killed", Videos, () => Lists().Length > 0);
            Lists().ShouldAllBe(list => File.ReadAllLines(list).Length == Videos, "a list that stands there is whole");
        }
        await Run("killed", Videos);
        Contents("killed").ShouldBe(Contents("undisturbed"));
    }

    private IEnumerable<KeyValuePair<string, string>> Contents(string folder) =>
        WorkFolder.Contents(_work[folder]).Where(file => file.Key != "prepare-report.json"); // it tells of the run

    private string[] Lists() => Directory.GetFiles(_work["killed"], "*.csv");

    // The run under way takes frames: what is unfinished of an earlier one is no longer there, or hardly.
    private bool HasStarted() => File.Exists(_work[$"run-{_runs}/started"]);

    private int Finished() => Written("frames.json").Concat(Written("?*.zip")).Count(file => !IsUnfinished(file));

    private int MostUnfinishedFrames() => Written("*.jpg").Where(IsUnfinished)
        .CountBy(file => Path.GetDirectoryName(file)!).Select(folder => folder.Value).DefaultIfEmpty().Max();

    private string[] Written(string pattern) => Directory.GetFiles(_work["killed"], pattern, new EnumerationOptions
    {
        RecurseSubdirectories = true, // and those that get another name meanwhile are left out
    });

    private static bool IsUnfinished(string file) =>
        file.Contains(VideoConcepts.Data.Preparation.FrameFolder.PartialSuffix, StringComparison.Ordinal);

    /// <summary>Each run has a folder; the stand-ins of a run that was killed end when it goes.</summary>
    private void WriteStandIn()
    {
        _work.Write("ffmpeg", $"""
            #!/bin/sh
            [ $# -le 2 ] && exec {InstalledFfmpeg.Program} "$@"
            run=$(cat '{_work["run"]}')
            passing=$(cat "$run/passing")
            touch "$run/started"
            {InstalledFfmpeg.Program} "$@"
            status=$?
            number=1
            while [ -d "$run" ] && ! mkdir "$run/$number" 2> /dev/null; do number=$((number + 1)); done
            while [ -d "$run" ] && [ "$number" -gt "$passing" ]; do sleep 0.1; done
            exit $status

            """);
        File.SetUnixFileMode(_work["ffmpeg"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Whether it was killed.</summary>
    /// <param name="output">Its folder.</param>
    /// <param name="passing">How many videos the stand-in lets pass.</param>
    /// <param name="isTime">When to kill it; null: it comes to its end.</param>
    private async Task<bool> Run(string output, int passing, Func<bool>? isTime = null)
    {
        Directory.CreateDirectory(_work[output]);
        string run = _work[$"run-{++_runs}"];
        _work.Write($"run-{_runs}/passing", passing.ToString(CultureInfo.InvariantCulture));
        _work.Write("run", run);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(10)); // with a run that hangs
        using Process process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), "prepare", "folder",
            "--videos", _work["in"], "--out", _work[output], "--jobs", "2", "--no-disk-check",
            "--ffmpeg", _work["ffmpeg"], .. _options])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(patience.Token),
                text = process.StandardOutput.ReadToEndAsync(patience.Token);
            while (isTime is not null && !process.HasExited && !isTime()) await Task.Delay(10, patience.Token);
            if (isTime is not null && !process.HasExited)
            {
                process.Kill(entireProcessTree: false); // ffmpeg is left to itself, as when the system kills for memory
                await process.WaitForExitAsync(patience.Token);
                return true;
            }
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(0, $"{await error} {await text}");
            return false;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            // Under another name first: a stand-in may be about to put something in.
            Directory.Move(run, run + "-ended");
            Directory.Delete(run + "-ended", recursive: true);
        }
    }
}
