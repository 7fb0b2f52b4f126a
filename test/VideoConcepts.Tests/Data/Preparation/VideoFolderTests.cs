using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class VideoFolderTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Find_AmongOtherFiles_ReturnsVideosInOrdinalOrder()
    {
        foreach (string name in
            (string[])["b.MP4", "a.webm", "B.avi", "sub/c.Mkv", "sub/d.mov", "e.txt", "._a.mp4", ".h/x.mp4"])
        {
            File.WriteAllText(_work.NewFile(name), "");
        }
        VideoFolder.Find(_work.Path).Select(video => video.Name)
            .ShouldBe(["B.avi", "a.webm", "b.MP4", "sub/c.Mkv", "sub/d.mov"]);
    }

    [Fact]
    public void Find_InAnEmptyFolder_SaysWhatIsMissing() =>
        Should.Throw<BadInputException>(() => VideoFolder.Find(_work.Path))
            .Message.ShouldBe($"{_work.Path} holds no video.");

    [Fact]
    public void Find_WithoutAFolder_NamesIt() =>
        Should.Throw<BadInputException>(() => VideoFolder.Find(_work["absent"])).Message.ShouldContain(_work["absent"]);

    [Theory]
    [InlineData("a.mp4 b.mp4 c/a.mp4", "a b c/a")]
    [InlineData("a.avi a.mp4 b.mp4", "a.avi a.mp4 b")]
    [InlineData("a.mp4 a/b.mp4", "a.mp4 a/b")]
    [InlineData("a.avi a.mp4 a.mp4.mkv", "a.avi a.mp4~2 a.mp4")]
    [InlineData("a.mp4 a.mp4/b.mp4 a/b.mp4", "a.mp4~2 a.mp4/b a/b")]
    [InlineData("a.mp4 a.partial-extraction.mp4", "a a.partial-extraction.mp4")]
    public void FrameFolders_OfAnyNames_AreDistinctAndNotNested(string names, string expected) =>
        VideoFolder.FrameFolders(names.Split(' ')).ShouldBe(expected.Split(' '));

    [Fact]
    public void Classes_OfSubFolders_HaveOrdinalOrder() =>
        ClassNames.Of([Video("b/x.mp4"), Video("HammerThrow/y.mp4"), Video("Hammering/deep/z.mp4"), Video("b/w.mp4")])
            .ShouldBe(["HammerThrow", "Hammering", "b"]);

    [Fact]
    public void Classes_WithAVideoBesideTheSubFolders_AreNone() =>
        ClassNames.Of([Video("a/x.mp4"), Video("y.mp4")]).ShouldBeEmpty();

    [Fact]
    public void Classes_FromAList_KeepItsOrder()
    {
        File.WriteAllText(_work["classes.txt"], "walk\r\nrun\r\nsit\r\n\r\n");
        ClassNames.Read(_work["classes.txt"], [Video("run/x.mp4")]).ShouldBe(["walk", "run", "sit"]);
    }

    [Theory]
    [InlineData("walk\n", "run/x.mp4 lies in no sub-folder")]
    [InlineData("run\nwalk\nrun\n", "classes.txt:3: class 'run' is already in line 1")]
    public void Classes_FromAListThatDoesNotFit_SayWhy(string list, string message)
    {
        File.WriteAllText(_work["classes.txt"], list);
        Should.Throw<BadInputException>(() => ClassNames.Read(_work["classes.txt"], [Video("run/x.mp4")]))
            .Message.ShouldContain(message);
    }

    private static SourceVideo Video(string name) => new("/videos/" + name, name, name);
}
