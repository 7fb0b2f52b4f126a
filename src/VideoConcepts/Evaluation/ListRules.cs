using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>What must hold between lists before anything is measured on them, and how a list is divided.</summary>
internal static class ListRules
{
    /// <summary>No video is in both lists, under whatever path (<see cref="VideoContents"/>).</summary>
    /// <exception cref="BadInputException">One is.</exception>
    public static void NoOverlap(VideoList train, VideoList test, VideoContents? contents = null) =>
        NoOverlap(train.Videos, test.Videos, contents);

    /// <summary>As above, of the rows of extracted features, too.</summary>
    /// <exception cref="BadInputException">A video is in both sets; the message says how many are.</exception>
    public static void NoOverlap(IReadOnlyList<VideoEntry> train, IReadOnlyList<VideoEntry> test,
        VideoContents? contents = null)
    {
        contents ??= VideoContents.Of([train, test]);
        Dictionary<string, VideoEntry> known = train.DistinctBy(contents.Of).ToDictionary(contents.Of);
        HashSet<string> paths = [.. train.Select(v => v.Path)];
        VideoEntry[] both = [.. test.Where(v => known.ContainsKey(contents.Of(v)))];
        if (both.Length == 0) return;
        int moved = both.Count(v => !paths.Contains(v.Path));
        string copies = moved == 0 ? "" : $" ({moved} of them under another path)";
        throw new BadInputException(
            $"{both[0].Origin}: {both.Length} of {test.Count} videos are in {train[0].ListFile} too{copies}, this one "
            + $"first, as {known[contents.Of(both[0])].Origin}; divide the lists, or allow it with ‹allow-overlap›.");
    }

    /// <summary>
    /// What keeps a video's copies from being found instead of others, in words; null if there are none.
    /// </summary>
    public static string? Copies(OwnVideo own, int queries) =>
        own.Copied == 0 ? null
            : $"{own.Copied} of {queries} queries have a copy of the same video among those to search in; it is left "
                + "out of what they search";

    /// <summary>Which R@k say nothing of sets so small, in words; null if all say something.</summary>
    /// <param name="searched">Videos that a query searches, at least.</param>
    /// <param name="largest">The largest k that is shown.</param>
    public static string? MissingCutoffs(int searched, int largest = int.MaxValue)
    {
        string[] missing = [.. Retrieval.ReportedCutoffs.Where(k => k <= largest).Except(Retrieval.Cutoffs(searched))
            .Select(k => $"R@{k}")];
        return missing.Length == 0 ? null
            : $"left out: {string.Join(", ", missing)}; a query searches among as few as {searched} videos, and would "
                + "find every one";
    }

    /// <summary>The number of classes.</summary>
    /// <param name="train">Labelled; every class from 0 on has a video.</param>
    /// <param name="test">Its labels occur in training.</param>
    /// <param name="expected">What a classifier has; null: what the training list has.</param>
    /// <exception cref="BadInputException">A class without a video, or a label out of range.</exception>
    public static int Classes(VideoList train, VideoList? test = null, int? expected = null)
    {
        int classes = expected ?? train.Videos.Max(v => v.Label!.Value) + 1;
        if (expected is null)
        {
            bool[] seen = new bool[classes];
            foreach (VideoEntry video in train.Videos) seen[video.Label!.Value] = true;
            int empty = Array.IndexOf(seen, false);
            if (empty >= 0)
                throw new BadInputException(
                    $"{train.Videos.First(v => v.Label == classes - 1).Origin}: label {classes - 1}, but class {empty} "
                    + $"has no video in {train.File}; number the classes from 0 without gaps.");
        }
        if ((test ?? train).Videos.FirstOrDefault(v => v.Label >= classes) is { } outside)
            throw new BadInputException(
                $"{outside.Origin}: label {outside.Label} is out of range, there are classes 0 to {classes - 1}.");
        return classes;
    }

    /// <summary>
    /// Divides a list by class: of each, about <paramref name="share"/> goes to the first part, at least one video to
    /// each part that has any.
    /// </summary>
    public static (IReadOnlyList<VideoEntry> First, IReadOnlyList<VideoEntry> Others) Divide(
        IReadOnlyList<VideoEntry> videos, double share, long seed)
    {
        List<int> first = [], rest = []; // places in the list
        foreach (IGrouping<int?, int> group in Enumerable.Range(0, videos.Count).GroupBy(i => videos[i].Label)
            .OrderBy(g => g.Key))
        {
            int[] all = [.. group];
            var random = RandomStream.For(seed, 0, group.Key ?? 0);
            int[] order = random.NextPermutation(all.Length);
            int count = all.Length == 1 ? 1 : Math.Clamp((int)Math.Round(share * all.Length), 1, all.Length - 1);
            for (int i = 0; i < all.Length; i++) (i < count ? first : rest).Add(all[order[i]]);
        }
        return (new VideoSelection(videos, [.. first]), new VideoSelection(videos, [.. rest]));
    }

    /// <summary>
    /// Takes a share of a training list to choose the best epoch by, class by class; none of it is trained on, under
    /// another path either: what is a copy of a video that stays in training is in neither part.
    /// </summary>
    /// <returns>What is trained on, what is held out, and how many copies are left out.</returns>
    public static (IReadOnlyList<VideoEntry> Train, IReadOnlyList<VideoEntry> HeldOut, int Copies) HoldOut(
        IReadOnlyList<VideoEntry> videos, double share, long seed, VideoContents contents)
    {
        (IReadOnlyList<VideoEntry> train, IReadOnlyList<VideoEntry> others) = Divide(videos, 1 - share, seed);
        HashSet<string> trained = [.. train.Select(contents.Of)];
        (IReadOnlyList<VideoEntry> heldOut, IReadOnlyList<VideoEntry> copies) =
            VideoSelection.Divide(others, i => !trained.Contains(contents.Of(others[i])));
        return (train, heldOut, copies.Count);
    }
}
