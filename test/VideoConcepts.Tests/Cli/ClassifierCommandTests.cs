using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>evaluate finetune, test, merge and the end-to-end probe.</summary>
[Collection(nameof(SerialTests))]
public sealed class ClassifierCommandTests(TinyVideos videos) : EvaluationTests(videos)
{
    [Theory]
    [InlineData(false, Explicit = true)] // six seconds
    [InlineData(true)]
    public void FineTune_StoppedAndCalledAgain_EndsLikeAnUndisturbedOne(bool sgd)
    {
        string[] words = [.. FineTune,
            .. sgd ? (string[])["--preset", "10clip", "--img_dim", "32", "--windows", "3"] : [], "--scratch"];
        if (sgd) words = words[..^1];
        CommandRun.Of([.. words, "--out", Work["whole"]]).ShouldBeDone()
            .Output.ShouldContain(sgd ? "model" : "random weights");
        using var stop = new CancellationTokenSource();
        int intervals = 0;
        CommandRun stopped = CommandRun.Of(
            [.. words.Where(w => w != "--scratch"), "--out", Work["part"]],
            line =>
            {
                if (line.StartsWith("epoch ", StringComparison.Ordinal) && ++intervals == 1) stop.Cancel();
            },
            stop.Token);
        stopped.Status.ShouldBe(130, stopped.Error);
        CommandRun.Of([.. words.Where(w => w != "--scratch"), "--out", Work["part"]]).ShouldBeDone()
            .Error.ShouldContain("going on after step");
        File.ReadAllBytes(Work["part/probabilities.csv"])
            .ShouldBe(File.ReadAllBytes(Work["whole/probabilities.csv"]));
        ShouldHoldTheSame("part", "whole"); // the last epoch too, whichever was best
        foreach (string file in (string[])["best.safetensors", "finetune-train.csv", "finetune-held-out.csv",
            "metrics.jsonl", "result.json"]) File.Exists(Work[$"part/{file}"]).ShouldBeTrue(file);
        CommandRun.Of([.. FineTune[..2], "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32", .. FineTune[4..],
            "--out", Work["part"]]).ShouldBeRefused(true, "was made from another source (checkpoint)");
    }

    [Fact]
    public void Test_WithoutOptions_TestsAsTheClassifierWasTrained()
    {
        CommandRun.Of([.. FineTune, "--out", Work["tuned"], "--stride", "2", "--windows", "2", "--across_cuts"])
            .ShouldBeDone();
        JsonNode Clips(string folder) => JsonNode.Parse(File.ReadAllText(Work[$"{folder}/result.json"]))!["clips"]!;
        string[] test = ["evaluate", "test", "--checkpoint", Work["tuned"], "--test_csv", Videos.Files.MotionTest];
        CommandRun.Of([.. test, "--out", Work["plain"]]).ShouldBeDone();
        Clips("plain").ToJsonString().ShouldBe(Clips("tuned").ToJsonString());
        ((int)Clips("plain")["frame_stride"]!, (int)Clips("plain")["max_windows"]!,
            (bool)Clips("plain")["across_cuts"]!).ShouldBe((2, 2, true));
        JsonNode.Parse(File.ReadAllText(Work["plain/result.json"]))!.AsObject().ContainsKey("preset").ShouldBeFalse();
        File.ReadAllBytes(Work["plain/confusion.csv"]).ShouldBe(File.ReadAllBytes(Work["tuned/confusion.csv"]));
        CommandRun.Of([.. test, "--out", Work["told"], "--stride", "1", "--windows", "3"]).ShouldBeDone();
        ((int)Clips("told")["frame_stride"]!, (int)Clips("told")["max_windows"]!).ShouldBe((1, 3));
        CommandRun.Of([.. test, "--out", Work["within"], "--across_cuts", "false"]).ShouldBeDone();
        ((bool)Clips("within")["across_cuts"]!).ShouldBeFalse();
    }

    [Fact]
    public void FineTune_IntoAPretrainingRun_IsRefusedAndLeavesIt()
    {
        TinyCommand.Train(Videos.Files.Train, Work["other"]).With("--seed", "9").Run().ShouldBeDone();
        var before = WorkFolder.Contents(Work["other"]);
        CommandRun.Of([.. FineTune, "--out", Work["other"]])
            .ShouldBeRefused(false, "holds a run that is no training of a classifier");
        WorkFolder.Contents(Work["other"]).ShouldBe(before);
    }

    [Fact]
    public void FineTune_WithOtherVideosInTheSameFolder_IsRefusedAndLeavesTheLists()
    {
        File.WriteAllLines(Work["list.csv"],
            File.ReadLines(Videos.Files.MotionTrain).Select(line => Path.Combine(Videos.Files.Folder, line)));
        string[] words = ["evaluate", "finetune", "--checkpoint", Run, "--train_csv", Work["list.csv"], "--test_csv",
            Videos.Files.MotionTest, "--epoch", "1", "--train_batch", "4", "--held_out", "0", "--out", Work["tuned"]];
        CommandRun.Of(words).ShouldBeDone();
        byte[] list = File.ReadAllBytes(Work["tuned/finetune-train.csv"]);
        CommandRun.Of([.. words, "--labels", "0.5"])
            .ShouldBeRefused(false, "trained on other videos, another share of them");
        File.ReadAllBytes(Work["tuned/finetune-train.csv"]).ShouldBe(list);
    }

