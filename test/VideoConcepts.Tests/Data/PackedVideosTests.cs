using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

public sealed class PackedVideosTests
{
    [Theory]
    [InlineData("/data/set")]
    [InlineData("/")]
    [InlineData("")]
    public void Rows_OfEveryKind_ComeBackAsTheyWere(string folder)
    {
        string[] paths = ["/data/set/a", "/data/settle/b", "/data/set", "/", "/data/set//odd", "/elsewhere/é 空/𝄞",
            "/data/set/a b/c\"d", "/data/set/" + new string('ü', 200), folder.Length == 0 ? "relative/path" : "/data"];
        VideoEntry[] rows = [.. Enumerable.Range(0, 5000).Select(i => new VideoEntry(paths[i % paths.Length], i * 7,
            (i % 3) switch { 0 => null, 1 => 0, _ => VideoEntry.LargestLabel - i }, "list.csv",
            i < 3000 ? i + 2 : 2 * i))];
        PackedVideos packed = Pack(folder, rows);
        packed.ShouldBe(rows); // one after the other
        packed.Count.ShouldBe(rows.Length);
        for (int i = 0; i < rows.Length; i += 499)
        {
            packed[i].ShouldBe(rows[i]);
            packed.ShotsAt(i).Frames.ShouldBe(rows[i].FrameCount);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Row_BeyondTheList_IsNone(int row)
    {
        PackedVideos packed = Pack("/v",
            [.. Enumerable.Range(1, 3).Select(i => new VideoEntry($"/v/{i}", i, null, "list.csv", i))]);
        Should.Throw<ArgumentOutOfRangeException>(() => packed[row]);
        Should.Throw<ArgumentOutOfRangeException>(() => packed.ShotsAt(row).Frames);
    }

    [Fact]
    public void Selection_OfASelection_HasItsRowsAndFrames()
    {
        VideoEntry[] rows = [.. Enumerable.Range(0, 10)
            .Select(i => new VideoEntry($"/v/{i}", i, i, "list.csv", i + 1))];
        (IReadOnlyList<VideoEntry> longer, IReadOnlyList<VideoEntry> others) =
            VideoSelection.Longer(Pack("/v", rows), 3);
        others.ShouldBe(rows[..4]);
        (IReadOnlyList<VideoEntry> even, IReadOnlyList<VideoEntry> odd) =
            VideoSelection.Divide(longer, i => i % 2 == 0);
        even.ShouldBe([rows[4], rows[6], rows[8]]);
        odd[1].ShouldBe(rows[7]);
        VideoSelection.Shots(odd, 2).Frames.ShouldBe(9);
        VideoSelection.Longer(longer, 3).Longer.ShouldBeSameAs(longer); // all of it
    }

    private static PackedVideos Pack(string folder, VideoEntry[] rows)
    {
        var builder = new PackedVideos.Builder("list.csv", folder);
        foreach (VideoEntry row in rows) builder.Add(row.Path, row.FrameCount, row.Label, row.Line);
        builder.Count.ShouldBe(rows.Length);
        return builder.Build();
    }
}
