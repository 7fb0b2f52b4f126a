using System.Runtime.Versioning;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

public sealed class SqliteMomentStoreTests : IDisposable
{
    private const MomentParts All = MomentParts.Vectors | MomentParts.Features | MomentParts.Scores;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Video_WrittenAndReadByAnother_IsTheSame(bool half)
    {
        LibraryVideo video = TinyLibrary.Video("a/b.mp4", 300) with { RawPath = [1, 0xE9], Tag = null };
        using (SqliteMomentStore written = SqliteMomentStore.Open(_work["l.db"], create: true))
        {
            written.SetHeader(TinyLibrary.Header(half));
            TinyLibrary.Add(written, video);
        }
        using SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]);
        store.Header.ShouldBe(TinyLibrary.Header(half));
        LibraryVideo there = store.Videos().Single();
        there.RawPath.ShouldBe(video.RawPath);
        (there with { RawPath = null }).ShouldBe(video with { Id = 1, RawPath = null });
        store.Count.ShouldBe(300);
        MomentBlock[] blocks = [.. store.Blocks(All)];
        blocks.Select(block => (block.First, block.Count, block.VideoId)).ShouldBe([(1, 256, 1), (257, 44, 1)]);
        foreach (MomentBlock block in blocks)
        {
            MomentBlock meant = TinyLibrary.Block(store.Header!, 1,
                [.. Enumerable.Range((int)block.First - 1, block.Count)]);
            foreach ((float[] is_, float[] was) in new[] { (block.Look, meant.Look), (block.Motion, meant.Motion),
                (block.Features, meant.Features), (block.Scores, meant.Scores) })
                is_.ShouldBe(half ? was.Select(number => (float)(Half)number) : was);
        }
        store.MomentsOf(1).ShouldBe(Enumerable.Range(0, 300)
            .Select(i => TinyLibrary.Place(i) with { Id = i + 1, VideoId = 1 }));
        store.Moments([7, 999, 3, 7]).Select(moment => moment.Id).ShouldBe([7, 3, 7]);
        store.Strip(1).ShouldBe(TinyLibrary.Strip(0));
        store.Strip(2).ShouldBeNull();
        store.BlockOf(256, All)!.First.ShouldBe(1);
        store.BlockOf(257, All)!.First.ShouldBe(257);
        store.BlockOf(301, All).ShouldBeNull();
        store.BlockOf(0, All).ShouldBeNull();
        store.Blocks(MomentParts.Features, 1).ShouldAllBe(block => block.Look.Length == 0 && block.Features.Length > 0);
        store.Blocks(All, 2).ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_OfWhatWasReplacedOrRemoved_AreNotGivenAgain()
    {
        using (SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 3),
            TinyLibrary.Video("b", 2)))
        {
            store.Version.ShouldBe(2);
            TinyLibrary.Add(store, TinyLibrary.Video("b", 4), 9); // in the place of the old one
            store.Videos().Select(video => (video.Id, video.Path)).ShouldBe([(1, "a"), (3, "b")]);
            store.Remove([3]);
            (store.Version, store.Count).ShouldBe((4, 3));
            store.Remove([]);
            store.Version.ShouldBe(4);
        }
        using SqliteMomentStore again = SqliteMomentStore.Open(_work["l.db"]);
        TinyLibrary.Add(again, TinyLibrary.Video("c", 1));
        again.Videos().Select(video => video.Id).ShouldBe([1, 4]);
        again.MomentsOf(4).Single().Id.ShouldBe(10);
        again.Blocks(All).Select(block => block.First).ShouldBe([1, 10]);
        again.Strip(4).ShouldBeNull(); // of b: it went with it
    }

    [Fact]
    public void Touch_OfAVideo_ChangesWhatIsKnownOfItsFileAndNothingElse()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 3));
        LibraryVideo video = store.Videos()[0];
        store.Touch(video with { Size = 5, Modified = 6, Hash = "h", Tag = "other", Frames = 99, Moments = 77 });
        store.Videos().Single().ShouldBe(video with { Size = 5, Modified = 6, Hash = "h", Tag = "other" });
        store.MomentsOf(1).Count.ShouldBe(3);
        store.SetHeader(store.Header! with { Root = "/elsewhere" });
        using SqliteMomentStore other = SqliteMomentStore.Open(_work["l.db"]);
        other.Header!.Root.ShouldBe("/elsewhere");
    }

    [Fact]
    public void Reader_WhileAVideoIsWritten_SeesWholeVideosOnly()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 3));
        using SqliteMomentStore reader = SqliteMomentStore.Open(_work["l.db"]);
        List<string> before = TinyLibrary.Rows(reader);
        using (IVideoWriter writer = store.Write())
        {
            for (int i = 0; i < 3; i++)
                writer.Add([TinyLibrary.Place(i)], [null], TinyLibrary.Block(store.Header!, 1, [i]));
            TinyLibrary.Rows(reader).ShouldBe(before);
            using SqliteMomentStore late = SqliteMomentStore.Open(_work["l.db"]);
            TinyLibrary.Rows(late).ShouldBe(before);
        }
        TinyLibrary.Rows(store).ShouldBe(before); // it was not committed
        TinyLibrary.Rows(reader).ShouldBe(before);
        TinyLibrary.Add(store, TinyLibrary.Video("b", 3));
        TinyLibrary.Rows(reader).ShouldBe(TinyLibrary.Rows(store));
    }

    [Fact]
    public void Reader_InTheMidstOfAllVectors_SeesThemAsTheyWere()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 300),
            TinyLibrary.Video("b", 2));
        using SqliteMomentStore reader = SqliteMomentStore.Open(_work["l.db"]);
        using IEnumerator<MomentBlock> blocks = reader.Blocks(All).GetEnumerator();
        blocks.MoveNext().ShouldBeTrue();
        store.Remove([1]);
        int count = blocks.Current.Count;
        while (blocks.MoveNext()) count += blocks.Current.Count;
        count.ShouldBe(302);
        reader.Blocks(All).Single().First.ShouldBe(301);
    }

    [Fact]
    public void Lock_HeldByAnother_IsRefusedByOneLineAndLeavesNothing()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"]);
        using SqliteMomentStore other = SqliteMomentStore.Open(_work["l.db"]);
        File.CreateSymbolicLink(_work["link.db"], _work["l.db"]);
        using SqliteMomentStore linked = SqliteMomentStore.Open(_work["link.db"]);
        using (store.Lock())
        {
            foreach (SqliteMomentStore second in (SqliteMomentStore[])[other, linked])
                Should.Throw<BadInputException>(second.Lock).Message
                    .ShouldBe($"{second.Name}: another index writes to it; wait for its end.");
            File.Exists(_work["l.db.lock"]).ShouldBeTrue();
        }
        other.Lock().Dispose();
        Directory.GetFiles(_work.Path, "*.lock").ShouldBeEmpty();
        _work.Write("l.db.lock", "mine");
        Should.Throw<BadInputException>(store.Lock).Message.ShouldContain("l.db.lock");
        File.ReadAllText(_work["l.db.lock"]).ShouldBe("mine");
    }

    /// <summary>Closing another handle of a file would give up the locks that SQLite holds on it.</summary>
    [Fact]
    [SupportedOSPlatform("linux")]
    public void Open_OfALibraryThatThisProcessHasOpen_KeepsTheLocksOnIt()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 1));
        int Locks() => File.ReadLines("/proc/locks").Count(line => line.Contains("POSIX", StringComparison.Ordinal)
            && line.Contains($":{VideoConcepts.Files.FileStatus.Of(_work["l.db"])!.Value.Inode} ",
                StringComparison.Ordinal));
        int before = Locks();
        Assert.SkipWhen(before == 0, "This system does not show locks in /proc/locks.");
        SqliteMomentStore.Open(_work["l.db"]).Dispose();
        Locks().ShouldBe(before);
    }

    [Fact]
    public void Write_OnAFullDisk_SaysSoLosesNothingAndGoesOn()
    {
        using SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 3));
        List<string> before = TinyLibrary.Rows(store);
        store.Database.Run("PRAGMA max_page_count=1"); // as many as there are
        Should.Throw<IOException>(() => TinyLibrary.Add(store, TinyLibrary.Video("b", 2000))).Message
            .ShouldBe($"{_work["l.db"]}: the disk is full; what was finished is kept: make room and do it again.");
        TinyLibrary.Rows(store).ShouldBe(before);
        store.Database.Run("PRAGMA max_page_count=100000");
        TinyLibrary.Add(store, TinyLibrary.Video("b", 2000));
        store.Count.ShouldBe(2003);
        store.Verify();
    }
}
