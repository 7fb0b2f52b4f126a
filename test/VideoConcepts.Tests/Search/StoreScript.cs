using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

/// <summary>All that is done to a library, so that two stores can be compared after the same.</summary>
internal static class StoreScript
{
    public static void Run(IMomentStore store, bool half = true)
    {
        using IDisposable held = store.Lock();
        store.SetHeader(SyntheticMoments.Header(half));
        SyntheticMoments.Write(store, 0, 5);
        SyntheticMoments.Write(store, 1, 300); // two blocks
        SyntheticMoments.Write(store, 2, 7, commit: false); // nothing of it stays, not even its numbers
        SyntheticMoments.Write(store, 3, 0); // failed
        SyntheticMoments.Write(store, 4, 9, new string('p', 4000));
        SyntheticMoments.Write(store, 5, 20);
        SyntheticMoments.Write(store, 6, 11, SyntheticMoments.PathOf(0)); // in the place of the first
        store.Remove([store.Videos().Single(video => video.Path == SyntheticMoments.PathOf(5)).Id]);
        store.Touch(store.Videos()[0] with { Size = 77, Modified = 78, Hash = new string('9', 64), Tag = null });
        store.SetHeader(store.Header! with { Root = "/moved" });
        SyntheticMoments.Write(store, 7, 3);
        store.SetNotes(new Dictionary<string, byte[]?> { ["a:1"] = [1, 2], ["a:2"] = [], ["é"] = [3], ["b"] = [4] });
        store.SetNotes(new Dictionary<string, byte[]?> { ["a:1"] = [5], ["b"] = null, ["none"] = null });
    }

    /// <summary>What is asked of a library, without its dump.</summary>
    public static List<string> Ask(IMomentStore store)
    {
        long[] ids = [.. store.Blocks(MomentParts.None).Select(block => block.First)];
        return
        [
            string.Join(' ', store.Moments([.. ids.Reverse(), 999_999, ids[0]])),
            $"{store.BlockOf(0, MomentParts.None) is null} {store.BlockOf(999_999, MomentParts.None) is null}",
            .. ids.Select(id => $"{store.BlockOf(id + 2, MomentParts.Scores)?.Scores.Length}"),
            $"{store.Strip(999_999) is null} {store.MomentsOf(999_999).Count}",
            $"{store.CanNote} {store.NotesVersion} "
                + $"{string.Join(' ', Notes("").Concat(Notes("a:")).Concat(Notes("%")))}",
        ];

        IEnumerable<string> Notes(string prefix) => store.Notes(prefix)
            .OrderBy(note => note.Key, StringComparer.Ordinal)
            .Select(note => $"{note.Key}={Convert.ToHexString(note.Value)}");
    }
}
