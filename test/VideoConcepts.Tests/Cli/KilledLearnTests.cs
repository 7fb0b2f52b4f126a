using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>learn is killed, not asked to stop, at moments spread over all of its work, and started again.</summary>
[Collection(nameof(SerialTests))]
[SupportedOSPlatform("linux")]
public sealed class KilledLearnTests : IDisposable
{
    private const int Kills = 12;
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)] // two minutes
    public async Task Learn_KilledAgainAndAgain_EndsWithTheBitsOfAnUndisturbedRun()
    {
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < 8; i++)
            TestVideo.Make(_work.NewFile($"in/c{i % 2}/{i}.mp4"), "testsrc2=s=320x240:r=25,format=yuv420p", 60 + i,
                "-c:v", "mpeg4", "-q:v", "4");
        int whole = await Run("whole", null);
        var random = RandomStream.For(20261126, 0, 0);
        HashSet<string> moments = [];
        int killed = 0;
        while (killed < Kills)
        {
            if (await Run("killed", random.NextInt(whole / 20, whole)) >= 0)
                Directory.Delete(_work["killed"], recursive: true); // it came to its end before: once more
            else killed++;
            moments.Add(Moment());
        }
        await Run("killed", null);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", moments.Order()));
        moments.Count.ShouldBeGreaterThan(2);
        WorkFolder.Contents(_work["killed/data/frames"]).ShouldBe(WorkFolder.Contents(_work["whole/data/frames"]));
        foreach (string list in (string[])["videos.csv", "labelled.csv", "classes.txt"])
            File.ReadAllText(_work[$"killed/data/{list}"]).ShouldBe(File.ReadAllText(_work[$"whole/data/{list}"]));
        RunComparison.ShouldBeTheSame(_work["killed/run"], _work["whole/run"]);
        File.Exists(_work["killed/report.html"]).ShouldBeTrue();
    }

    /// <summary>How far it was.</summary>
    private string Moment() => File.Exists(_work["killed/report.html"]) ? "report"
        : File.Exists(_work["killed/run/checkpoint.safetensors"]) ? "training"
        : File.Exists(_work["killed/learn.json"]) ? "plan"
        : Directory.Exists(_work["killed/data"]) ? "frames" : "begin";

    /// <summary>Milliseconds that it took, or -1 if it was killed before its end.</summary>
    private async Task<int> Run(string output, int? wait)
    {
        string[] words = [.. TinyCommand.Train("", _work[output]).Without("--csv_file").With("--videos", _work["in"])
            .With("--epoch", "12").With("--save_every", "1").With("--train_batch", "2").Words()];
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), "learn", .. words[1..]])
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
