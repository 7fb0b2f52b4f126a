using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

public sealed class VideoContentsTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly WorkFolder _work = new();

    private string Kept => _work[".list.csv.contents"];

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Of_CopiesAndLinks_AreTheSameVideo()
    {
        TinyFrames.Write(_work, "a", 6);
        TinyFrames.Write(_work, "other", 6);
        TinyFrames.Write(_work, "longer", 7);
        Directory.CreateSymbolicLink(_work["link"], "a");
        Directory.CreateSymbolicLink(_work["whole"], ".");
        Copy("a", "copy");
        int[] numbers = Numbers("a,6", "copy,6", "link,5", "whole/link,6", "a,6", "other,6", "longer,7", "gone,6",
            "whole/gone,6");
        numbers[..5].ShouldAllBe(n => n == numbers[0]);
        numbers[5..].ShouldBe([1, 2, 3, 3]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)] // the middle one of six
    [InlineData(6, true)]
    [InlineData(2, false)]
    public void Of_OtherBytesOfTheSameLength_ShowInTheFirstMiddleAndLastFrame(int frame, bool another)
    {
        TinyFrames.Write(_work, "a", 6);
        Copy("a", "copy");
        string path = _work[$"copy/image_{frame:D5}.jpg"];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Numbers("a,6", "copy,6").Distinct().Count().ShouldBe(another ? 2 : 1);
        File.AppendAllText(path, "x"); // any frame's length
        Numbers("a,6", "copy,6").Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Kept_WhatWasFound_IsUsedAsLongAsListAndFoldersAreAsTheyWere()
    {
        TinyFrames.Write(_work, "a", 6);
        VideoList list = VideoList.Read(_work.Write("list.csv", "a,6\n"));
        string first = Identity(list);
        first.ShouldNotBe(_work["a"]);
        File.Exists(Kept).ShouldBeTrue();
        // What is kept says, with a right checksum, that this folder holds another video: it is believed once it is
        // older than the clock's tick.
        string lie = new('e', 64), text = string.Join('\n', File.ReadAllLines(Kept)[..^1]).Replace(first, lie) + "\n";
        void Forge(string what) => File.WriteAllText(Kept, what + FileHash.OfText(what) + "\n");
        Forge(text);
        Identity(list).ShouldBe(first, "too fresh");
        Forge(Aged(text));
        Identity(list).ShouldBe(first, "of other times");
        File.WriteAllText(Kept, text);
        Identity(list).ShouldBe(first, "no checksum");
        foreach (string nonsense in (string[])["", "x", "\n\n\n",
            $"videoconcepts contents 1 {FileHash.Of(list.File)}\na\tb\n"])
        {
            Forge(nonsense);
            Identity(list).ShouldBe(first);
        }
        File.Delete(Kept);
        Directory.CreateDirectory(Kept);
        Identity(list).ShouldBe(first, "it cannot be kept");
    }

    [Fact]
    public void Kept_BesideAListThatChanged_CountsAsNone()
    {
        TinyFrames.Write(_work, "a", 6);
        VideoList list = VideoList.Read(_work.Write("list.csv", "a,6\n"));
        string first = Identity(list), before = File.ReadAllText(Kept);
        File.AppendAllText(list.File, "b,6\n");
        Identity(VideoList.Read(list.File)).ShouldBe(first);
        File.ReadAllText(Kept).ShouldNotBe(before);
        File.ReadAllText(Kept).ShouldStartWith($"videoconcepts contents 1 {FileHash.Of(list.File)}\n");
    }

    [Fact]
    public void Find_ARecord_IsBelievedOnlyIfItsFolderIsAsItWas()
    {
        TinyFrames.Write(_work, "a", 6);
        VideoList list = VideoList.Read(_work.Write("list.csv", "a,6\n"));
        string folder = _work["a"], first = Identity(list);
        // A clock that is two seconds ahead for the file that keeps.
        KeptContents Later() => KeptContents.Read(list.File, 3_000_000_000);
        Later().Find(folder).ShouldBe(first);
        KeptContents.Read(list.File).Find(folder).ShouldBeNull();
        string frame = _work["a/image_00004.jpg"];
        byte[] bytes = File.ReadAllBytes(frame);
        bytes[0] ^= 1;
        File.WriteAllBytes(frame, bytes);
        File.SetLastWriteTimeUtc(frame, LongAgo);
        Later().Find(folder).ShouldBeNull("a frame was written over, its time set back");
        Identity(list).ShouldNotBe(first);
        Later().Find(folder).ShouldNotBeNull();
        File.WriteAllText(_work["a/image_00009.jpg"], "x");
        Later().Find(folder).ShouldBeNull("there is one more");
    }

    private static string Aged(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Split('\t') is [var h, var f, _, var s, var d]
            ? $"{h}\t{f}\t5\t{s}\t{d}" : line));

    private static string Identity(VideoList list) =>
        VideoContents.Of([list.Videos], stop: TestContext.Current.CancellationToken).Of(list.Videos[0]);

    private int[] Numbers(params string[] rows)
    {
        VideoList list = VideoList.Read(_work.Write("list.csv", string.Join('\n', rows)));
        return VideoContents.Of([list.Videos], stop: TestContext.Current.CancellationToken).Numbers(list.Videos)[0];
    }

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(_work[to]);
        foreach (string frame in Directory.GetFiles(_work[from]))
            File.Copy(frame, Path.Combine(_work[to], Path.GetFileName(frame)));
    }
}
