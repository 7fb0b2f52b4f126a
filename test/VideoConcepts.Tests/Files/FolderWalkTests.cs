using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Files;

public sealed class FolderWalkTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose()
    {
        RawPath.Empty(_work.Path);
        _work.Dispose();
    }

    [Fact]
    public void Walk_OverLinksThatLoop_FindsEachFileOnce()
    {
        RawPath.Shell(_work.Path,
            "mkdir -p x/y z; echo 1 > x/a; echo 2 > x/y/b; ln -s .. x/up; ln -s ../.. x/y/up; ln -s ../x z/x; ln -s "
            + "loop z/loop");
        (IReadOnlyList<WalkedFile> files, IReadOnlyList<LeftOut> leftOut) = FolderWalk.Of(_work.Path, _ => true);
        // the last is a link to nothing: its reader says so
        Names(files).ShouldBe(["x/a", "x/y/b", "z/loop"], ignoreOrder: true);
        leftOut.Select(what => $"{what.Name}: {what.Reason}").ShouldBe(
            ["x/up: a link that leads back to a folder above it", "x/y/up: a link that leads back to a folder above it",
            "z/x: the same folder as x"], ignoreOrder: true);
    }

    [Fact]
    public void Walk_OverAFileOfSeveralNames_TakesTheFirstInOrdinalOrder()
    {
        // In ordinal order a-b/1 comes before a/1, though the folder a comes before a-b.
        RawPath.Shell(_work.Path, "mkdir a a-b; echo 1 > a/1; ln a/1 a-b/1; ln -s a/1 z");
        (IReadOnlyList<WalkedFile> files, IReadOnlyList<LeftOut> leftOut) = FolderWalk.Of(_work.Path, _ => true);
        Names(files).ShouldBe(["a-b/1"]);
        leftOut.Select(what => $"{what.Name}: {what.Reason}")
            .ShouldBe(["a/1: the same file as a-b/1", "z: the same file as a-b/1"]);
    }

    [Fact]
    public void Walk_OverAPipe_LeavesItOutAndSaysSo()
    {
        RawPath.Shell(_work.Path, "mkfifo pipe.mp4 other; echo 1 > a.mp4; ln -s /dev/zero zero.mp4");
        (IReadOnlyList<WalkedFile> files, IReadOnlyList<LeftOut> leftOut) = FolderWalk.Of(_work.Path,
            name => name.EndsWith(".mp4", StringComparison.Ordinal));
        Names(files).ShouldBe(["a.mp4"]);
        leftOut.Select(what => what.Name).ShouldBe(["pipe.mp4", "zero.mp4"]);
        leftOut.ShouldAllBe(what => what.Reason == "a pipe, a socket or a device, not a file");
    }

    [Fact]
    public void Walk_OverNamesOfAnyBytes_KeepsThemApart()
    {
        RawPath.Shell(
            _work.Path,
            """for n in 'caf\351' 'caf\303\251' 'caf\350' 'a\nb' '\377\376'; do echo 1 > "$(printf "$n.x")"; done""");
        (IReadOnlyList<WalkedFile> files, _) = FolderWalk.Of(_work.Path, _ => true);
        Names(files).ShouldBe(["a\nb.x", "café.x", "caf\udce8.x", "caf\udce9.x", "\udcff\udcfe.x"], ignoreOrder: true);
        files.ShouldAllBe(file => FileStatus.Of(ZeroEnded(file)) != null);
        Names(files).Select(RawName.Show).ShouldBe([@"a\nb.x", "café.x", @"caf\xE8.x", @"caf\xE9.x", @"\xFF\xFE.x"],
            ignoreOrder: true);
    }

    [Fact]
    public void Visible_OfNamesThatLookAlike_KeepsThemApart()
    {
        Dictionary<string, string> shown = RawName.Visible(["a\nb.mp4", @"a\nb.mp4", @"a\nb~2.mp4", "plain",
            "caf\udce9"]);
        shown["plain"].ShouldBe("plain");
        shown[@"a\nb.mp4"].ShouldBe(@"a\nb.mp4");
        shown["a\nb.mp4"].ShouldBe(@"a\nb~3.mp4");
        shown["caf\udce9"].ShouldBe(@"caf\xE9");
        shown.Values.Distinct().Count().ShouldBe(5);
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1500, "1.5 kB")]
    [InlineData(999_970, "1.0 MB")]
    [InlineData(74_200_000_000, "74.2 GB")]
    [InlineData(long.MaxValue, "9223372.0 TB")]
    public void ByteSize_OfANumber_HasTheUnitThatSuitsIt(long bytes, string text) => ByteSize.Of(bytes).ShouldBe(text);

    private static byte[] ZeroEnded(WalkedFile file) => [.. file.Path, 0];

    private static IEnumerable<string> Names(IReadOnlyList<WalkedFile> files) =>
        files.Select(file => string.Join('/', file.Name));
}
