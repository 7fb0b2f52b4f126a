namespace VideoConcepts.Data.Preparation;

/// <summary>Finds the videos below a folder.</summary>
public static class VideoFolder
{
    private static readonly HashSet<string> s_extensions =
        new(StringComparer.OrdinalIgnoreCase) { ".mp4", ".avi", ".webm", ".mkv", ".mov" };

    // A link that leads back to a folder above it ends here.
    private const int MaximumDepth = 16;

    /// <summary>
    /// All mp4, avi, webm, mkv and mov files in ordinal order of their relative paths. Hidden files and folders are
    /// left out: archives made on a Mac carry a `._name.mp4`, which is no video, for each video.
    /// </summary>
    /// <exception cref="BadInputException">The folder is missing, unreadable or holds no video.</exception>
    public static IReadOnlyList<SourceVideo> Find(string folder)
    {
        string root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new BadInputException($"There is no folder {folder}; give the folder of the videos with --videos.");
        var walk = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MaximumDepth,
            AttributesToSkip = FileAttributes.Hidden,
            IgnoreInaccessible = false,
        };
        try
        {
            string[] names =
            [
                .. Directory.EnumerateFiles(root, "*", walk)
                    .Where(file => s_extensions.Contains(Path.GetExtension(file)))
                    .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
                    .Order(StringComparer.Ordinal),
            ];
            if (names.Length == 0)
                throw new BadInputException($"{folder} holds no mp4, avi, webm, mkv or mov file.");
            string[] folders = FrameFolders(names);
            return [.. names.Zip(folders, (name, frames) => new SourceVideo(Path.Combine(root, name), name, frames))];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException($"{folder} cannot be read in full: {e.Message}", e);
        }
    }

    /// <summary>
    /// The folder of a video is its name without the extension. Where two videos would share a folder, or one would
    /// lie in another's, both keep the extension (a.mp4 and a.avi), and a number is added should that be taken too.
    /// </summary>
    /// <param name="names">Relative paths, distinct, in ordinal order.</param>
    internal static string[] FrameFolders(IReadOnlyList<string> names)
    {
        string[] stripped = [.. names.Select(name => name[..^Path.GetExtension(name).Length])];
        var uses = stripped.CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var parents = names.SelectMany(Parents).ToHashSet(StringComparer.Ordinal);

        var folders = new string[names.Count];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < folders.Length; i++)
            if (uses[stripped[i]] == 1 && IsFree(stripped[i])) folders[i] = stripped[i];
        taken.UnionWith(folders.Where(folder => folder is not null));
        for (int i = 0; i < folders.Length; i++)
        {
            string name = names[i];
            for (int number = 2; folders[i] is null; number++)
            {
                if (IsFree(name) && taken.Add(name)) folders[i] = name;
                name = $"{names[i]}~{number}";
            }
        }
        return folders;

        bool IsFree(string name) =>
            !parents.Contains(name) && !name.EndsWith(FrameFolder.PartialSuffix, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Parents(string name)
    {
        for (int slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1)) yield return name[..slash];
    }
}
