using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>Short names of lists, for folders, tables and results.</summary>
internal static class ListNames
{
    /// <summary>
    /// A different name for each file: that of the file without its extension, after those of its folders where several
    /// files share one (<c>split1-train</c>, <c>split2-train</c>), after a number where one file is named twice. Of a
    /// single file: nothing.
    /// </summary>
    public static string[] Of(IReadOnlyList<string> files)
    {
        if (files.Count == 1) return [""];
        string[][] parts = [.. files.Select(Parts)];
        int[] used = [.. parts.Select(_ => 1)];
        string[] names = [.. parts.Select((p, i) => Name(p, used[i]))];
        while (Shared(names) is { Length: > 0 } shared && shared.Any(i => used[i] < parts[i].Length))
        {
            foreach (int i in shared) used[i] = Math.Min(used[i] + 1, parts[i].Length);
            names = [.. parts.Select((p, i) => Name(p, used[i]))];
        }
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            string name = names[i];
            for (int number = 2; !taken.Add(names[i]); number++) names[i] = $"{name}~{number}";
        }
        return names;
    }

    /// <summary>
    /// What factors are called by such names of their lists: up to the first underline or dash, the whole where two
    /// begin alike; <c>labels</c> of a single list.
    /// </summary>
    public static string[] Factors(IReadOnlyList<string> names)
    {
        if (names.Count == 1) return ["labels"];
        string[] beginnings = [.. names.Select(name => name.Split('_', '-')[0])];
        bool differ = beginnings.All(b => b.Length > 0)
            && beginnings.Distinct(StringComparer.Ordinal).Count() == names.Count;
        return differ ? beginnings : [.. names];
    }

    private static int[] Shared(string[] names) =>
        [.. Enumerable.Range(0, names.Length).GroupBy(i => names[i], HostSystem.PathComparer).Where(g => g.Count() > 1)
            .SelectMany(g => g)];

    private static string Name(string[] parts, int used) => FileNames.Shortened(string.Join('-', parts[^used..]));

    private static string[] Parts(string file)
    {
        string full = Path.GetFullPath(file), name = Path.GetFileNameWithoutExtension(full);
        string[] folders = Path.GetDirectoryName(full)!.Split(Path.DirectorySeparatorChar,
            StringSplitOptions.RemoveEmptyEntries);
        return [.. folders, name is "" or "." ? Path.GetFileName(full) : name];
    }
}
