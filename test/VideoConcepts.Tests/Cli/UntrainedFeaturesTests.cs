using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Commands that compare with random weights, over the same lists again.</summary>
[Collection(nameof(SerialTests))]
public sealed class UntrainedFeaturesTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Evaluate_OfTheSameLists_ComputesFeaturesOfRandomWeightsOnce()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        string[] lists = ["--checkpoint", _work["run"], "--train_csv", videos.Files.MotionTrain, "--test_csv",
            videos.Files.MotionTest, "--windows", "1"];
        CommandRun first = CommandRun.Of(["evaluate", "retrieval", .. lists, "--out", _work["out"]]).ShouldBeDone();
        string[] kept = [.. Directory.GetFiles(_work["out/untrained"]).Order()];
        kept.Length.ShouldBe(4); // of two lists
        Kept(first).ShouldBe(0);

        CommandRun again = CommandRun.Of(["evaluate", "retrieval", .. lists, "--out", _work["out"]]).ShouldBeDone();
        (Kept(again), again.Output).ShouldBe((2, first.Output));
        string[] shared = ["--untrained", _work["out/untrained"]];
        Kept(CommandRun.Of(["evaluate", "probe", .. lists, .. shared]).ShouldBeDone()).ShouldBe(2);
        Kept(CommandRun.Of(["report", "--checkpoint", _work["run"], "--csv_file", videos.Files.MotionTest,
            "--no-time-cues", "--windows", "1", "--out", _work["page.html"], .. shared]).ShouldBeDone()).ShouldBe(1);
        Directory.GetFiles(_work["out/untrained"]).Order().ShouldBe(kept);

        Kept(CommandRun.Of(["evaluate", "retrieval", .. lists, "--out", _work["out"], "--seed", "2"]).ShouldBeDone())
            .ShouldBe(0);
        Kept(CommandRun.Of(["evaluate", "retrieval", .. lists, "--out", _work["out"]]).ShouldBeDone()).ShouldBe(2);
        CommandRun.Of(["evaluate", "probe", .. lists, "--end-to-end", "--out", _work["end"], .. shared])
            .ShouldBeRefused(false, "--untrained is not read with --end-to-end");
        foreach (string command in (string[])["retrieval", "probe"])
            CommandRun.Of(["evaluate", command, .. lists, "--no-random", .. shared])
                .ShouldBeRefused(false, "--untrained is not read with --no-random");
        CommandRun.Of(["evaluate", "probe", .. lists, "--view", "mean-image", .. shared])
            .ShouldBeRefused(false, "--untrained is not read with --view");
        string[] page = ["report", "--csv_file", videos.Files.MotionTest, "--out", _work["other.html"], .. shared];
        CommandRun.Of([.. page, "--checkpoint", _work["run"], "--no-random"])
            .ShouldBeRefused(false, "--untrained is not read with --no-random");
        CommandRun.Of([.. page, "--net", "r2plus1d-tiny"]).ShouldBeRefused(false, "--untrained is not read with --net");

        static int Kept(CommandRun run) => run.ErrorLines.Count(line => line.Contains("features of before"));
    }
}
