namespace VideoConcepts.Data.Preparation;

/// <summary>The classes of a folder with one sub-folder per class; the index of a class is its position.</summary>
internal static class ClassNames
{
    /// <summary>
    /// The sub-folders that hold videos, in ordinal order (by code unit, so capitals come before small letters and the
    /// order is the same on every system); none if any video lies outside a sub-folder.
    /// </summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<SourceVideo> videos) =>
        videos.Any(video => video.Class is null)
            ? []
            : [.. videos.Select(video => video.Class!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Class name → index.</summary>
    public static IReadOnlyDictionary<string, int> Index(IReadOnlyList<string> classes) =>
        classes.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal);

    /// <summary>Reads a class list, one name per line, and checks that it names all that are needed.</summary>
    /// <exception cref="BadInputException">The list is unreadable, or a class is not in it.</exception>
    public static string[] ReadCovering(string file, IReadOnlyList<string> needed)
    {
        string[] names = ReadNames(file);
        return needed.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } missing
            ? throw new BadInputException(
                $"The class list {file} does not name the class '{missing}' of the official lists.")
            : names;
    }

    /// <summary>Reads a class list, one name per line, and checks that it covers the videos.</summary>
    /// <exception cref="BadInputException">The list is unreadable, or a video's class is not in it.</exception>
    public static IReadOnlyList<string> Read(string file, IReadOnlyList<SourceVideo> videos)
    {
        string[] names = ReadNames(file);
        foreach (SourceVideo video in videos)
            if (video.Class is null || !names.Contains(video.Class, StringComparer.Ordinal))
                throw new BadInputException($"{video.Name} lies in no sub-folder that the class list {file} names.");
        return names;
    }

    private static string[] ReadNames(string file)
    {
        string[] names = ClassTitles.ReadLines(file);
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
            if (!lines.TryAdd(names[i], i + 1))
                throw new BadInputException(
                    $"{file}:{i + 1}: class '{names[i]}' is already in line {lines[names[i]]}.");
        return names;
    }
}
