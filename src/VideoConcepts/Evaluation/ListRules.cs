using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>What must hold between lists before anything is measured on them, and how a list is divided.</summary>
public static class ListRules
{
    /// <exception cref="BadInputException">A video is in both lists.</exception>
    public static void NoOverlap(VideoList train, VideoList test)
    {
        HashSet<string> known = [.. train.Videos.Select(v => v.Directory)];
        VideoEntry[] both = [.. test.Videos.Where(v => known.Contains(v.Directory))];
        if (both.Length > 0)
            throw new BadInputException($"{both[0].Origin}: {both.Length} of {test.Videos.Count} videos are in {train.File} too, this one first; divide the lists, or allow it with --allow-overlap.");
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
            if (empty >= 0) throw new BadInputException($"{train.File}: class {empty} has no video, but there are labels up to {classes - 1}; number the classes from 0 without gaps.");
        }
        if ((test ?? train).Videos.FirstOrDefault(v => v.Label >= classes) is { } outside)
            throw new BadInputException($"{outside.Origin}: label {outside.Label} is out of range, there are classes 0 to {classes - 1}.");
        return classes;
    }

    /// <summary>Divides a list by class: of each, about <paramref name="share"/> goes to the first part, at least one video to each part that has any.</summary>
    public static (List<VideoEntry> First, List<VideoEntry> Others) Divide(IReadOnlyList<VideoEntry> videos, double share, long seed)
    {
        List<VideoEntry> first = [], rest = [];
        foreach (IGrouping<int?, VideoEntry> group in videos.GroupBy(v => v.Label).OrderBy(g => g.Key))
        {
            VideoEntry[] all = [.. group];
            var random = RandomStream.For(seed, 0, group.Key ?? 0);
            int[] order = random.NextPermutation(all.Length);
            int count = all.Length == 1 ? 1 : Math.Clamp((int)Math.Round(share * all.Length), 1, all.Length - 1);
            for (int i = 0; i < all.Length; i++) (i < count ? first : rest).Add(all[order[i]]);
        }
        return (first, rest);
    }
}
