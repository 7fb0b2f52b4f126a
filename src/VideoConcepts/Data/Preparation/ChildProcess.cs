using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace VideoConcepts.Data.Preparation;

/// <summary>Runs a program to its end: both outputs are drained, a cancellation kills it and its children.</summary>
internal static class ChildProcess
{
    // A broken video can make ffmpeg write a line per macroblock; the first thousand lines and the last one tell
    // enough.
    private const int MaximumErrorLines = 1000;

    /// <returns>The exit status and the lines of standard error.</returns>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static async Task<(int ExitCode, IReadOnlyList<string> Errors)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? workingDirectory,
        Action<string> onOutputLine,
        CancellationToken cancellation,
        Action<string>? onErrorLine = null)
    {
        cancellation.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = Describe(program, arguments, workingDirectory) };
        process.Start();
        using (cancellation.Register(() => Kill(process)))
        {
            process.StandardInput.Close();
            var errors = new List<string>();
            Task output = ReadLinesAsync(process.StandardOutput, onOutputLine);
            Task error = ReadLinesAsync(process.StandardError, line =>
            {
                onErrorLine?.Invoke(line);
                Keep(errors, line);
            });
            await Task.WhenAll(output, error).ConfigureAwait(false);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, errors);
        }
    }

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, string? workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        return start;
    }

    private static async Task ReadLinesAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line) onLine(line);
    }

    private static void Keep(List<string> errors, string line)
    {
        if (errors.Count < MaximumErrorLines) errors.Add(line);
        else errors[^1] = line;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself between the check and the signal.
        }
    }
}
