using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class LearnCommandTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Learn_InterruptedAndCalledAgain_GoesOnAndSaysWhatItChose()
    {
        MakeVideos();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        CommandRun stopped = CommandRun.Of(Words(), line =>
        {
            if (line.StartsWith("epoch 1 ", StringComparison.Ordinal)) stop.Cancel();
        }, stop.Token);
        stopped.Status.ShouldBe(130, stopped.Error);
        stopped.ErrorLines[^2..].ShouldBe(["The same command goes on from here.", "videoconcepts: interrupted."]);
        CommandRun run = CommandRun.Of(Words()).ShouldBeDone();
        run.Error.ShouldContain("going on with what");
        run.Error.ShouldContain("going on after step ");
        run.Error.ShouldMatch(@"--seq +4 +as given");
        run.Error.ShouldMatch(@"--difference +\w+ +\d+ % of the picture stay");
        stopped.Error.ShouldContain("3 videos are few");
        run.Output.ShouldMatch("^=> .*\n"); // without classes there are no figures
        run.Error.ShouldNotContain("=> "); // said once
        run.Output.ShouldEndWith($"{_work["out/run/checkpoint.safetensors"]}\n{_work["out/report.html"]}\n"
            + $"{_work["out/library.db"]}\n");
    }

    [Fact]
    public void Learn_BadInput_IsRefusedInOneLine()
    {
        CommandRun.Of(Words()).ShouldBeRefused(false, "There is no folder");
        Directory.Exists(_work["out"]).ShouldBeFalse();
        MakeVideos();
        CommandRun.Of([.. Words(), "--minutes", "0"]).ShouldBeRefused(false, "--minutes 0: must be 0.1 to");
        CommandRun.Of(Words(("--net", "r2plus"))).ShouldBeRefused(false, "--net r2plus: no such net");
        CommandRun.Of([.. Words(), "--jobs", "0"]).ShouldBeRefused(false, "--jobs is 0");
        CommandRun.Of([.. Words(), "--rate", "0.5"]).ShouldBeRefused(false, "--rate 0.5: must be at least 1");
        _work.Write("recipe.json", """{ "out": "elsewhere" }""");
        CommandRun.Of([.. Words(), "--recipe", _work["recipe.json"]]).ShouldBeRefused(false, "\"out\" is decided here");
        Directory.Exists(_work["out"]).ShouldBeFalse();
        File.WriteAllText(_work["file"], "");
        CommandRun.Of("learn", "--videos", _work["in"], "--out", _work["file"])
            .ShouldBeRefused(false, "this is a file");
    }

    [Fact]
    public void Learn_IntoFramesOfOtherVideos_NamesNoOptionThatItDoesNotHave()
    {
        MakeVideos();
        TestVideo.MakeSmall(_work.NewFile("other/x.mp4"), 8, 5);
        CommandRun.Of("prepare", "folder", "--videos", _work["other"], "--out", _work["out/data"]).ShouldBeDone();
        CommandRun run = CommandRun.Of(Words());
        run.ShouldBeRefused(true, "move it away or choose another --out");
        run.Error.ShouldNotContain("--force");
    }

    [Fact]
    public void Learn_OnADiskThatIsTooSmall_NamesNoOptionThatItDoesNotHave()
    {
        static string Message(bool forLearn) =>
            Should.Throw<BadInputException>(() => DiskSpaceEstimate.Check(2000, 1000, "out", forLearn)).Shown();
        Message(forLearn: true).ShouldEndWith("make room, name an --out on a larger disk, or take some of the videos.");
        Message(forLearn: false).ShouldEndWith("or start all the same with --no-disk-check.");
    }

    [Fact]
    public void Learn_OfVideosThatAreTooShort_SaysSo()
    {
        Skip();
        for (int i = 0; i < 3; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 5, i);
        CommandRun run = CommandRun.Of([.. Words()]);
        run.ShouldBeRefused(true, "no video is usable", "use longer videos");
    }

    private string[] Words(params (string Option, string Value)[] more)
    {
        TinyCommand words = TinyCommand.Train("", _work["out"]).Without("--csv_file").With("--workers", "0")
            .With("--train_batch", "2").With("--videos", _work["in"]).With("--log_every", "1").With("--save_every", "1")
            .With("--epoch", "3");
        foreach ((string option, string value) in more) words = words.With(option, value);
        return [.. words.Words().Select((word, at) => at == 0 ? "learn" : word)];
    }

    private void MakeVideos()
    {
        Skip();
        for (int i = 0; i < 3; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 40, i);
    }

    private static void Skip() =>
        InstalledFfmpeg.SkipUnlessThere();
}
