using System.Text.Json.Nodes;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>report and prepare synthetic.</summary>
[Collection(nameof(SerialTests))]
public sealed class ReportCommandTests(TinyVideos videos) : IDisposable
{
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
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        CommandRun.Of("report", "--checkpoint", _work["run"], "--csv_file", videos.Files.MotionTest, "--no-time-cues",
            "--no-random", "--out", _work["page.html"]).ShouldBeDone();
        string page = File.ReadAllText(_work["page.html"]);
        page.ShouldContain("better than guessing.");
        page.ShouldNotContain("the same network untrained.");
        page.ShouldNotContain("<section id=\"time\"");
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