    [Fact]
    public void Test_OfAClassifierThatWasMoved_RefusesTheVideosItLearnedFrom()
    {
        CommandRun.Of([.. FineTune, "--out", Work["tuned"]]).ShouldBeDone();
        Directory.Move(Work["tuned"], Work["moved"]);
        CommandRun.Of("evaluate", "test", "--checkpoint", Work["moved"], "--test_csv", Videos.Files.MotionTrain)
            .ShouldBeRefused(true, "are in", "--allow-overlap");
    }

    [Fact(Explicit = true)] // five seconds
    public void Test_OfAClassifierWithTenViews_MergesWithAnother()
    {
        CommandRun.Of([.. FineTune, "--out", Work["tuned"], "--labels", "0.5"]).ShouldBeDone();
        CommandRun.Of(["evaluate", "probe", "--end-to-end", "--no-random", .. FineTune[2..], "--out", Work["probed"]])
            .ShouldBeDone();
        string[] test = ["evaluate", "test", "--test_csv", Videos.Files.MotionTest];
        CommandRun.Of([.. test, "--checkpoint", Work["tuned"], "--views", "10", "--out", Work["ten"]]).ShouldBeDone()
            .Output.ShouldContain("10 crops");
        CommandRun.Of([.. test, "--checkpoint", Work["tuned/best.safetensors"], "--out", Work["one"]]).ShouldBeDone();
        File.ReadAllBytes(Work["one/probabilities.csv"]).ShouldBe(File.ReadAllBytes(Work["tuned/probabilities.csv"]));
        File.ReadAllBytes(Work["one/probabilities.csv"])
            .ShouldNotBe(File.ReadAllBytes(Work["ten/probabilities.csv"]));
        CommandRun.Of("evaluate", "merge", "--results", Work["ten"], Work["one"], "--out", Work["merged"])
            .ShouldBeDone();
        VideoScores a = ResultFiles.ReadProbabilities(Work["ten"]),
            b = ResultFiles.ReadProbabilities(Work["one"]),
            m = ResultFiles.ReadProbabilities(Work["merged"]);
        for (int i = 0; i < m.Values.Length; i++) m.Values[i].ShouldBe((a.Values[i] + b.Values[i]) / 2, 1e-6f);
        CommandRun.Of([.. test, "--checkpoint", Run]).ShouldBeRefused(false, "not a classifier; train one from it");
        CommandRun.Of([.. test, "--checkpoint", Work["tuned"], "--views", "3"])
            .ShouldBeRefused(false, "--views 3: give 1");
    }

    [Fact]
    public void Probe_EndToEnd_LeavesTheBackboneAsItWas()
    {
        CommandRun.Of(["evaluate", "probe", "--end-to-end", "--no-random", .. FineTune[2..], "--out", Work["probed"]])
            .ShouldBeDone();
        (Dictionary<string, TorchSharp.torch.Tensor> before, _) =
            SafeTensors.Read(Path.Combine(Run, "checkpoint.safetensors"));
        (Dictionary<string, TorchSharp.torch.Tensor> after, _) =
            SafeTensors.Read(Work["probed/checkpoint.safetensors"]);
        foreach ((string key, TorchSharp.torch.Tensor tensor) in
            after.Where(t => t.Key.StartsWith("backbone.", StringComparison.Ordinal)))
        {
            tensor.bytes.SequenceEqual(before[key].bytes).ShouldBeTrue(key);
        }
        foreach (TorchSharp.torch.Tensor tensor in before.Values.Concat(after.Values)) tensor.Dispose();
    }

    [Fact]
    public void Test_OnVideosThatWereTrainedOn_IsRefused()
    {
        CommandRun.Of([.. FineTune, "--out", Work["tuned"]]).ShouldBeDone();
        string[] test = ["evaluate", "test", "--checkpoint", Work["tuned"], "--windows", "1", "--test_csv",
            Videos.Files.MotionTrain];
        CommandRun.Of(test).ShouldBeRefused(true, "of 24 videos are in", "finetune-train.csv", "--allow-overlap");
        CommandRun.Of([.. test, "--allow-overlap"]).ShouldBeDone();
        File.Delete(Work["tuned/finetune-train.csv"]);
        CommandRun.Of(test).ShouldBeDone().Error.ShouldContain("was trained on is not there any more");
    }

    private void ShouldHoldTheSame(string actual, string expected)
    {
        Dictionary<string, TorchSharp.torch.Tensor>
            a = SafeTensors.Read(Work[$"{actual}/checkpoint.safetensors"]).Tensors,
            e = SafeTensors.Read(Work[$"{expected}/checkpoint.safetensors"]).Tensors;
        a.Keys.ShouldBe(e.Keys);
        foreach ((string key, TorchSharp.torch.Tensor tensor) in e)
            a[key].bytes.SequenceEqual(tensor.bytes).ShouldBeTrue(key);
        foreach (TorchSharp.torch.Tensor tensor in a.Values.Concat(e.Values)) tensor.Dispose();
    }
}
