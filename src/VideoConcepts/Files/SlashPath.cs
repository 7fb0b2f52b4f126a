namespace VideoConcepts.Files;

/// <summary>Paths as lists and libraries have them: <c>/</c> between the parts on every system.</summary>
internal static class SlashPath
{
    /// <summary>A path of this system with <c>/</c>, which every system reads.</summary>
    public static string Of(string path) => Of(path, Path.DirectorySeparatorChar);

    internal static string Of(string path, char separator) =>
        separator == '/' ? path : path.Replace(separator, '/');

    /// <summary>The folder with one <c>/</c> at its end: what its files' paths begin with.</summary>
    public static string Prefix(string folder) => Of(folder).TrimEnd('/') + "/";

    /// <summary>Whether a path is that of something in a folder, at any depth; both are full paths.</summary>
    public static bool IsBelow(string folder, string path) =>
        Of(path).StartsWith(Prefix(folder), HostSystem.PathComparison);
}
