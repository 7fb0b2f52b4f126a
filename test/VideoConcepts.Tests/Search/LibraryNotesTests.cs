using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>What people noted is kept, also when the library is made anew.</summary>
public sealed class LibraryNotesTests : IDisposable
{
    private static readonly TagMark s_mark = new("Zug é", "a/видео.mp4", 1.5, 3.25);

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Write_AndRead_GiveTheSame()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"]);
        var notes = new LibraryNotes(store);
        long version = store.Version;
        notes.Write(LibraryNotes.Of("static", 3, new ConceptNote("rain", true)), LibraryNotes.Of(7, s_mark),
            LibraryNotes.Of("both", new MapLayout(5, 2, [1, 2, 3, 4])));
        using (SqliteMomentStore other = SqliteMomentStore.Open(_work["l.db"]))
        {
            var read = new LibraryNotes(other);
            read.Concepts().ShouldBe([KeyValuePair.Create(("static", 3), new ConceptNote("rain", true))]);
            read.Marks().ShouldBe([KeyValuePair.Create(7L, s_mark)]);
            read.Map("both")!.Places.ShouldBe([1, 2, 3, 4]);
            read.Map("look").ShouldBeNull();
        }
        store.NotesVersion.ShouldBe(1);
        store.Version.ShouldBe(version); // the moments are as they were
        notes.Write(LibraryNotes.Of("static", 3, null), LibraryNotes.Of(7, null));
        notes.Concepts().ShouldBeEmpty();
        notes.Marks().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Carry_ToALibraryThatTakesThePlace_KeepsTagsAndOfTheSameModelNames(bool same)
    {
        using SqliteMomentStore old = TinyLibrary.Create(_work["old.db"]), next = TinyLibrary.Create(_work["new.db"]);
        if (!same) next.SetHeader(next.Header! with { ModelHash = new string('e', 64) });
        new LibraryNotes(old).Write(LibraryNotes.Of("dynamic", 1, new ConceptNote("train", false)),
            LibraryNotes.Of(1, s_mark), LibraryNotes.Of("look", new MapLayout(1, 1, [0, 0])));
        LibraryNotes.Carry(old, next);
        var kept = new LibraryNotes(next);
        kept.Marks().Values.ShouldBe([s_mark]);
        kept.Concepts().Count.ShouldBe(same ? 1 : 0);
        kept.Map("look").ShouldBeNull(); // of other moments
    }

    [Fact]
    public void Notes_ThatWereChangedOnTheDisk_AreNamedAsDamage()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"]);
        new LibraryNotes(store).Write(LibraryNotes.Of(1, s_mark));
        store.Database.Run("UPDATE notes SET value = @0", new byte[] { 1, 2 });
        Should.Throw<BadInputException>(() => new LibraryNotes(store).Marks()).Message.ShouldContain("is damaged");
    }

    [Fact]
    public void Notes_AreWrittenWhileAVideoIs()
    {
        using SqliteMomentStore index = TinyLibrary.Create(_work["l.db"]),
            explorer = SqliteMomentStore.Open(_work["l.db"]);
        using IDisposable held = index.Lock();
        new LibraryNotes(explorer).Write(LibraryNotes.Of(1, s_mark));
        TinyLibrary.Add(index, TinyLibrary.Video("b.mp4", 3));
        new LibraryNotes(index).Marks().Count.ShouldBe(1);
    }
}
