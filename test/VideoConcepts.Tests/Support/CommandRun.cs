using System.Diagnostics;
using System.Text;
using TorchSharp;
using VideoConcepts.Cli;

namespace VideoConcepts.Tests.Support;

/// <summary>What a command said and how it ended.</summary>
internal sealed record CommandRun(int Status, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the command line in this process; for the collection <see cref="SerialTests"/> only.</summary>
    public static CommandRun Of(params string[] args) => Of(args, null, TestContext.Current.CancellationToken);

    /// <summary>Runs the command line as a user does, in a process of its own.</summary>
    public static CommandRun InItsOwnProcess(params string[] args)
    {
        using Process process = Start(args);
        return EndOf(process).GetAwaiter().GetResult();
    }

    /// <summary>Starts the command line in a process of its own.</summary>
    public static Process Start(params string[] args) => Process.Start(new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll"), .. args])
    { RedirectStandardError = true, RedirectStandardOutput = true })!;

    /// <summary>Reads what a process says, and waits for its end.</summary>
    public static async Task<CommandRun> EndOf(Process process, CancellationToken? patience = null)
    {
        CancellationToken stop = patience ?? TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop),
            error = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop).ConfigureAwait(false);
        return new CommandRun(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    /// <param name="args">The words of the command line.</param>
    /// <param name="onError">Told of every line on standard error.</param>
    /// <param name="interrupt">As if Ctrl+C were pressed.</param>
    public static CommandRun Of(string[] args, Action<string>? onError, CancellationToken interrupt)
    {
        (TextWriter oldOutput, TextWriter oldError, int threads) =
            (Console.Out, Console.Error, torch.get_num_threads());
        string? terminal = Environment.GetEnvironmentVariable("TERM");
        using var output = new LineWriter(null);
        using var error = new LineWriter(onError);
        try
        {
            Environment.SetEnvironmentVariable("TERM", "dumb"); // plain lines also where the tests run in a terminal
            Console.SetOut(output);
            Console.SetError(error);
            int status = CommandLine.Run(args, interrupt);
            return new CommandRun(status, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldError);
            Environment.SetEnvironmentVariable("TERM", terminal);
            torch.set_num_threads(threads);
        }
    }

    /// <summary>The command ended as one does for which all was well.</summary>
    public CommandRun ShouldBeDone()
    {
        Status.ShouldBe(0, Error);
        return this;
    }

    /// <summary>Bad input: one line that holds every fragment, after progress at most, and status 2.</summary>
    public void ShouldBeRefused(bool afterWork, params string[] fragments)
    {
        string[] faults = [.. ErrorLines.Where(line => line.StartsWith("videoconcepts: ", StringComparison.Ordinal))];
        faults.Length.ShouldBe(1, Error);
        ErrorLines[^1].ShouldBe(faults[0]);
        if (!afterWork) ErrorLines.Length.ShouldBe(1, Error);
        foreach (string fragment in fragments) faults[0].ShouldContain(fragment);
        Error.ShouldNotContain("   at ");
        Error.ShouldNotContain("Exception");
        Error.ShouldNotContain("(--verbose shows where)");
        Output.ShouldBeEmpty();
        Status.ShouldBe(2, Error);
    }

    private sealed class LineWriter(Action<string>? onLine) : StringWriter
    {
        private readonly StringBuilder _line = new();

        public override void Write(char value)
        {
            base.Write(value);
            if (value != '\n') _line.Append(value);
            else EndLine();
        }

        public override void Write(char[] buffer, int index, int count)
        {
            foreach (char c in buffer.AsSpan(index, count)) Write(c);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            foreach (char c in buffer) Write(c);
        }

        public override void Write(string? value) => Write(value.AsSpan());

        public override void WriteLine(string? value) => Write((value + "\n").AsSpan());

        private void EndLine()
        {
            string line = _line.ToString();
            _line.Clear();
            onLine?.Invoke(line);
        }
    }
}
