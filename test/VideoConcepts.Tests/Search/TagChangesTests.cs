using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Moments of two seconds, one a second, of the videos a and b.</summary>
public sealed class TagChangesTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Add_OfPartsThatOverlap_MakesOneOfThem() => Marks(Changed([],
            changes => changes.Add([Mark("a", 0, 2), Mark("a", 1, 3), Mark("a", 3, 5), Mark("b", 2, 4)])))
        .ShouldBe(["a 0–3", "a 3–5", "b 2–4"]); // parts that touch hold no moment of each other

    [Fact]
    public void Remove_OfAMoment_LeavesTheOthersOfItsPart()
    {
        List<TagMark> kept = Changed([Mark("a", 0, 6), Mark("b", 0, 6)],
            changes => changes.Remove("train", "a", [At(2)]).ShouldBe(1));
        Marks(kept).ShouldBe(["a 0–2.5", "a 3.5–6", "b 0–6"]);
        Enumerable.Range(0, 5).Where(start => kept.Any(mark => mark.Video == "a" && mark.Start < start + 1
            && mark.End > start + 1)).ShouldBe([0, 1, 3, 4]);
    }

    [Fact]
    public void Remove_OfTheLastMoment_LeavesNothing() =>
        Changed([Mark("a", 0, 2)], changes => changes.Remove("train", "a", [At(0)])).ShouldBeEmpty();

    [Fact]
    public void Rename_ToATagThatIsThere_JoinsTheTwo() => Changed(
        [Mark("a", 0, 2), Mark("a", 1, 4) with { Tag = "rail" }],
        changes => changes.Rename("train", "rail").ShouldBe(1)).ShouldBe([Mark("a", 0, 4) with { Tag = "rail" }]);

    [Fact]
    public void Add_ByTwoAtOnce_KeepsBoth()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"]);
        var notes = new LibraryNotes(store);
        TagChanges one = new(notes.Marks()), other = new(notes.Marks()); // of two processes
        one.Add([Mark("a", 0, 2)]);
        other.Add([Mark("b", 0, 2)]);
        notes.Write(one.Changed);
        notes.Write(other.Changed);
        Marks([.. notes.Marks().Values]).ShouldBe(["a 0–2", "b 0–2"]);
    }

    // What is kept after a change of what was kept before.
    private static List<TagMark> Changed(TagMark[] before, Action<TagChanges> change)
    {
        Dictionary<string, TagMark> kept = before.ToDictionary(mark => LibraryNotes.Of(LibraryNotes.NumberOf(mark),
            mark).Key);
        var changes = new TagChanges(before.ToDictionary(LibraryNotes.NumberOf));
        change(changes);
        foreach ((string key, byte[]? value) in changes.Changed)
            if (value is null) kept.Remove(key).ShouldBeTrue(key);
            else kept[key] = System.Text.Json.JsonSerializer.Deserialize<TagMark>(value)!;
        return [.. kept.Values];
    }

    private static IEnumerable<string> Marks(List<TagMark> marks) =>
        marks.Select(mark => $"{mark.Video} {mark.Start}–{mark.End}").Order(StringComparer.Ordinal);

    private static TagMark Mark(string video, double start, double end) => new("train", video, start, end);

    private static Moment At(double start) => new(0, 0, 0, 0, start, start + 2);
}
