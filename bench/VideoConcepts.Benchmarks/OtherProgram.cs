using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace VideoConcepts.Benchmarks;

/// <summary>Runs another program, and waits for it.</summary>
internal static class OtherProgram
{
    /// <summary>As <see cref="Run"/>, of this program, started as it was: by dotnet, or published.</summary>
    public static (string? Output, string Error) RunOwn(IEnumerable<string> arguments)
    {
        string self = Environment.ProcessPath!;
        bool published = Path.GetFileNameWithoutExtension(self) != "dotnet";
        return Run(self, published ? arguments : arguments.Prepend(Assembly.GetExecutingAssembly().Location));
    }

    /// <summary>What it wrote to standard output, or null and the last line of its errors.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its words.</param>
    /// <param name="plain">Without the allocator that build/allocator.sh chose for this process.</param>
    public static (string? Output, string Error) Run(string program, IEnumerable<string> arguments, bool plain = true)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in plain ? (string[])["LD_PRELOAD", "MALLOC_CONF"] : []) start.Environment.Remove(name);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string last = errors.Result.TrimEnd().Split('\n')[^1].Trim();
            if (process.ExitCode == 0) return (output, "");
            return (null, last.Length > 0 ? last : $"exit status {process.ExitCode}");
        }
        catch (Win32Exception e)
        {
            return (null, e.Message); // it is not there
        }
    }
}
