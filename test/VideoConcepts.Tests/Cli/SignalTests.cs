using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Signals to a real process; each step of this run takes seconds.</summary>
[Collection(nameof(SerialTests))]
public sealed class SignalTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("INT", false, 130)]
    [InlineData("TERM", false, 130)]
    [InlineData("INT", true, 130)]
    [InlineData("TERM", true, 143)]
    public async Task Train_Signalled_SavesAndEndsAndASecondSignalEndsAtOnce(string signal, bool twice, int status)
    {
        string[] words = TinyCommand.Train(videos.Files.Train, _work["run"]).With("--net", "r3d-18").With("--img_dim", twice ? "160" : "32").With("--train_batch", twice ? "16" : "2").With("--epoch", "1000").Words();
        // A test run started in the background by a shell ignores SIGINT, and hands that down: env takes it back.
        using Process process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT,TERM", "dotnet", Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), .. words]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(4)); // a run that heeds no signal must not hold up the others
        try
        {
            List<string> lines = [];
            bool first = false, second = false;
            string ready = twice ? "videos in" : "epoch ";
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } line)
            {
                lines.Add(line);
                if (!first && line.Contains(ready, StringComparison.Ordinal)) { first = true; Send(); }
                else if (first && twice && !second && line.StartsWith("stopping when this step is done", StringComparison.Ordinal)) { second = true; Send(); }
            }
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(status, string.Join('\n', lines));
            second.ShouldBe(twice);
            File.Exists(_work["run/checkpoint.safetensors"]).ShouldBe(!twice);
            lines.Any(l => l.StartsWith("The model so far is in", StringComparison.Ordinal)).ShouldBe(!twice);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        void Send() => Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
    }
}
