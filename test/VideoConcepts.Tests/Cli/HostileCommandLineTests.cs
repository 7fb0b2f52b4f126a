using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using VideoConcepts.Cli;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// Generated command lines, hostile in every option, run in this process. VIDEOCONCEPTS_LINES=FROM,COUNT runs others
/// than the first 2 000, such as one line again. The line under way is in hostile-command-line.txt beside the test
/// program, should one end the process.
/// </summary>
[Collection(nameof(SerialTests))]
[SupportedOSPlatform("linux")]
public sealed class HostileCommandLineTests(OutputCases cases, TinyVideos videos) : IClassFixture<OutputCases>
{
    private const long Seed = 20261125, MostMemory = 3L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5), End = TimeSpan.FromSeconds(40);
    private static readonly string Log = Path.Combine(AppContext.BaseDirectory, "hostile-command-line.txt");

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void CommandLine_WithHostileValues_EndsWithAStatusOneLineAndAllInputsAsTheyWere()
    {
        int[] lines = [.. (Environment.GetEnvironmentVariable("VIDEOCONCEPTS_LINES") ?? "0,2000").Split(',')
            .Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        string folder = Environment.CurrentDirectory;
        using var inputs = new HostileInputs(cases, videos);
        var generator = new HostileCommandLines(CommandLine.Root(), inputs, Seed);
        List<string> findings = [];
        SortedDictionary<int, int> statuses = [];
        try
        {
            inputs.Restore();
            for (int number = lines[0]; number < lines[0] + lines[1]; number++)
            {
                string[] line = generator.Line(number);
                File.WriteAllText(Log, Words(number, line));
                var clock = Stopwatch.StartNew();
                (CommandRun run, long memory) = Run(line);
                statuses[run.Status] = statuses.GetValueOrDefault(run.Status) + 1;
                string[] faults = [.. Faults(run, memory), .. inputs.Restore()];
                if (faults.Length > 0)
                    findings.Add(
                        $"{Words(number, line)}\n    {string.Join("\n    ", faults)}\n    "
                        + $"{VisibleText.Of(run.Error)[..Math.Min(600, VisibleText.Of(run.Error).Length)]}");
                if (Environment.GetEnvironmentVariable("VIDEOCONCEPTS_TRACE") is { } trace)
                    File.AppendAllText(trace,
                        $"{number} {run.Status} {clock.Elapsed.TotalSeconds:F1} s {memory >> 20} MB "
                        + $"{Words(number, line)} => "
                        + $"{run.ErrorLines.LastOrDefault()}\n{(faults.Length > 0 ? findings[^1] + "\n" : "")}");
            }
            findings.AddRange(inputs.Changed());
        }
        finally
        {
            Environment.CurrentDirectory = folder;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{lines[1]} lines from {lines[0]} of seed {Seed}; status: "
            + $"{string.Join(", ", statuses.Select(s => $"{s.Key}: {s.Value}"))}");
        File.Delete(Log);
        findings.ShouldBeEmpty($"{findings.Count} findings, seed {Seed}:\n{string.Join('\n', findings.Take(40))}\n");
    }

    /// <summary>Runs a line that is interrupted after a while.</summary>
    private static (CommandRun Run, long Memory) Run(string[] line)
    {
        using var interrupt = new CancellationTokenSource(Patience);
        using var watch = new Timer(_ =>
            Environment.FailFast($"This command line does not end: {File.ReadAllText(Log)}"), null, End,
                Timeout.InfiniteTimeSpan);
        CommandRun? run = null;
        long memory = PeakMemory.Of(() => run = CommandRun.Of(line, null, interrupt.Token));
        return (run!, memory);
    }

    private static IEnumerable<string> Faults(CommandRun run, long memory)
    {
        string[] faults = [.. run.ErrorLines.Where(line =>
            line.StartsWith("videoconcepts: ", StringComparison.Ordinal))];
        bool foundFaults = run.Status == 1 && run.Output.Length > 0; // validate and prepare list them
        if (run.Status is not (0 or 1 or 2 or 130)) yield return $"status {run.Status}";
        if (faults.Length != (run.Status == 0 || foundFaults || run.Error.Contains("Usage:", StringComparison.Ordinal)
            ? 0 : 1)) yield return $"{faults.Length} error lines, status {run.Status}";
        if (faults.Length > 0 && run.ErrorLines[^1] != faults[0]) yield return "more after the error";
        foreach (string sign in (string[])["   at ", "Exception", "(--verbose shows where)", "System."])
            if (run.Error.Contains(sign, StringComparison.Ordinal)) yield return $"says \"{sign}\"";
        if ((run.Error + run.Output).Any(c => char.IsControl(c) && c != '\n')) yield return "control characters";
        if (memory > MostMemory) yield return $"took {memory >> 20} MB";
    }

    private static string Words(int number, string[] line) => $"line {number}: " + string.Join(' ', line.Select(word =>
        word.Length is > 0 and < 400 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_=./,:".Contains(c)) ? word
            : $"'{VisibleText.Of(word.Length > 400 ? $"{word[..40]}…({word.Length})" : word)}'"));
}
