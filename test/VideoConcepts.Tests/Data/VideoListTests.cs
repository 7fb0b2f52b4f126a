using System.Text;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

public sealed class VideoListTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private string File => _work["list.csv"];

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Read_WithARootWithoutAName_IsRefused(string root) =>
        Should.Throw<BadInputException>(() => Read("a,5\n", root)).Message.ShouldBe(
            "Root is empty: name a folder or leave the option out.");

    [Theory]
    [InlineData("/v/a,30\n/v/b,40\n", "plain")]
    [InlineData("/v/a,30\n/v/b,40", "no line end at the end")]
    [InlineData("/v/a,30\r\n/v/b,40\r\n", "CRLF")]
    [InlineData("\uFEFF/v/a,30\n/v/b,40\n", "byte order mark")]
    [InlineData("\uFEFF\"/v/a\",\"30\"\r\n\"/v/b\",\"40\"\r\n", "byte order mark and quotes")]
    [InlineData("  /v/a , 30\t\n \"/v/b\" ,40  \n", "spaces around fields")]
    [InlineData("/v/a/,30\n/v/b//,40\n", "trailing slash")]
    [InlineData("/v/a,30,\n/v/b,40,\n", "empty last field")]
    [InlineData("/v/x/../a,30\n/v/./b,40\n", "dots in paths")]
    [InlineData("/v/a 30\n/v/b 40\n", "spaces between fields")]
    [InlineData(" /v/a  30 \r\n/v/b   40\r\n", "several spaces")]
    [InlineData("/v/a\t30\n/v/b\t40\n", "tabs")]
    public void Read_EveryUsualSpelling_GivesTheSameVideos(string text, string _)
    {
        VideoEntry[] expected = [new("/v/a", 30, null, File, 1), new("/v/b", 40, null, File, 2)];
        Read(text).Videos.ShouldBe(expected);
    }

    [Theory]
    [InlineData("path,frames\n\n/v/a,30\n")]
    [InlineData("\n  \npath,number_of_frames\n/v/a,30\n", 4)]
    [InlineData("\"Video\",\"n\"\n\n/v/a,30\n")]
    [InlineData("where,Frames\n,\n/v/a,30\n")]
    [InlineData("dir nframes\n\n/v/a 30\n")]
    [InlineData("\r\n \t \r\n/v/a,30\r\n\r\n")]
    public void Read_HeaderAndBlankLines_AreSkippedAndCounted(string text, int line = 3) =>
        Read(text).Videos.ShouldBe([new VideoEntry("/v/a", 30, null, File, line)]);

    [Theory]
    [InlineData("/v/a,30,0\n/v/b,40,7\n")]
    [InlineData("path,frames,label\n/v/a,30,0\n/v/b,40,7\n")]
    [InlineData("/v/a 30 0\n/v/b 40 7\n")]
    public void Read_LabelledList_GivesLabels(string text)
    {
        VideoList list = Read(text, requireLabels: true);
        list.File.ShouldBe(File);
        list.Videos.Select(video => (video.FrameCount, video.Label)).ShouldBe([(30, 0), (40, 7)]);
    }

    [Theory]
    [InlineData("label,path,frames\n1,/v/a,30\n2,/v/b,40\n")]
    [InlineData("frames,label,path\n30,1,/v/a\n40,2,/v/b\n")]
    [InlineData("Num_Frames Class-ID Video\n30 1 /v/a\n40 2 /v/b\n")]
    [InlineData("path,split,frames,fps,label\n/v/a,train,30,25,1\n/v/b,test,40,25,2\n")]
    [InlineData("where,label,frames\n/v/a,1,30\n/v/b,2,40\n")]
    public void Read_HeaderInAnyOrder_IsReadByName(string text) =>
        Read(text, requireLabels: true).Videos.Select(v => (v.Path, v.FrameCount, v.Label, v.Line))
            .ShouldBe([("/v/a", 30, 1, 2), ("/v/b", 40, 2, 3)]);

    [Fact]
    public void Read_NamesWithSpecialCharacters_AreKept()
    {
        string[] names = ["/v/a,b", "/v/say \"x\"", "/v/brush hair (1)!#&", "/v/ünï"];
        Read("\"/v/a,b\",1\n\"/v/say \"\"x\"\"\",1\n/v/brush hair (1)!#&,1\n/v/ünï,1\n")
            .Videos.Select(video => video.Path).ShouldBe(names);
        Read("\"/v/a,b\" 1\n\"/v/say \"\"x\"\"\" 1\n\"/v/brush hair (1)!#&\" 1\n/v/ünï 1\n")
            .Videos.Select(video => video.Path).ShouldBe(names);
    }

    [Fact]
    public void Read_RelativePaths_StartFromTheListOrTheRoot()
    {
        const string text = "train/a,30\n/v/b,40\n../c,50\n";
        string above = Path.GetDirectoryName(_work.Path)!;
        Read(text).Videos.Select(video => video.Path)
            .ShouldBe([_work["train/a"], "/v/b", Path.Combine(above, "c")]);
        Read(text, root: "/data/x").Videos.Select(video => video.Path)
            .ShouldBe(["/data/x/train/a", "/v/b", "/data/c"]);
    }

    [Theory]
    [InlineData("", null, "no videos")]
    [InlineData("\n \n", null, "no videos")]
    [InlineData("path,frames\n", null, "no videos")]
    [InlineData("/v/a,30\n\n/v/b\n", 3, "only one field")]
    [InlineData("/v/a,30\n/v/b 40\n", 2, "only one field")]
    [InlineData("/v/a 30\n/v/b,40\n", 2, "only one field")]
    [InlineData("/v/a,30\n,40\n", 2, "path is empty")]
    [InlineData("/v/a,30\n/v/b,\n", 2, "only one field")]
    [InlineData("/v/a,30\n/v/b,4O\n", 2, "'4O', is not a whole number")]
    [InlineData("/v/a,3O\n/v/b,40\n", 1, "'3O', is not a whole number")]
    [InlineData("/v/a,30\n/v/b,4.5\n", 2, "is not a whole number")]
    [InlineData("/v/a,30\n/v/b,99999999999\n", 2, "is not a whole number")]
    [InlineData("/v/a,30\r\n/v/b,-1\r\n", 2, "number of frames is negative")]
    [InlineData("/v/a,30,0\n/v/b,40,-2\n", 2, "label is negative")]
    [InlineData("/v/a,30,0\n/v/b,40,x\n", 2, "the label, 'x'")]
    [InlineData("/v/a,30,0\n\n/v/b,40\n", 3, "no label, but the row of line 1 has one")]
    [InlineData("/v/a,30\n/v/b,40,0\n", 2, "a label, but the row of line 1 has none")]
    [InlineData("/v/a,30\n/v,b,40,0\n", 2, "quotes around a path that holds commas")]
    [InlineData("/v/a 30 0\n/v/b c 40 0\n", 2, "quotes around a path that holds spaces")]
    [InlineData("/v/a,30\n\"/v/b,40\n/v/c,50\n", 2, "close the quote")]
    [InlineData("/v/a,30\n/v/\"b\",40\n", 2, "a quote")]
    [InlineData("file,label\n/v/a,30\n", 1,
        "the columns are file,label, and none says the number of frames; call that column frames")]
    [InlineData("label,youtube_id,time_start\n0,x,30\n", 1, "none says where the frames are")]
    [InlineData("path,fps,start\n/v/a,30,1\n", 1, "none says the number of frames")]
    [InlineData("path,frames,num_frames\n/v/a,30,31\n", 1,
        "two of them say the number of frames, frames and num_frames")]
    [InlineData("path,frames,label,class\n/v/a,30,0,1\n", 1, "two of them say the label")]
    [InlineData("path,frames,split\n/v/a,30,train,0\n", 2, "4 fields, but the header row names 3")]
    [InlineData("label,path,frames\n0,/v/a\n", 2, "the number of frames, '', is not")]
    [InlineData("/v/a,30,0\n/v/b,40,2147483647\n", 2, "the label is 2147483647, and the largest is 32767")]
    [InlineData("/v/a,30,32768\n", 1, "the label is 32768, and the largest is 32767")]
    [InlineData("/v/a,30\npath,frames\n", 2, "'frames', is not a whole number")]
    [InlineData("/v/a,30\n/v/\0b,40\n", 2, "not a path")]
    public void Read_BadList_SaysLineAndRemedyOnOneLine(string text, int? line, string what)
    {
        string message = Should.Throw<BadInputException>(() => Read(text)).Message;
        message.ShouldStartWith(line is null ? $"{File}: " : $"{File}:{line}: ");
        message.ShouldContain(what);
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void Read_LabelsNeededButMissing_SaysSo() =>
        Should.Throw<BadInputException>(() => Read("path,frames\n/v/a,30\n", requireLabels: true))
            .Message.ShouldBe(
                $"{File}:2: the row has no label, and labels are needed here; use a list of path,frames,label");

    [Fact]
    public void Read_MissingFile_NamesIt() =>
        Should.Throw<BadInputException>(() => VideoList.Read("nowhere/list.csv"))
            .Message.ShouldStartWith("nowhere/list.csv: there is no such file");

    [Fact]
    public void Read_FileThatIsNotUtf8_SaysSo()
    {
        System.IO.File.WriteAllBytes(File, Encoding.Latin1.GetBytes("/v/\u00e9,30\n"));
        Should.Throw<BadInputException>(() => VideoList.Read(File)).Message.ShouldContain("not UTF-8");
    }

    [Fact]
    public void Write_ThenRead_GivesTheSameRows()
    {
        VideoRow[] rows = [new("/v/a", 30, 0), new("/v/a,b \"c\"", 0, 3), new("/v/#x (1)!&", 7, 101)];
        VideoList.Write(File, rows);
        VideoList.Read(File).Videos.Select(video => new VideoRow(video.Path, video.FrameCount, video.Label))
            .ShouldBe(rows);
        System.IO.File.ReadAllText(File).ShouldBe("/v/a,30,0\n\"/v/a,b \"\"c\"\"\",0,3\n/v/#x (1)!&,7,101\n");
    }

    [Theory]
    [InlineData("", 1, null)]
    [InlineData("two\nlines", 1, null)]
    [InlineData(" space", 1, null)]
    [InlineData("/v/b", -1, null)]
    [InlineData("/v/b", 1, -1)]
    [InlineData("/v/b", 1, 32_768)]
    [InlineData("/v/b", 1, 1)]
    public void Write_RowThatAListCannotHold_LeavesTheOldListAlone(string path, int frames, int? label)
    {
        VideoList.Write(File, [new("/v/old", 30)]);
        Should.Throw<BadInputException>(() => VideoList.Write(File, [new("/v/a", 30), new(path, frames, label)]))
            .Message.ShouldStartWith($"{File}:2: ");
        AssertOldListAlone();
    }

    [Fact]
    public void Write_NoRowsOrFailingRows_LeavesTheOldListAlone()
    {
        VideoList.Write(File, [new("/v/old", 30)]);
        Should.Throw<BadInputException>(() => VideoList.Write(File, [])).Message.ShouldContain("no videos");
        Should.Throw<TimeoutException>(() => VideoList.Write(File, Failing()));
        AssertOldListAlone();

        static IEnumerable<VideoRow> Failing()
        {
            yield return new("/v/a", 30);
            throw new TimeoutException();
        }
    }

    private void AssertOldListAlone()
    {
        System.IO.File.ReadAllText(File).ShouldBe("/v/old,30\n");
        Directory.GetFiles(_work.Path).ShouldBe([File]);
    }

    private VideoList Read(string text, string? root = null, bool requireLabels = false)
    {
        System.IO.File.WriteAllText(File, text, new UTF8Encoding(false));
        return VideoList.Read(File, root, requireLabels);
    }
}
