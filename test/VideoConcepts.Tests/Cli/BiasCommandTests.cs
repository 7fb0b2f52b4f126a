using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>evaluate bias, with random weights.</summary>
[Collection(nameof(SerialTests))]
public sealed class BiasCommandTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Bias_ByMasks_HasARowForEachVariant()
    {
        CommandRun run = Run("--groups", videos.Files.AppearanceTest, "--out", _work["results"]);
        run.ShouldBeDone();
        JsonObject figures = JsonNode.Parse(File.ReadAllText(_work["results/result.json"]))!["figures"]!.AsObject();
        figures.Select(row => row.Key).ShouldBe(["chance", "random weights, unchanged", "random weights, scuba",
            "random weights, scufo", "random weights, swap", "random weights, reverse",
            "random weights, scuba right and scufo wrong"]);
        File.Exists(_work["results/bias.png"]).ShouldBeTrue();
    }

    [Fact]
    public void Bias_VariantsThatAreTheTestVideosThemselves_SurviveWholly()
    {
        CommandRun run = Run("--bias", $"same={videos.Files.MotionTest}", "--out", _work["results"]);
        run.ShouldBeDone();
        JsonObject figures = JsonNode.Parse(File.ReadAllText(_work["results/result.json"]))!["figures"]!.AsObject();
        figures["random weights, same"]!["accuracy"]!.ToJsonString()
            .ShouldBe(figures["random weights, unchanged"]!["accuracy"]!.ToJsonString());
    }

    /// <summary>Rows of a mean have different figures: that of chance has no survival.</summary>
    [Fact]
    public void Bias_OfTwoSplits_EndsWithTheirMean()
    {
        string lists = $"{videos.Files.MotionTest},{videos.Files.AppearanceTest}";
        CommandRun run = CommandRun.Of("evaluate", "bias", "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32",
            "--windows", "1", "--train_csv", lists, "--test_csv", lists, "--allow-overlap", "--classifier", "nearest",
            "--out", _work["results"]);
        run.ShouldBeDone();
        JsonNode figures = JsonNode.Parse(File.ReadAllText(_work["results/result.json"]))!["figures"]!;
        figures["random weights, unchanged"]!["accuracy"]!.GetValue<double>().ShouldBe(1);
        string survives = FigureText.Percent(figures["random weights, swap"]!["survives"]!.GetValue<double>());
        // of each split, then of their mean, in the column of that name
        string[] rows = [.. run.Output.Split('\n').Where(line => line.Contains("random weights, swap "))];
        rows.Length.ShouldBe(4);
        rows[2].Split('│')[3].Trim().ShouldBe(survives);
        run.Output.Split('\n').Single(line => line.Contains("mean of 2 splits")).Split('│')[3].Trim()
            .ShouldBe("survives");
    }

    [Fact]
    public void Bias_WrongVariants_AreRefusedInOneLine()
    {
        ShouldBeRefused(Run("--bias", _work.Path), "prepare synthetic --bias");
        ShouldBeRefused(Run("--bias", $"scuba={videos.Files.MotionTrain}"), "row n is to be the variant of row n");
        ShouldBeRefused(Run("--bias", "scuba=a,scuba=b"), "a: there is no such file");
        ShouldBeRefused(
            Run("--bias", $"scuba={videos.Files.MotionTest},scuba={videos.Files.MotionTest}"), "two lists of scuba");
        ShouldBeRefused(Run("--bias", _work.Path, "--groups", videos.Files.MotionTest), "--groups is not read with");
        ShouldBeRefused(Run("--groups", videos.Files.MotionTrain), "no list of --groups");
    }

    [Fact]
    public void PrepareSynthetic_UnknownBias_IsRefusedBeforeAnythingIsDrawn()
    {
        CommandRun run = CommandRun.Of("prepare", "synthetic", "--out", _work["data"], "--bias", "scuba,mirror");
        ShouldBeRefused(run, "--bias mirror: choose of scuba");
        Directory.Exists(_work["data"]).ShouldBeFalse();
    }

    private CommandRun Run(params string[] more) => CommandRun.Of(["evaluate", "bias", "--net", "r2plus1d-tiny",
        "--seq", "4", "--img_dim", "32", "--windows", "1", "--train_csv", videos.Files.MotionTrain, "--test_csv",
        videos.Files.MotionTest, .. more]);

    private static void ShouldBeRefused(CommandRun run, string fragment)
    {
        run.Status.ShouldBe(2, run.Error);
        run.Error.ShouldContain(fragment);
        run.Error.ShouldNotContain("   at ");
    }
}
