using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkiaSharp;
using VideoConcepts.Explorer;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Libraries by models of other makers: of four videos two are red and two are blue, and in one of each
/// brightness rises.</summary>
public sealed class OnnxLibraryTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public OnnxLibraryTests()
    {
        OnnxModels.Register();
        foreach ((string name, SKColor colour, int rise) in ((string, SKColor, int)[])[("red-rises", SKColors.Red, 1),
            ("red-falls", SKColors.Red, -1), ("blue-rises", SKColors.Blue, 1), ("blue-falls", SKColors.Blue, -1)])
            for (int i = 0; i < 8; i++)
            {
                using var bitmap = new SKBitmap(20, 16);
                float light = 0.6f + (0.05f * rise * ((i % TinyOnnx.Frames) - 1.5f));
                bitmap.Erase(new SKColor((byte)(colour.Red * light), 0, (byte)(colour.Blue * light)));
                using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
                File.WriteAllBytes(_work.NewFile($"frames/{name}/image_{i + 1:D5}.jpg"), jpeg.ToArray());
            }
        _work.Write("frames/list.csv", "red-rises,8\nred-falls,8\nblue-rises,8\nblue-falls,8\n");
    }

    private IndexOptions Options => new()
    {
        Library = _work["l.db"],
        Lists = [_work["frames/list.csv"]],
        Model = _work["m.onnx"],
        Step = TinyOnnx.Frames,
        Strip = 16,
        Workers = 1,
    };

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Index_ByOneOutput_FindsWhatLooksAlike()
    {
        TinyOnnx.Write(_work["m.onnx"], "NCHW");
        VideoIndex.Build(Options with { Input = new() { Frames = TinyOnnx.Frames } }, stop: Stop).Moments.ShouldBe(8);
        using MomentLibrary library = MomentLibrary.Open(_work["l.db"]);
        (library.Header.LookSize, library.Header.MotionSize, library.Header.Frames).ShouldBe((3, 0, TinyOnnx.Frames));
        SearchResult found = library.Search(new() { Moment = First("red-rises"), Top = 3 }, Stop);
        found.Hits.Select(hit => hit.Video.Path).First().ShouldBe("red-falls");
        found.Hits[0].Motion.ShouldBeNull();
        found.Hits[0].Similarity.ShouldBe(found.Hits[0].Look, 1e-6);
        found.Hits[0].Look.ShouldBeGreaterThan(0.99);
        found.Hits[^1].Look.ShouldBeLessThan(0.5);

        foreach (double motion in (double[])[0.5, 1])
            foreach (Action refused in (Action[])[
                () => library.Search(new() { Moment = 1, Motion = motion }, Stop),
                () => MomentSample.Draw(library, new() { Count = 2, Motion = motion }, Stop),
                () => UnusualMoments.Find(library, new() { Motion = motion }, Stop),
                () => DuplicateMoments.Find(library, new() { Motion = motion }, Stop)])
                Should.Throw<BadInputException>(refused).Shown().ShouldContain("give --motion 0, look alone");
        MomentSample.Draw(library, new() { Count = 2 }, Stop).Moments.Count.ShouldBe(2);
        UnusualMoments.Find(library, new() { InLibrary = true, Neighbours = 1 }, Stop).Compared.ShouldBe(8);
        DuplicateMoments.Find(library, stop: Stop).Compared.ShouldBe(8);
        LibraryExport.Write(library, new() { Folder = _work["out"] }, Stop).Files.Select(Path.GetFileName)
            .ShouldBe(["look.npy", "moments.csv", "export.json"]);
        Should.Throw<BadInputException>(() => LibraryExport.Write(library,
            new() { Folder = _work["out"], Parts = ["motion"] }, Stop)).Shown().ShouldContain("--parts motion");
    }

    [Fact]
    public void Index_ByTwoOutputs_FindsWhatMovesAlike()
    {
        TinyOnnx.Write(_work["m.onnx"], "NTCHW", motion: true, bytes: true);
        VideoIndex.Build(Options, stop: Stop).Moments.ShouldBe(8);
        using MomentLibrary library = MomentLibrary.Open(_work["l.db"]);
        library.Header.MotionSize.ShouldBe(TinyOnnx.Frames);
        string Best(double motion) => library.Search(new() { Moment = First("red-rises"), Motion = motion, Top = 1 },
            Stop).Hits[0].Video.Path;
        (Best(0), Best(1)).ShouldBe(("red-falls", "blue-rises"));
    }

    [Fact]
    public void Index_AgainWithMoreVideosOrAnew_UsesTheSameInput()
    {
        TinyOnnx.Write(_work["m.onnx"], "NTCHW", free: "TC");
        var input = new ModelInput { Frames = TinyOnnx.Frames, Layout = "NTCHW", Mean = "0,0,0" };
        VideoIndex.Build(Options with { Library = _work["whole.db"], Input = input }, stop: Stop);
        string part = _work.Write("frames/part.csv", "blue-falls,8\n");
        VideoIndex.Build(Options with { Lists = [part], Input = input }, stop: Stop).Indexed.ShouldBe(1);
        IndexOptions more = Options with { Model = null, Step = null, Strip = null };
        VideoIndex.Build(more, stop: Stop).Indexed.ShouldBe(3);
        Blocks(_work["l.db"]).ShouldBe(Blocks(_work["whole.db"]), ignoreOrder: true);
        Should.Throw<BadInputException>(() => VideoIndex.Build(more with { Input = new() { Mean = "0,0,1" } },
            stop: Stop)).Shown().ShouldContain("this library has --mean 0,0,0, not 0,0,1");

        // made anew, by its model and with its input, but for what is said otherwise
        VideoIndex.Build(more with { Reindex = true, Step = 2, Strip = 16 }, stop: Stop).Header.Input
            .ShouldBe(new ModelInput
            {
                Frames = TinyOnnx.Frames,
                Size = TinyOnnx.Size,
                Layout = "NTCHW",
                Mean = "0,0,0",
                Std = "0.229,0.224,0.225",
                Outputs = "colours",
            });
        TinyOnnx.Write(_work["m.onnx"], "NTCHW", free: "TC", change: model => model.ProducerName = "another");
        Should.Throw<BadInputException>(() => VideoIndex.Build(more, stop: Stop)).Shown()
            .ShouldContain("no longer the model");
    }

    [Fact]
    public void Header_OfAModelOfThisProgram_IsWrittenAsBefore() =>
        JsonSerializer.Serialize(TinyLibrary.Header()).ShouldNotContain("Input");

    [Fact]
    public void ApproximateIndex_OfLookAlone_FindsTheNearest()
    {
        TinyOnnx.Write(_work["m.onnx"], "NCHW");
        VideoIndex.Build(Options with { Input = new() { Frames = TinyOnnx.Frames }, Approximate = 1 }, stop: Stop)
            .Recall.ShouldBe(1);
        using MomentLibrary library = MomentLibrary.Open(_work["l.db"]);
        SearchResult found = library.Search(new() { Moment = First("red-rises"), Top = 1 }, Stop);
        (found.Hits[0].Video.Path, found.Recall).ShouldBe(("red-falls", 1));
    }

    [Fact]
    public async Task Explorer_OfLookAlone_AnswersAllThatItShowsAndRefusesMotion()
    {
        TinyOnnx.Write(_work["m.onnx"], "NCHW");
        VideoIndex.Build(Options with { Input = new() { Frames = TinyOnnx.Frames } }, stop: Stop);
        await using ExplorerServer server = await ExplorerServer.StartAsync(
            new ExplorerOptions { Library = _work["l.db"], Port = 0 }, stop: Stop);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address, "/api/") };
        (await Get("library"))["motion"]!.GetValue<bool>().ShouldBeFalse();
        JsonNode hit = (await Get($"search?moment={First("red-rises")}"))["hits"]![0]!;
        hit["path"]!.ToString().ShouldBe("red-falls");
        hit["motionSimilarity"].ShouldBeNull();
        foreach (string path in (string[])["concepts", "videos", "unusual?all=true", "search?moment=1&motion=0"])
            await Get(path);
        foreach (string path in (string[])["points", "map?by=look"])
            (await client.GetAsync(new Uri(path, UriKind.Relative), Stop)).IsSuccessStatusCode.ShouldBeTrue(path);
        foreach (string path in (string[])["search?moment=1&motion=0.5", "unusual?motion=1", "map?by=both",
            "map?by=motion"])
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("nothing of motion");
        }

        client.DefaultRequestHeaders.Add("X-VideoConcepts", "1");
        (await Post("tags", """{ "tag": "red", "moments": [1, 2] }""")).IsSuccessStatusCode.ShouldBeTrue();
        foreach (string part in (string[])["static", "both"])
            (await Post("tags/rank", $$"""{ "tag": "red", "part": "{{part}}" }""")).IsSuccessStatusCode
                .ShouldBeTrue(part);
        HttpResponseMessage ranked = await Post("tags/rank", """{ "tag": "red", "part": "dynamic" }""");
        ranked.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ranked.Content.ReadAsStringAsync(Stop)).ShouldContain("nothing of motion");

        Task<HttpResponseMessage> Post(string path, string json) => client.PostAsync(new Uri(path, UriKind.Relative),
            new StringContent(json, Encoding.UTF8, "application/json"), Stop);

        async Task<JsonNode> Get(string path) =>
            JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Stop))!;
    }

    private long First(string video)
    {
        using SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]);
        return store.MomentsOf(store.Videos().Single(v => v.Path == video).Id)[0].Id;
    }

    private static List<string> Blocks(string library)
    {
        using SqliteMomentStore store = SqliteMomentStore.Open(library);
        Dictionary<long, string> paths = store.Videos().ToDictionary(v => v.Id, v => v.Path);
        return [.. store.Blocks(MomentParts.Vectors).Select(block =>
            $"{paths[block.VideoId]} {string.Join(' ', block.Look)}")];
    }
}
