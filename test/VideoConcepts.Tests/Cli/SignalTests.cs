using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using VideoConcepts.Cli;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Signals to a real process; each step of this run takes seconds.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class SignalTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("INT", "", 130)]
    [InlineData("TERM", "", 130)]
    [InlineData("HUP", "", 130)]
    [InlineData("INT", "INT", 130)]
    [InlineData("TERM", "TERM", 143)]
    [InlineData("HUP", "HUP", 130, Explicit = true)] // of the terminal, then of the shell
    [InlineData("TERM", "HUP", 130, Explicit = true)] // of a system that goes down
    public async Task Train_Signalled_SavesAndEndsAndASecondSignalEndsAtOnce(string signal, string then, int status)
    {
        bool twice = then is "INT" or "TERM"; // ends at once
        // A step of seconds for the one that ends at once, a save of a second for the one that another signal meets.
        TinyCommand command = TinyCommand.Train(videos.Files.Train, _work["run"]).With("--epoch", "1000");
        if (then.Length > 0) command = command.With("--net", "r3d-18").With("--train_batch", twice ? "16" : "2");
        if (twice) command = command.With("--img_dim", "160");
        string[] words = command.Words();
        // A test run started in the background by a shell ignores SIGINT, and hands that down: env takes it back.
        using Process process = Process.Start(new ProcessStartInfo("env",
            ["--default-signal=INT,TERM,HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"),
            .. words])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
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
                if (!first && line.Contains(ready, StringComparison.Ordinal)) { first = true; Send(signal); }
                else if (first && then.Length > 0 && !second && line.StartsWith("stopping when this step is done",
                    StringComparison.Ordinal)) { second = true; Send(then); }
            }
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(status, string.Join('\n', lines));
            second.ShouldBe(then.Length > 0);
            File.Exists(_work["run/checkpoint.safetensors"]).ShouldBe(!twice);
            lines.Any(l => l.StartsWith("The model so far is in", StringComparison.Ordinal)).ShouldBe(!twice);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        void Send(string what) =>
            Process.Start("kill", ["-" + what, process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
    }

    [Fact]
    public async Task Train_UnderNohup_OutlivesALostConnection()
    {
        string[] words = TinyCommand.Train(videos.Files.Train, _work["run"]).With("--epoch", "1000").Words();
        // As nohup starts it.
        using Process process = Process.Start(new ProcessStartInfo("env",
            ["--default-signal=TERM", "--ignore-signal=HUP", "dotnet",
            Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), .. words])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true
        })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(4));
        try
        {
            int intervals = 0;
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } line)
            {
                if (!line.StartsWith("epoch ", StringComparison.Ordinal)) continue;
                if (++intervals == 1) Send("HUP");
                if (intervals == 10) Send("TERM"); // three epochs later
            }
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldBe(130);
            intervals.ShouldBeGreaterThanOrEqualTo(10);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        void Send(string what) =>
            Process.Start("kill", ["-" + what, process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
    }

    [Fact]
    public void ErrorOutput_OfATerminalThatIsGone_DoesNotEndTheWork()
    {
        using var gone = new Gone();
        using var output = new LastingErrorOutput(gone);
        output.WriteLine("a line");
        output.Write('c');
        output.Write("text");
        output.Write(['a', 'b'], 0, 2);
        output.Write("span".AsSpan());
        output.WriteLine();
        output.Flush();
        gone.Attempts.ShouldBeGreaterThan(6);
    }

    private sealed class Gone : StringWriter
    {
        public int Attempts { get; private set; }

        public override void Write(char value) => Fail();

        public override void Write(string? value) => Fail();

        public override void Write(char[] buffer, int index, int count) => Fail();

        public override void WriteLine(string? value) => Fail();

        public override void Flush() => Fail();

        private void Fail()
        {
            Attempts++;
            throw new IOException("Input/output error");
        }
    }
}
