namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Finds the videos of official lists in a folder, by the name of the file without its extension (archives are
/// unpacked into all kinds of folders), and gathers what is missing.
/// </summary>
internal sealed class ListedVideos
{
    // What archives of these datasets are made of: a preview beside a video is not what a list means.
    private static readonly HashSet<string> s_preferred =
        new(StringComparer.OrdinalIgnoreCase) { ".mp4", ".avi", ".webm", ".mkv", ".mov" };

    private readonly ILookup<string, SourceVideo> _byName;
    private readonly FoundVideos _found;
    private readonly OrderedDictionary<string, SourceVideo> _used = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private readonly string _folder;

    public ListedVideos(PreparationOptions options)
    {
        _folder = options.Videos;
        _found = VideoFolder.Search(_folder, options.Output);
        _byName = _found.Videos.ToLookup(video => Path.GetFileNameWithoutExtension(video.Name), StringComparer.Ordinal);
    }

    /// <summary>
    /// The video of that name, or null, which is noted. Of several, only one below a folder called
    /// <paramref name="below"/>.
    /// </summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="below">A class or split.</param>
    /// <param name="shownAs">What the list calls it.</param>
    public SourceVideo? Find(string name, string below, string shownAs)
    {
        SourceVideo[] all = [.. _byName[name]];
        SourceVideo[] candidates = [.. all.Where(v => s_preferred.Contains(Path.GetExtension(v.Name)))];
        if (candidates.Length == 0) candidates = all;
        SourceVideo? video = candidates
            .FirstOrDefault(v => v.Name.Split('/')[..^1].Contains(below, StringComparer.Ordinal))
            ?? (candidates.Length == 1 ? candidates[0] : null); // several, all elsewhere: nothing says which is meant
        if (video is null) _missing.Add(shownAs);
        else _used.TryAdd(video.Name, video);
        return video;
    }

    /// <exception cref="BadInputException">Not one listed video is there.</exception>
    public DatasetPlan Plan(IReadOnlyList<string> classes, IReadOnlyList<PlannedList> lists)
    {
        string[] missing = [.. _missing.Distinct(StringComparer.Ordinal)];
        if (_used.Count == 0)
            throw new BadInputException(
                $"{_folder} holds {_found.Videos.Count} videos and none of the {missing.Length} that the lists name, "
                + $"such as {missing.FirstOrDefault()}; check ‹videos› and ‹lists›.");
        return new DatasetPlan([.. _used.Values], classes, lists, missing, _found.Videos.Count - _used.Count)
        { LeftOut = _found.LeftOut, Others = _found.Others };
    }
}
