using System.Runtime.InteropServices;

namespace VideoConcepts.Data.Preparation;

/// <summary>Where a system has programs. Of what Windows starts by name, only .exe is looked for: a script would take
/// the words of a command otherwise.</summary>
internal static class ProgramPath
{
    /// <summary>The file of a program, such as <c>ffmpeg</c>.</summary>
    public static string FileName(string program, OSPlatform system) =>
        system == OSPlatform.Windows ? program + ".exe" : program;

    /// <summary>Where a program would lie, in the order of the folders.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="folders">The variable PATH; empty parts are passed over.</param>
    /// <param name="system">Whose rules hold.</param>
    public static IEnumerable<string> Candidates(string program, string? folders, OSPlatform system)
    {
        bool windows = system == OSPlatform.Windows;
        return (folders ?? "").Split(windows ? ';' : ':')
            .Select(folder => windows ? folder.Trim().Trim('"') : folder).Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, FileName(program, system)));
    }

    /// <summary>The program on PATH, or null.</summary>
    public static string? Find(string program) =>
        Candidates(program, Environment.GetEnvironmentVariable("PATH"), HostSystem.Current)
            .Select(Path.GetFullPath).FirstOrDefault(File.Exists);

    /// <summary>The command that installs ffmpeg.</summary>
    public static string InstallFfmpeg(OSPlatform system) => system == OSPlatform.Windows
        ? "winget install Gyan.FFmpeg" : system == OSPlatform.OSX ? "brew install ffmpeg" : "apt-get install ffmpeg";
}
