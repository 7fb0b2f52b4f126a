using System.Diagnostics;
using System.Text;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Packages;

/// <summary>Words of a shell, what they said, and how they ended; all of it is shown where a test fails.</summary>
/// <param name="folder">Where the words are run.</param>
internal sealed class Session(string folder)
{
    private readonly StringBuilder _text = new();

    /// <summary>The words so far, as a reader would see them.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Runs a program that ends well, in this environment without what the build left in it.</summary>
    public Task<CommandRun> RunAsync(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words);
        foreach (string name in start.Environment.Keys.Where(Build).ToArray()) start.Environment.Remove(name);
        return RunAsync(start, 0);

        static bool Build(string name) => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("VIDEOCONCEPTS", StringComparison.Ordinal) || name is "CI" or "DOTNET_HOST_PATH";
    }

    /// <summary>Runs a program in an environment of nothing but a PATH.</summary>
    public Task<CommandRun> RunBareAsync(string path, string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words);
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        return RunAsync(start, 0);
    }

    /// <param name="start">Program, words and environment.</param>
    /// <param name="status">As it is to end; null for any but 0.</param>
    public async Task<CommandRun> RunAsync(ProcessStartInfo start, int? status)
    {
        (start.WorkingDirectory, start.RedirectStandardOutput, start.RedirectStandardError) = (folder, true, true);
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop),
            error = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        var run = new CommandRun(process.ExitCode, await output, await error);
        _text.Append($"$ {Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)}\n")
            .Append(run.Output).Append(run.Error);
        if (status is null) run.Status.ShouldNotBe(0, ToString());
        else run.Status.ShouldBe(status.Value, ToString());
        return run;
    }
}
