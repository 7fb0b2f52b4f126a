using System.Diagnostics;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>prepare is killed at random moments, not asked to stop, and started again.</summary>
[Collection(nameof(ProcessTests))]
public sealed class KilledPreparationTests : IDisposable
{
    private const int Kills = 6;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Prepare_KilledAndStartedAgain_GivesWhatAnUndisturbedRunGives()
    {
        Assert.SkipUnless(File.Exists(InstalledFfmpeg.Program) && File.Exists("/usr/bin/ffprobe"), "There is no ffmpeg and ffprobe in /usr/bin; `apt-get install ffmpeg` runs this test.");
        for (int i = 0; i < 6; i++)
            TestVideo.Make(_work.NewFile($"in/c{i % 2}/{i}.mp4"), "testsrc2=s=320x240:r=25,format=yuv420p", 150 + i, "-c:v", "mpeg4", "-q:v", "4");
        int whole = Run("undisturbed", kill: null);
        var random = RandomStream.For(20261125, 0, 0);
        int killed = 0;
        for (int attempt = 0; attempt < Kills; attempt++)
        {
            // From the moment the program starts to the moment the undisturbed run was done.
            int after = random.NextInt(whole / 8, whole);
            if (Run("killed", after) < 0) killed++;
            if (Directory.GetFiles(_work["killed"], "*.csv") is { Length: > 0 } lists)
                lists.ShouldAllBe(list => File.ReadAllLines(list).Length == 6, "a list that stands there is whole");
        }
        Run("killed", kill: null);
        killed.ShouldBeGreaterThan(0);
        Contents("killed").ShouldBe(Contents("undisturbed"));
    }

    private IEnumerable<KeyValuePair<string, string>> Contents(string folder) =>
        WorkFolder.Contents(_work[folder]).Where(file => file.Key != "prepare-report.json"); // it tells of the run

    /// <summary>Milliseconds that the run took, or -1 if it was killed.</summary>
    private int Run(string output, int? kill)
    {
        Directory.CreateDirectory(_work[output]);
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), "prepare", "folder", "--videos", _work["in"], "--out", _work[output], "--jobs", "2", "--no-disk-check"])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), text = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(kill ?? 120_000))
        {
            process.Kill(entireProcessTree: false); // ffmpeg is left to itself, as when the system kills for memory
            process.WaitForExit();
            return -1;
        }
        process.ExitCode.ShouldBe(0, $"{error.Result} {text.Result}");
        return (int)clock.ElapsedMilliseconds;
    }
}
