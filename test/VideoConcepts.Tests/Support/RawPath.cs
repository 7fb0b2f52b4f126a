using System.Diagnostics;

namespace VideoConcepts.Tests.Support;

/// <summary>Files with names that .NET cannot give: made by a shell, in the notation of its printf.</summary>
internal static class RawPath
{
    /// <summary>Runs a script in a folder; `$(printf 'caf\351')` makes a name in Latin-1.</summary>
    public static void Shell(string folder, string script)
    {
        using Process process = Process.Start(new ProcessStartInfo("sh",
            ["-ec", script])
        { WorkingDirectory = folder })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, script);
    }
}
