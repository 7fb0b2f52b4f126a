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
    public static Task<(int ExitCode, IReadOnlyList<string> Errors)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? workingDirectory,
        Action<string> onOutputLine,
        CancellationToken cancellation,
        Action<string>? onErrorLine = null) =>
        RunAsync(program, arguments, workingDirectory, process => ReadLinesAsync(process.StandardOutput, onOutputLine),
            cancellation, line =>
            {
                onErrorLine?.Invoke(line);
                return true;
            });

    /// <summary>The same of a program whose output is bytes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its words.</param>
    /// <param name="onOutput">Reads the output to its end.</param>
    /// <param name="cancellation">Ends the program and its children.</param>
    /// <param name="onErrorLine">Told each line of standard error; whether the line is to be kept.</param>
    /// <param name="onErrorEnd">Told that there are no more of them.</param>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static Task<(int ExitCode, IReadOnlyList<string> Errors)> PipeAsync(string program,
        IEnumerable<string> arguments, Action<Stream> onOutput, CancellationToken cancellation,
        Func<string, bool> onErrorLine, Action onErrorEnd) =>
        RunAsync(program, arguments, null,
            process => Task.Run(() => Drain(process, onOutput), CancellationToken.None), cancellation, onErrorLine,
            onErrorEnd);

    private static async Task<(int ExitCode, IReadOnlyList<string> Errors)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? workingDirectory,
        Func<Process, Task> readOutput,
        CancellationToken cancellation,
        Func<string, bool> onErrorLine,
        Action? onErrorEnd = null)
    {
        cancellation.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = Describe(program, arguments, workingDirectory) };
        process.Start();
        using (cancellation.Register(() => Kill(process)))
        {
            process.StandardInput.Close();
            var errors = new List<string>();
            Task output = readOutput(process);
            Task error = ReadErrorsAsync();
            try
            {
                await Task.WhenAll(output, error).ConfigureAwait(false);
            }
            catch
            {
                cancellation.ThrowIfCancellationRequested(); // an output that was cut off is what came of it
                throw;
            }
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, errors);

            async Task ReadErrorsAsync()
            {
                await ReadLinesAsync(process.StandardError, line =>
                {
                    if (onErrorLine(line)) Keep(errors, line);
                }).ConfigureAwait(false);
                onErrorEnd?.Invoke();
            }
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

    // A reader that fails leaves a program that waits for it: it is ended.
    private static void Drain(Process process, Action<Stream> onOutput)
    {
        try
        {
            onOutput(process.StandardOutput.BaseStream);
        }
        catch
        {
            Kill(process);
            throw;
        }
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
