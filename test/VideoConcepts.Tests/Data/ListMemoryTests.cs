using System.Text;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

[Collection(nameof(SerialTests))]
public sealed class ListMemoryTests
{
    [Fact]
    public void Read_LongList_KeepsTheTextAndSixteenBytesOfARow()
    {
        const int rows = 50_000;
        using var work = new WorkFolder();
        var text = new StringBuilder();
        for (int i = 0; i < rows; i++) text.Append($"class {i % 40}/video {i:D20},{i % 300},{i % 40}\n");
        string list = work.Write("list.csv", text.ToString());
        text.Clear().Capacity = 0;
        _ = VideoList.Read(list); // what is made once
        long before = GC.GetTotalMemory(forceFullCollection: true);
        IReadOnlyList<VideoEntry> videos = VideoList.Read(list).Videos;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        kept.ShouldBeLessThan(new FileInfo(list).Length + (16 * rows));
        videos.Count.ShouldBe(rows);
        GC.KeepAlive(videos);
    }
}
