namespace VideoConcepts.Files;

/// <summary>Paths without links.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The absolute path with every link resolved; parts that do not exist stay as they are.</summary>
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (int links = 0; links < MostLinks; links++)
        {
            if (FirstLink(full) is not { } link) return full;
            string target = Path.GetFullPath(new FileInfo(link).LinkTarget!, Path.GetDirectoryName(link)!);
            full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target + full[link.Length..]));
        }
        return full; // links that lead in a circle
    }

    /// <summary>Whether two paths are one when every link is resolved.</summary>
    public static bool IsSame(string a, string b) => string.Equals(Of(a), Of(b), HostSystem.PathComparison);

    private static string? FirstLink(string full)
    {
        int root = Path.GetPathRoot(full)!.Length; // of Windows, C:\ or \\server\share
        for (int slash = Slash(root); ; slash = Slash(slash + 1))
        {
            string part = slash < 0 ? full : full[..slash];
            if (new FileInfo(part).LinkTarget is not null) return part;
            if (slash < 0) return null;
        }

        int Slash(int start) => full.IndexOf(Path.DirectorySeparatorChar, start);
    }
}
