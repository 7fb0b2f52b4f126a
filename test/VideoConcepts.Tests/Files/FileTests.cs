using System.Runtime.Versioning;
using System.Text;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Files;

public sealed class FileTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Füße 漢字 🎬", "Füße 漢字 🎬")]
    [InlineData("a\nb\tc\r", "a\\nb\\tc\\r")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("\u202egpj.exe", "\\u202egpj.exe")]
    [InlineData("\u009b1m\u2028", "\\u009b1m\\u2028")]
    public void VisibleText_OfControlCharacters_ShowsEscapes(string text, string shown) =>
        VisibleText.Of(text).ShouldBe(shown);

    [Fact]
    public void VisibleText_OfALoneSurrogate_ShowsAnEscape() => VisibleText.Of("x\ud83cx").ShouldBe("x\\ud83cx");

    [Fact]
    public void Shortened_OfNamesThatDifferAtTheirEnds_Differ()
    {
        string[] names = [new string('ü', 200) + "a", new string('ü', 200) + "b", new string('x', 255)];
        string[] shortened = [.. names.Select(name => FileNames.Shortened(name))];
        shortened.Distinct().Count().ShouldBe(3);
        shortened[2].ShouldBe(names[2]);
        foreach (string name in shortened) Encoding.UTF8.GetByteCount(name).ShouldBeLessThanOrEqualTo(255);
    }

    [Fact]
    public void AsideFile_WhoseWriterFails_LeavesTheOldFileAndNothingElse()
    {
        string file = _work.Write("old.txt", "old");
        Should.Throw<InvalidOperationException>(() => AsideFile.Write(file, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        File.ReadAllText(file).ShouldBe("old");
        Directory.GetFiles(_work.Path).ShouldBe([file]);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void AsideFile_OverAPipe_IsRefused()
    {
        string pipe = _work["pipe"];
        System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExit();
        Should.Throw<IOException>(() => AsideFile.WriteText(pipe, "x")).Message.ShouldContain("no regular file");
        FileStatus.Of(pipe)!.Value.Kind.ShouldBe(FileKind.Other);
    }

    [Fact]
    public void AsideFile_OfALongName_IsWritten()
    {
        string file = Path.Combine(_work.Path, new string('n', 250) + ".json");
        AsideFile.WriteText(file, "{}");
        File.ReadAllBytes(file).ShouldBe("{}"u8.ToArray());
        Directory.GetFiles(_work.Path).ShouldBe([file]);
    }

    [Fact]
    public void RealPath_ThroughLinks_IsThatOfTheTarget()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_work.Path, "a")).FullName;
        File.WriteAllText(Path.Combine(folder, "file"), "x");
        Directory.CreateSymbolicLink(Path.Combine(_work.Path, "b"), "a");
        File.CreateSymbolicLink(Path.Combine(_work.Path, "c"), "b/file");
        string real = RealPath.Of(Path.Combine(folder, "file"));
        RealPath.Of(Path.Combine(_work.Path, "c")).ShouldBe(real);
        RealPath.Of(Path.Combine(_work.Path, "b", "file")).ShouldBe(real);
        RealPath.Of(Path.Combine(_work.Path, "b", "new", "file"))
            .ShouldBe(Path.Combine(Path.GetDirectoryName(real)!, "new", "file"));
    }

    [Fact]
    public void RealPath_OfALinkToItself_Ends()
    {
        string link = Path.Combine(_work.Path, "loop");
        File.CreateSymbolicLink(link, "loop");
        RealPath.Of(link).ShouldBe(RealPath.Of(_work.Path) + "/loop");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void FileStatus_TellsKindsAndSameFiles()
    {
        string file = _work.Write("file", "abc"), other = _work.Write("other", "abc"),
            link = Path.Combine(_work.Path, "link");
        File.CreateSymbolicLink(link, "file");
        FileStatus.Of(file)!.Value.Kind.ShouldBe(FileKind.Regular);
        FileStatus.Of(file)!.Value.Length.ShouldBe(3);
        FileStatus.Of(_work.Path)!.Value.Kind.ShouldBe(FileKind.Folder);
        FileStatus.Of(link, follow: false)!.Value.Kind.ShouldBe(FileKind.Link);
        FileStatus.Of("/dev/null")!.Value.Kind.ShouldBe(FileKind.Other);
        FileStatus.Of(file + "?").ShouldBeNull();
        FileStatus.IsSame(file, link).ShouldBeTrue();
        FileStatus.IsSame(file, other).ShouldBeFalse();
    }
}
