using System.Diagnostics;

namespace VideoConcepts.Tests.Support;

/// <summary>Files with names that .NET cannot give: made by a shell, in the notation of its printf.</summary>
internal static class RawPath
{
    /// <summary>Runs a script in a folder; `$(printf 'caf\351')` makes a name in Latin-1.</summary>
    public static void Shell(string folder, string script)
    {
        SkipElsewhereAttribute.SkipUnlessLinux();
        using Process process = Process.Start(new ProcessStartInfo("sh",
            ["-ec", script])
        { WorkingDirectory = folder })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, script);
    }

    /// <summary>Empties a folder of names that .NET cannot give; where there are none, nothing is left to do.</summary>
    public static void Empty(string folder)
    {
        if (OperatingSystem.IsLinux()) Shell(folder, "rm -rf ./*");
    }
}
