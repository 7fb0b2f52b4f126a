using Parquet;
using Parquet.Schema;
using VideoConcepts.Evaluation;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>unusual, sample, count and export of libraries that are made by hand.</summary>
public sealed class LibraryAnalysisTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly AnalysisLibrary _made;

    public LibraryAnalysisTests() => _made = new AnalysisLibrary(_work["l.db"]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _made.Dispose();
        _work.Dispose();
    }

    [Fact]
    public void Unusual_InItsCamera_IsWhatOtherVideosOfTheCameraDoNotHave()
    {
        int[] north = [.. Enumerable.Range(1, 6)], south = [.. Enumerable.Range(50, 6)];
        for (int i = 0; i < 4; i++) _made.Add($"north/{i}.mp4", north).Add($"south/{i}.mp4", south);
        // usual in the south; its own second time does not make it usual
        _made.Add("north/odd.mp4", [1, 2, 50, 4, 5, 50]).Add("lonely/x.mp4", 900, 901);
        using MomentLibrary library = _made.Open();
        UnusualResult found = UnusualMoments.Find(library, new() { Neighbours = 3, Top = 2 }, Stop);
        found.Parts.Select(part => (part.Part.Video.Path, part.Group)).Distinct()
            .ShouldBe([("north/odd.mp4", "north")]);
        found.Parts.Select(part => part.Part.Start).Order().ShouldBe([2, 5]);
        found.Groups.ShouldBe(new Dictionary<string, long> { ["north"] = 30, ["south"] = 24 }, ignoreOrder: true);
        (found.Compared, found.Alone).ShouldBe((54, 2));
        UnusualMoments.Find(library, new() { Neighbours = 3, Top = 1, InLibrary = true }, Stop).Parts
            .ShouldHaveSingleItem().Part.Video.Path.ShouldBe("lonely/x.mp4");
    }

    [Theory]
    [InlineData("1", "a", "a")]
    [InlineData("2", "a/b", "a/c")]
    [InlineData("^a/(.)", "b", "c")]
    [InlineData("z", "", "")]
    public void Groups_ByARule_AreNamedByThePath(string rule, string first, string second)
    {
        _made.Add("a/b/1.mp4", 1).Add("a/c/2.mp4", 2);
        using MomentLibrary library = _made.Open();
        library.Videos.Select(VideoGroups.By(rule).Of).ShouldBe([first, second]);
    }

    [Fact]
    public void Groups_ByWhatIsNoPattern_AreRefused() =>
        Should.Throw<BadInputException>(() => VideoGroups.By("(")).Message.ShouldContain("Group");

    [Fact]
    public void Sample_OfClusters_TakesOneOfEach_AndTheSameAgain()
    {
        _made.Add("a.mp4", 1, 1, 1, 2).Add("b.mp4", 2, 2, 3).Add("c.mp4", 1, 1);
        using MomentLibrary library = _made.Open();
        var options = new SampleOptions { Count = 3, Motion = 0, Seed = 5 };
        SampleResult sample = MomentSample.Draw(library, options, Stop);
        sample.Radius.ShouldBe(0, 0.002); // float16
        sample.Moments.Select(moment => moment.Covers).Order().ShouldBe([1, 3, 5]);
        MomentSample.Draw(library, options, Stop).Moments.Select(m => m.Part.Moment.Id)
            .ShouldBe(sample.Moments.Select(m => m.Part.Moment.Id));
        MomentSample.Draw(library, options with { Count = 2 }, Stop).Moments.Select(m => m.Part.Moment.Id)
            .ShouldBe(sample.Moments.Take(2).Select(m => m.Part.Moment.Id));
    }

    [Fact]
    public void Sample_OfMoreThanThereIs_IsAllOfThem_EachOnce()
    {
        _made.Add("a.mp4", 1, 1, 1).Add("b.mp4", 1, 1);
        using MomentLibrary library = _made.Open();
        MomentSample.Draw(library, new() { Count = 50 }, Stop).Moments.Select(m => m.Part.Moment.Id).Order()
            .ShouldBe([1, 2, 3, 4, 5]);
        MomentSample.Draw(library, new() { Count = 50, OnePerVideo = true }, Stop).Moments
            .Select(m => m.Part.Video.Path).Order().ShouldBe(["a.mp4", "b.mp4"]);
    }

    [Fact]
    public void Count_OfAConcept_IsHowOftenItLeadsInEachBin()
    {
        _made.Add("a.mp4", [1, 2, 3, 4, 5, 6], VideoKind.File, i => i < 2 ? 3 : 1).Add("b.mp4", 7, 8);
        using MomentLibrary library = _made.Open();
        CountResult counted = ConceptCounts.Count(library, new() { Concept = "static:3", Bin = 3 }, Stop);
        // middles are at 1, 2 … 6 seconds
        counted.Bins.Select(bin => (bin.Video.Path, bin.Start, bin.Moments, bin.Count)).ShouldBe(
            [("a.mp4", 0, 2, 2), ("a.mp4", 3, 3, 0), ("a.mp4", 6, 1, 0), ("b.mp4", 0, 2, 0)]);
        (counted.Moments, counted.Count).ShouldBe((8, 2));
        ConceptCounts.Count(library, new() { Concept = "dynamic:1", Video = "a.mp4" }, Stop).Count.ShouldBe(4);
        CountPicture.Draw(counted, "static:3").Take(4).ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
    }

    [Theory]
    [InlineData("static:4", null, null, "static:0 to static:3")]
    [InlineData("moving:1", null, null, "dynamic:0")]
    [InlineData(null, "far", null, "near")]
    [InlineData("static:1", null, "none.mp4", "none.mp4")]
    [InlineData("static:1", "near", null, "either")]
    public void Count_OfWhatIsNotThere_IsRefused(string? concept, string? tag, string? video, string says)
    {
        _made.Add("near/a.mp4", 1);
        using MomentLibrary library = _made.Open();
        Should.Throw<BadInputException>(() => ConceptCounts.Count(library,
            new() { Concept = concept, Tag = tag, Video = video }, Stop)).Message.ShouldContain(says);
    }

    [Fact]
    public void Export_AsNpy_HasARowForEachMoment_InTheTablesOrder()
    {
        _made.Add("a, \"b\".mp4", 1, 2, 3).Add("c.mp4", [.. Enumerable.Range(5, 300)]);
        using MomentLibrary library = _made.Open();
        ExportResult written = LibraryExport.Write(library, new()
        {
            Folder = _work["out"],
            Parts = ["look", "motion", "features", "scores"],
        }, Stop);
        written.Moments.ShouldBe(303);
        (FileStream file, long rows, int columns) = NpyFile.Open(_work["out/motion.npy"]);
        file.Dispose();
        (rows, columns).ShouldBe((303L, AnalysisLibrary.Look + AnalysisLibrary.Concepts));
        string[] table = File.ReadAllLines(_work["out/moments.csv"]);
        table.Length.ShouldBe(304);
        table[1].ShouldBe("1,\"a, \"\"b\"\".mp4\",,0,7,0,2");
        LibraryExport.Write(library, new() { Folder = _work["out"], Parts = ["look"] }, Stop);
        Directory.GetFiles(_work["out"]).Select(Path.GetFileName).Order().ShouldBe(
            ["export.json", "look.npy", "moments.csv"]); // what the one before had more is gone
    }

    [Fact]
    public async Task Export_AsParquet_IsReadBackTheSame()
    {
        _made.Add("x/a.mp4", [.. Enumerable.Range(5, 300)]).Add("b.mp4", 1, 2);
        using MomentLibrary library = _made.Open();
        LibraryExport.Write(library, new() { Folder = _work["out"], Format = "parquet", Parts = ["look"] }, Stop);
        await using ParquetReader reader = await ParquetReader.CreateAsync(_work["out/moments.parquet"],
            cancellationToken: Stop);
        reader.Schema.Fields.Select(field => field.Name).ShouldBe(
            ["id", "video", "tag", "first_frame", "last_frame", "start", "end", "look"]);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        group.RowCount.ShouldBe(302);
        DataField field = reader.Schema.DataFields[^1];
        float[] look = new float[302 * AnalysisLibrary.Look];
        int[] depth = new int[look.Length], there = new int[look.Length];
        await group.ReadRawAsync<float>(field, look, there, depth, Stop);
        look.ShouldBe(library.Store.Blocks(MomentParts.Vectors).SelectMany(block => block.Look));
        depth.Count(d => d == 0).ShouldBe(302); // where a list begins
    }

    [Fact]
    public void Export_OverAStrangersFile_IsRefused()
    {
        _made.Add("a.mp4", 1);
        using MomentLibrary library = _made.Open();
        _work.Write("out/moments.csv", "mine");
        Should.Throw<BadInputException>(() => LibraryExport.Write(library, new() { Folder = _work["out"] }, Stop))
            .Message.ShouldContain("moments.csv");
        Directory.GetFiles(_work["out"]).ShouldHaveSingleItem();
    }

    [Fact]
    public void Open_OfALibraryWithoutMoments_IsRefused() =>
        Should.Throw<BadInputException>(() => _made.Open()).Message.ShouldContain("nothing in this library");

    [Fact]
    public void Cut_OfFramesAndMissingFiles_WritesTimesAlone_AndNamesWhy()
    {
        _made.Add("gone.mp4", 1, 2).Add("frames", [1, 2], VideoKind.Frames).Add("q.mp4", 1, 2);
        using MomentLibrary library = _made.Open();
        SearchResult found = library.Search(new() { Moment = 5, Motion = 0, Top = 2 }, Stop);
        CutResult cut = HitCutting.Cut(library, found.Hits, _work["clips"], stop: Stop);
        cut.Clips.ShouldBeEmpty();
        cut.LeftOut.Select(left => left.Reason).Order().First().ShouldContain("list of frames");
        File.ReadAllLines(cut.Table).Length.ShouldBe(3);
        File.ReadAllText(cut.EditList).ShouldContain("00:00:00:00 00:00:0");
        File.WriteAllText(_work["clips/hits.edl"], "mine");
        Should.Throw<BadInputException>(() => HitCutting.Cut(library, found.Hits, _work["clips"], stop: Stop));
    }
}
