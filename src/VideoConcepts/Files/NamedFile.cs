namespace VideoConcepts.Files;

/// <summary>Tells whether an open file still has its name: another process may have removed it meanwhile.</summary>
internal static class NamedFile
{
    /// <summary>Whether what is open is what has the path. Only Linux tells; elsewhere it is taken to be so.</summary>
    public static bool IsStill(FileStream file, string path) => !OperatingSystem.IsLinux()
        || FileStatus.Of($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}") is { } mine
        && FileStatus.Of(path) is { } named && (mine.Device, mine.Inode) == (named.Device, named.Inode);
}
