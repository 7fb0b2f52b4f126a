using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>report and prepare synthetic.</summary>
[Collection(nameof(SerialTests))]
public sealed class ReportCommandTests(TinyVideos videos) : IDisposable
{
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("concepts")]
    [InlineData("multilevel", Explicit = true)] // five seconds
    public void Report_OfARun_HasItsCurvesNeighboursAndTimeCues(string method)
    {
        TinyCommand train = TinyCommand.Train(videos.Files.Train, _work["run"]);
        (method == "concepts" ? train : train.With("--method", method).Without("--concept")).Run().ShouldBeDone();
        string output = CommandRun.Of("report", "--checkpoint", _work["run"], "--csv_file", videos.Files.MotionTest,
            "--boxes", videos.Files.Boxes, "--img_dim", "64", "--out", _work["page.html"]).ShouldBeDone().Output;
        output.ShouldContain("forward or backward: ");
        output.ShouldContain("% inside the boxes");
        string page = File.ReadAllText(_work["page.html"]);
        foreach (string id in (string[])["training", "neighbours", "static", "dynamic", "time", "run"])
            page.ShouldContain($"<section id=\"{id}\"");
        page.ShouldContain(method == "concepts"
            ? "two clips of a video find each other among the batch"
            : "told from their reversals in time");
        page.ShouldContain("untrained");
        page.ShouldNotContain("in training they were");
        page.Contains("Without labels: ", StringComparison.Ordinal).ShouldBe(method == "concepts");
        JsonNode figures = JsonNode.Parse(File.ReadAllText(_work["page.json"]))!;
        ((string?)figures["verdict"]?["text"] is not null).ShouldBe(method == "concepts");
        ((double)figures["R@1"]!["random weights"]!).ShouldBeInRange(0, 1);
        ((double)figures["time_cues"]!["accuracy"]!).ShouldBeInRange(0, 1);
        ((double)figures["map_inside_boxes"]!["area"]!).ShouldBeInRange(0.05, 0.95);
    }

    [Fact]
    public void Report_WithoutRandomWeights_DoesNotCompareWithThem()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).With("--rate", "3").With("--rate_min", "2").Run()
            .ShouldBeDone();
        CommandRun.Of("report", "--checkpoint", _work["run"], "--csv_file", videos.Files.MotionTest, "--no-time-cues",
            "--no-random", "--out", _work["page.html"]).ShouldBeDone();
        string page = File.ReadAllText(_work["page.html"]);
        page.ShouldContain("better than guessing.");
        page.ShouldNotContain("the same network untrained.");
        page.ShouldNotContain("<section id=\"time\"");
        page.ShouldContain("1 apart here; in training they were 2 to 3 apart");
    }

    [Fact]
    public void Report_OfVideosOfOneClass_SaysNothingOfTellingClassesApart()
    {
        string folder = Path.GetDirectoryName(videos.Files.MotionTest)!;
        File.WriteAllLines(_work["one.csv"], File.ReadLines(videos.Files.MotionTest)
            .Select(line => Path.Combine(folder, line[..(line.LastIndexOf(',') + 1)] + "0")));
        CommandRun.Of("report", "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32",
            "--csv_file", _work["one.csv"], "--no-time-cues", "--out", _work["page.html"]).ShouldBeDone();
        File.ReadAllText(_work["page.json"]).ShouldNotContain("R@1");
        File.ReadAllText(_work["page.html"]).ShouldContain("its videos have no labels, or all the same one.");
    }

    [Fact]
    public void Report_OfAListSortedByClass_ShowsAllClassesByTheirNames()
    {
        string[] folders = [.. Folders(videos.Files.MotionTrain), .. Folders(videos.Files.MotionTest)];
        // 28 videos of class 0, then 12 of classes 1 and 2, which has no name
        _work.Write("list.csv", string.Concat(folders.Select((folder, i) =>
            $"{folder},20,{(i < 28 ? 0 : i < 34 ? 1 : 2)}\n")));
        _work.Write("classes.txt", "<i>rise</i>\nturn & fall\n");
        CommandRun run = Untrained(_work["list.csv"]).ShouldBeDone();
        run.Error.ShouldNotContain("left out: R@50"); // is not on the page
        XDocument page = Page();
        Queries(page).Select(query => query.Split(" · ")[0]).ShouldBe(
            ["class: <i>rise</i>", "class: turn & fall", "class: 2",
                "class: <i>rise</i>", "class: turn & fall", "class: 2"]);
        string[] cues = Captions(Section(page, "time"));
        // held out are rows 0, 4 … 36: seven of class 0, then two of class 1 and one of class 2
        cues.Select(caption => caption.Split(" · ")[0]).ShouldBe(
            ["<i>rise</i>", "turn & fall", "class 2", "<i>rise</i>", "turn & fall", "<i>rise</i>"]);
        Captions(Section(page, "static")).ShouldAllBe(caption => caption.StartsWith("<i>rise</i> · ")
            || caption.StartsWith("turn & fall · ") || caption.StartsWith("class 2 · "));
        File.ReadAllText(_work["page.html"]).ShouldNotContain("<i>");
    }

    [Fact]
    public void Report_OfAListWithoutLabels_ShowsVideosFromAllOfIt()
    {
        string[] folders = Folders(videos.Files.MotionTest);
        _work.Write("list.csv", string.Concat(folders.Select(folder => $"{folder},20\n")));
        _work.Write("classes.txt", "unused\n");
        Untrained(_work["list.csv"], "--no-time-cues").ShouldBeDone();
        // the middles of six parts of 16 rows
        Queries(Page()).ShouldBe([.. ((int[])[1, 4, 6, 9, 12, 14]).Select(i => Path.GetFileName(folders[i]))]);
        File.ReadAllText(_work["page.html"]).ShouldNotContain("unused");
    }

    [Fact]
    public void Report_WithAClassListThatIsNone_SaysSoAndShowsNumbers()
    {
        _work.Write("list.csv", string.Concat(Folders(videos.Files.MotionTest).Select((folder, i) =>
            $"{folder},20,{i % 2}\n")));
        File.WriteAllBytes(_work["classes.txt"], [0x77, 0xff, 0]);
        CommandRun run = Untrained(_work["list.csv"], "--no-time-cues").ShouldBeDone();
        run.ErrorLines.Count(line => line.Contains("is not UTF-8 text")).ShouldBe(1, run.Error);
        Queries(Page())[0].ShouldStartWith("class: 0 · ");
    }

    [Fact]
    public void Report_OfACopiedVideo_DoesNotShowTheCopyAsANeighbour()
    {
        string[] folders = Folders(videos.Files.MotionTest)[..3];
        _work.Write("list.csv", string.Concat(((string[])[.. folders, folders[0]]).Select(f => $"{f},20\n")));
        Untrained(_work["list.csv"], "--no-time-cues").ShouldBeDone();
        string name = Path.GetFileName(folders[0]);
        XElement[] found = [.. Section(Page(), "neighbours").Descendants(Xhtml + "div")
            .Where(div => (string?)div.Attribute("class") == "query")];
        found.Length.ShouldBe(4);
        foreach (XElement query in (XElement[])[found[0], found[3]])
            query.Descendants(Xhtml + "span").Count(s => s.Value == name).ShouldBe(1); // its own
    }

    private static string[] Folders(string list) => [.. File.ReadLines(list)
        .Select(line => Path.Combine(Path.GetDirectoryName(list)!, line.Split(',')[0]))];

    private CommandRun Untrained(string list, params string[] more) => CommandRun.Of(["report", "--net",
        "r2plus1d-tiny", "--seq", "4", "--img_dim", "32", "--windows", "1", "--csv_file", list,
        "--out", _work["page.html"], .. more]);

    private XDocument Page()
    {
        using var reader = XmlReader.Create(_work["page.html"],
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static XElement Section(XDocument page, string id) =>
        page.Descendants(Xhtml + "section").Single(section => (string?)section.Attribute("id") == id);

    private static string[] Captions(XElement section) =>
        [.. section.Descendants(Xhtml + "figcaption").Select(caption => caption.Value.Trim())];

    // Classes and name of each query.
    private static string[] Queries(XDocument page) =>
        [.. Section(page, "neighbours").Descendants(Xhtml + "h3").Where(h => h.Value == "Query")
            .Select(h => string.Join(" · ", h.ElementsAfterSelf(Xhtml + "span").Select(span => span.Value)))];

    [Fact]
    public void Report_BadInput_IsRefusedInOneLine()
    {
        string[] words = ["report", "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32",
            "--csv_file", videos.Files.MotionTest];
        CommandRun.Of([.. words, "--boxes", _work["none.csv"]]).ShouldBeRefused(false, "there is no such file");
        File.WriteAllText(_work["bad.csv"], "path,image,x,y,width,height\nvideos,1,2,3\n");
        CommandRun.Of([.. words, "--boxes", _work["bad.csv"]])
            .ShouldBeRefused(false, "bad.csv:2: not path,image,x,y,width,height");
        Directory.CreateDirectory(_work["folder"]);
        CommandRun.Of([.. words, "--out", _work["folder"]]).ShouldBeRefused(false, "is a folder; name a file");
    }

    [Fact]
    public void PrepareSynthetic_DrawsTheVideosThatItNames()
    {
        CommandRun.Of("prepare", "synthetic", "--out", _work["data"], "--train_videos", "8", "--test_videos", "8",
            "--width", "48", "--height", "40", "--objects", "1", "--object_size", "0.2").ShouldBeDone()
            .Output.Split('\n')[0].ShouldBe(_work["data/train.csv"]);
        CommandRun.Of("validate", "--csv_file", _work["data/train.csv"]).ShouldBeDone();
        CommandRun.Of("prepare", "synthetic", "--out", _work["other"], "--object_size", "0.05")
            .ShouldBeRefused(false, "MinSize is 0.05");
    }
}
