using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

[Properties(Replay = "20261126,11", MaxTest = 200)]
public sealed class VideoListPropertyTests : IDisposable
{
    // What csv files, csv readers and shells have a meaning of their own for, line breaks and the null character
    // apart, which Write refuses; words of header rows; letters of more than one byte.
    private static readonly string[] Pieces =
    [
        ",", "\"", "\"\"", "'", ";", "\t", " ", "  ", "#", "=", "@", "+", "-", "\\", "\\n", "|", "%2C", "$(x)", "`",
        "*", "path", "frames", "label", "1", "0.5", "ü", "日本", "\U0001F3A5", "e\u0301", "\u2028", "\u0085", "\u00A0",
        "\u0001", "\uFEFF", "a", "b/c", ".hidden", "...", "~",
    ];

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    private static readonly Gen<string> Names =
        from pieces in Gen.NonEmptyListOf(Gen.Elements(Pieces)).Resize(8)
        from absolute in Gen.Elements("", "/v/")
        let name = absolute + string.Concat(pieces)
        where name.Trim() == name && name.Length > 0
        select name;

    private static readonly Gen<VideoRow[]> Lists =
        from labelled in Gen.Elements(false, true)
        from rows in Gen.NonEmptyListOf(
            from name in Names
            from frames in Gen.Frequency((4, Gen.Choose(0, 500)), (1, Gen.Constant(int.MaxValue)))
            from label in Gen.Frequency((4, Gen.Choose(0, 9)), (1, Gen.Constant(VideoEntry.LargestLabel)))
            select new VideoRow(name, frames, labelled ? label : null)).Resize(6)
        select rows.ToArray();

    [Property]
    public Property Read_OfWhatWasWritten_GivesTheSameRows() => Prop.ForAll(Lists.ToArbitrary(), rows =>
    {
        VideoList.Write(_work["list.csv"], rows);
        VideoList.Read(_work["list.csv"], root: "/root").Videos
            .Select((video, i) => (video.Path, video.FrameCount, video.Label, video.Line))
            .ShouldBe(rows.Select((row, i) => (Path.GetFullPath(row.Path, "/root"), row.FrameCount, row.Label, i + 1)));
        VideoList.ToBytes("list.csv", rows).ShouldBe(File.ReadAllBytes(_work["list.csv"]));
    });
}
