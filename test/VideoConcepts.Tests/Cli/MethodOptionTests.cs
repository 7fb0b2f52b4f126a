using System.Text.Json.Nodes;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>Options that the chosen method does not read, and the command lines of the published README.</summary>
[Collection(nameof(SerialTests))]
public sealed class MethodOptionTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("multilevel", "--sample", "4",
        "--sample 4: --method multilevel does not read it, it is for --method concepts "
        + "(clips per video (S), at least 2); leave it out.")]
    [InlineData("multilevel", "--local_from", "2",
        "--local_from 2: --method multilevel does not read it, it is for --method concepts (")]
    [InlineData("multilevel", "--local-from", "2", "--local_from 2: --method multilevel does not read it")]
    [InlineData("multilevel", "--concept", "100",
        "--concept 100: --method multilevel does not read it, it is for --method concepts (")] // its default
    [InlineData("multilevel", "--rate_min", "2", "--rate_min 2: --method multilevel does not read it")]
    [InlineData("multilevel", "--balance", "true", "--balance True: --method multilevel does not read it")]
    [InlineData("multilevel", "--own_targets", "true", "--own_targets True: --method multilevel does not read it")]
    [InlineData("concepts", "--cluster", "8",
        "--cluster 8: --method concepts does not read it, it is for --method multilevel (prototypes); leave it out.")]
    [InlineData("concepts", "--split", "2",
        "--split 2: epoch index from which the graph constraint takes part, which --method concepts has only with "
        + "--thres; give --thres")]
    public void Train_OptionOfAnotherMethod_IsRefused(string method, string option, string value, string expected)
    {
        TinyCommand train = TinyCommand.Train(videos.Files.Train, _work["run"]).Without("--concept")
            .With("--method", method).With(option, value);
        train.Run().ShouldBeRefused(false, expected);
        Directory.Exists(_work["run"]).ShouldBeFalse();
        string key = option[2..].Replace('-', '_');
        string recipe = _work.Write("recipe.json", $$"""{ "method": "{{method}}", "{{key}}": {{value}} }""");
        TinyCommand.Train(videos.Files.Train, _work["run"]).Without("--concept").With("--recipe", recipe).Run()
            .ShouldBeRefused(false, $"{recipe}: \"{key}\" is {value}: ");
    }

    [Fact]
    public void Read_OptionsThatTheMethodReads_AreTaken()
    {
        RecipeFile.Read(null, Given(("method", "multilevel"), ("cluster", 3), ("split", 4), ("queue", 5),
            ("thres", 0.1))).Cluster.ShouldBe(3);
        RecipeFile.Read(null,
            Given(("sample", 3), ("concept", 4), ("local_from", 5), ("split", 6), ("thres", 0.1))).Split.ShouldBe(6);
    }

    /// <summary>It holds all options, whether they were given or not.</summary>
    [Fact]
    public void Train_FromTheRunFileOfARun_CountsOnlyTheCommandLineAsGiven()
    {
        TinyCommand train = TinyCommand.Train(videos.Files.Train, _work["run"]).Without("--concept")
            .With("--method", "multilevel");
        train.Run().ShouldBeDone();
        CommandRun.Of("train", "--resume", _work["run"], "--out", _work["run"], "--epoch", "2").ShouldBeDone();
        CommandRun.Of("train", "--recipe", _work["run/run.json"], "--out", _work["again"], "--epoch", "1")
            .ShouldBeDone();
        CommandRun.Of("train", "--resume", _work["run"], "--out", _work["run"], "--sample", "2")
            .ShouldBeRefused(false, "--sample 2: --method multilevel does not read it");
    }

    [Fact]
    public void Read_ARecipeThatNobodyChose_CountsAsNotGiven()
    {
        string recipe = _work.Write("default.json", """{ "concept": 16 }""");
        RecipeFile.Read(recipe, Given(("method", "multilevel")), chosen: false).Method.ShouldBe("multilevel");
        Should.Throw<BadInputException>(() => RecipeFile.Read(recipe,
            Given(("method", "multilevel")))).Shown().ShouldStartWith($"{recipe}: \"concept\" is 16:");
    }

    /// <summary>As the README prints them after <c>python train.py</c>; only the numbers are smaller.</summary>
    [Theory]
    [InlineData(
        "--train_batch 64 --workers 8 --concept 100 --epoch 100 --lr_decay 70 --thres 0.05 --csv_file kinetics.csv")]
    [InlineData(
        "--train_batch 64 --workers 8 --concept 50 --epoch 300 --lr_decay 200 -thres 0.05 --csv_file ucf_pretrain.csv")]
    public void Train_PublishedCommand_TrainsAsPrinted(string printed)
    {
        Dictionary<string, string> smaller = new()
        {
            ["64"] = "4",
            ["8"] = "1",
            ["100"] = "2",
            ["50"] = "3",
            ["300"] = "2",
        };
        string[] words = [.. printed.Split(' ').Select(word => word.EndsWith(".csv") ? videos.Files.Train
            : smaller.GetValueOrDefault(word, word))];
        CommandRun.Of(["train", .. words, "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32", "--threads", "1",
            "--split", "1", "--out", _work["run"]]).ShouldBeDone();
        JsonNode options = JsonNode.Parse(File.ReadAllText(_work["run/run.json"]))!["options"]!;
        ((double)options["thres"]!).ShouldBe(0.05);
        File.ReadAllLines(_work["run/metrics.jsonl"])[^1].ShouldContain("\"graph\":");
    }

    [Theory]
    [InlineData("-thres=0.1", null, 0, "")]
    [InlineData("-train_batch", "4", 0, "")]
    [InlineData("-thers", "0.1", 2, "unknown option -thers; did you mean --thres?")]
    [InlineData("-lr", "0.1", 2, "unknown option -lr; did you mean --lr?")] // not published
    [InlineData("-thres", null, 2, "-thres")]
    public void Train_OneDash_IsForPublishedOptionsAlone(string option, string? value, int status, string expected)
    {
        TinyCommand train = TinyCommand.Train(videos.Files.Train, _work["run"]);
        if (option == "-train_batch") train = train.Without("--train_batch");
        CommandRun run = train.With(option, value).Run();
        run.Status.ShouldBe(status, run.Error);
        run.Error.ShouldContain(expected);
        CommandRun.Of("train", "--help").ShouldBeDone().Output.ShouldNotContain(" -thres");
    }

    [Fact]
    public void Demo_OneDash_IsNotTaken() =>
        TinyCommand.Demo(_work["demo"]).With("-thres", "0.1").Run().ShouldBeRefused(false, "unknown option -thres");

    private static Dictionary<string, JsonNode?> Given(params (string Key, JsonNode? Value)[] values) =>
        values.ToDictionary(v => v.Key, v => v.Value);
}
