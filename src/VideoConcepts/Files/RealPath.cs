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

    private static string? FirstLink(string full)
    {
        for (int slash = full.IndexOf(Path.DirectorySeparatorChar,
            1); ; slash = full.IndexOf(Path.DirectorySeparatorChar, slash + 1))
        {
            string part = slash < 0 ? full : full[..slash];
            if (new FileInfo(part).LinkTarget is not null) return part;
            if (slash < 0) return null;
        }
    }
}
