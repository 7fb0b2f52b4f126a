using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using VideoConcepts.Search;
using VideoConcepts.Tests.Search;

namespace VideoConcepts.Tests.Explorer;

/// <summary>What the pages ask for.</summary>
public sealed class ExplorerApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Library_AndConcepts_SayWhatIsThere()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        JsonNode about = await explored.GetAsync("library");
        (Number(about["videos"]), Number(about["moments"]), Number(about["concepts"])).ShouldBe((6, 48, 4));
        about["classes"]!.AsArray().Select(c => c!.ToString()).ShouldBe(["day", "night"]);
        JsonNode all = await explored.GetAsync("concepts");
        foreach (string kind in (string[])["static", "dynamic"])
            all[kind]!.AsArray().Sum(c => Number(c!["moments"])).ShouldBe(48);
        all["table"]!["counts"]!.AsArray().Sum(row => row!.AsArray().Sum(Number)).ShouldBe(48);
        JsonNode first = all["static"]![0]!;
        // not of one video alone
        first["strongest"]!.AsArray().Select(m => Number(m!["video"])).Distinct().Count().ShouldBe(3);
        first["classes"]![0]!["name"]!.ToString().ShouldBe("day");
        JsonNode its = await explored.GetAsync("concepts/static/0/moments?take=5");
        (Number(its["total"]), its["moments"]!.AsArray().Count).ShouldBe((Number(first["moments"]), 5));
        byte[] points = await explored.Client.GetByteArrayAsync(new Uri("api/points", UriKind.Relative), Stop);
        (BitConverter.ToInt32(points), points.Length).ShouldBe((48, 4 + (48 * 26)));
    }

    [Fact]
    public async Task OpenApi_NamesEveryPath()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        JsonObject paths = (await explored.GetAsync("openapi.json"))["paths"]!.AsObject();
        foreach (string path in (string[])["/api/library", "/api/concepts", "/api/search", "/api/queries", "/api/map",
            "/api/videos/{id}/file", "/api/tags/rank", "/api/changes/{id}/undo"])
            paths.ContainsKey(path).ShouldBeTrue(path);
    }

    [Fact]
    public async Task Export_OfTaggedFrames_IsALabelledList()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        await explored.SendAsync(HttpMethod.Post, "tags",
            new { tag = "rain", parts = (object[])[new { video = 6, start = 0, end = 9 }] });
        await explored.SendAsync(HttpMethod.Post, "tags", new { tag = "dry", moments = (long[])[1, 41] });
        byte[] bytes = await explored.Client.GetByteArrayAsync(new Uri("api/export/labelled.zip", UriKind.Relative),
            Stop);
        await using var zip = new ZipArchive(new MemoryStream(bytes));
        (await Text("classes.txt")).ShouldBe("dry\nrain\n");
        // of the one video of frames most has the tag rain; files of videos are no lists of frames
        (await Text("labelled.csv")).ShouldBe($"{explored.Work["night/5.mp4"]},36,1\n");

        async Task<string> Text(string name)
        {
            using var reader = new StreamReader(await zip.GetEntry(name)!.OpenAsync(Stop));
            return await reader.ReadToEndAsync(Stop);
        }
    }

    [Fact]
    public async Task Search_ByAMoment_FollowsTheSliderAndTheFilters()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        JsonNode found = await explored.GetAsync("search?moment=3&motion=0&top=5");
        JsonNode best = found["hits"]![0]!;
        best["path"]!.ToString().ShouldNotBe("day/0.mp4"); // not its own video
        best["path"]!.ToString().ShouldStartWith("day/");
        Paths(await explored.GetAsync("search?moment=3&within=true&motion=0"))[0].ShouldBe("day/0.mp4");
        Paths(await explored.GetAsync("search?moment=3&class=night")).ShouldAllBe(path => path.StartsWith("night/"));
        Paths(await explored.GetAsync("search?moment=3&video=3")).Distinct().ShouldBe(["day/2.mp4"]);
        Paths(await explored.GetAsync("search?moment=3&class=none")).ShouldBeEmpty();
        Paths(await explored.GetAsync("search?concept=dynamic:1")).ShouldNotBeEmpty();
        (await explored.GetAsync("search?moment=3&from=3&to=4"))["hits"]!.AsArray()
            .ShouldAllBe(hit => (double)hit!["start"]! <= 4 && (double)hit["end"]! >= 3);

        static List<string> Paths(JsonNode found) =>
            [.. found["hits"]!.AsArray().Select(hit => hit!["path"]!.ToString())];
    }

    [Fact]
    public async Task Tags_AreGivenRenamedTakenAwayAndUndone_AndOutliveTheExplorer()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        (int status, JsonNode? said) = await explored.SendAsync(HttpMethod.Post, "tags",
            new { tag = "  train\u0007 ", moments = (long[])[1, 2, 9] });
        status.ShouldBe(200);
        (await Tagged("train")).ShouldBe([1, 2, 9]); // not their neighbours, which they overlap
        long renamed = (long)(await explored.SendAsync(HttpMethod.Post, "tags/rename",
            new { from = "train", to = "<b>rail" })).Body!["change"]!;
        (await Tagged("<b>rail")).ShouldBe([1, 2, 9]);
        await explored.SendAsync(HttpMethod.Delete, "tags", new { tag = "<b>rail", moments = (long[])[2] });
        (await Tagged("<b>rail")).ShouldBe([1, 9]);

        await explored.StartAsync(); // as after a day
        (await Tagged("<b>rail")).ShouldBe([1, 9]);
        (await explored.SendAsync(HttpMethod.Post, $"changes/{renamed}/undo")).Status.ShouldBe(404);
        long gone = (long)(await explored.SendAsync(HttpMethod.Delete, "tags", new { tag = "<b>rail" }))
            .Body!["change"]!;
        (await explored.GetAsync("tags"))["tags"]!.AsArray().ShouldBeEmpty();
        (await explored.SendAsync(HttpMethod.Post, $"changes/{gone}/undo")).Status.ShouldBe(204);
        (await Tagged("<b>rail")).ShouldBe([1, 9]);
        string csv = await explored.Client.GetStringAsync(new Uri("api/export/tags.csv", UriKind.Relative), Stop);
        csv.Split('\n')[0].ShouldBe("video,start,end,tag");
        csv.Split('\n')[1].ShouldStartWith("day/0.mp4,0,");

        async Task<List<long>> Tagged(string tag) => [.. (await explored.GetAsync(
            $"tags/moments?tag={Uri.EscapeDataString(tag)}"))["ids"]!.AsArray().Select(id => (long)id!)];
    }

    [Fact]
    public async Task Undo_OfWhatWasChangedAgain_IsRefused()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        long first = await ChangeAsync("tags", new { tag = "rain", moments = (long[])[1] });
        // the two are one part now
        long second = await ChangeAsync("tags", new { tag = "rain", moments = (long[])[2] });
        (int status, JsonNode? said) = await explored.SendAsync(HttpMethod.Post, $"changes/{first}/undo");
        (status, said!["error"]!.ToString()).ShouldBe((409,
            "This was changed again since, perhaps in another window: undo that first."));
        (await explored.GetAsync("tags"))["tags"]![0]!["moments"]!.GetValue<int>().ShouldBe(2);
        foreach (long change in (long[])[second, first])
            (await explored.SendAsync(HttpMethod.Post, $"changes/{change}/undo")).Status.ShouldBe(204);
        (await explored.GetAsync("tags"))["tags"]!.AsArray().ShouldBeEmpty();

        async Task<long> ChangeAsync(string path, object body) =>
            (long)(await explored.SendAsync(HttpMethod.Post, path, body)).Body!["change"]!;
    }

    [Fact]
    public async Task Concepts_AreNamedHiddenAndUndone()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        long change = (long)(await explored.SendAsync(HttpMethod.Put, "concepts/dynamic/2",
            new { name = "rain", hidden = true })).Body!["change"]!;
        JsonNode named = (await explored.GetAsync("concepts"))["dynamic"]![2]!;
        ((string?)named["name"], (bool)named["hidden"]!).ShouldBe(("rain", true));
        await explored.SendAsync(HttpMethod.Post, $"changes/{change}/undo");
        (await explored.GetAsync("concepts"))["dynamic"]![2]!["name"].ShouldBeNull();
    }

    [Fact]
    public async Task Rank_OfATag_FindsWhatIsLikeIt()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        await explored.SendAsync(HttpMethod.Post, "tags",
            new { tag = "night", moments = (long[])[25, 27, 29, 33, 35] });
        JsonNode ranked = (await explored.SendAsync(HttpMethod.Post, "tags/rank",
            new { tag = "night", part = "static", top = 8, not = (long[])[1] })).Body!;
        ranked["moments"]!.AsArray().Count(m => m!["class"]!.ToString() == "night").ShouldBeGreaterThan(5);
        ranked["moments"]!.AsArray().Select(m => (long)m!["id"]!).ShouldNotContain(25);
        ranked["holdOut"].ShouldBeNull(); // two videos are too few
    }

    [Fact]
    public async Task ReadOnly_ChangesNothing()
    {
        await using ExploredLibrary explored =
            await ExploredLibrary.OpenAsync(options => options with { ReadOnly = true });
        byte[] before = await File.ReadAllBytesAsync(explored.File, Stop);
        (int status, JsonNode? body) = await explored.SendAsync(HttpMethod.Post, "tags",
            new { tag = "x", moments = (long[])[1] });
        (status, body!["error"]!.ToString())
            .ShouldBe((403, "The library is shown read-only: nothing is changed in it."));
        HttpStatusCode map;
        do
        {
            using HttpResponseMessage answer = await explored.Client.GetAsync(
                new Uri("api/map?by=both", UriKind.Relative), Stop);
            map = answer.StatusCode;
        }
        while (map == HttpStatusCode.Accepted); // it is being laid out
        map.ShouldBe(HttpStatusCode.OK);
        await explored.StartAsync(options => options with { ReadOnly = true }); // SQLite's own files go when it ends
        (await File.ReadAllBytesAsync(explored.File, Stop)).ShouldBe(before);
        await explored.EndAsync();
        Directory.GetFiles(explored.Work.Path).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Library_ThatGrows_IsSeen()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        Number((await explored.GetAsync("library"))["videos"]).ShouldBe(6);
        using (SqliteMomentStore store = SqliteMomentStore.Open(explored.File)) store.Remove([2]);
        Number((await explored.GetAsync("library"))["videos"]).ShouldBe(6); // not looked at for each request
        explored.Wait();
        Number((await explored.GetAsync("library"))["videos"]).ShouldBe(5);
        (await explored.GetAsync("videos"))["videos"]!.AsArray().Select(v => v!["path"]!.ToString())
            .ShouldNotContain("day/1.mp4");
    }

    private static int Number(JsonNode? node) => (int)node!;
}
