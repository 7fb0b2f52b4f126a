using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class TrainCommandTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    private TinyCommand Train => TinyCommand.Train(videos.Files.Train, _work["run"]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Train_Done_PrintsTheCheckpointAloneOnStandardOutput()
    {
        CommandRun run = Train.Run().ShouldBeDone();
        run.Output.ShouldBe(_work["run/checkpoint.safetensors"] + "\n");
        run.ErrorLines.Length.ShouldBe(1 + 3 + 5); // the last five of what was learned
        run.ErrorLines[0].ShouldContain("24 videos in " + videos.Files.Train);
        run.ErrorLines[3].ShouldContain("step 6/6");
        Directory.GetFiles(_work["run"]).Select(Path.GetFileName).Order()
            .ShouldBe(["checkpoint.safetensors", "metrics.jsonl", "run.json"]);
    }

    [Fact]
    public void Options_PublishedSpellingAndKebabCase_AreTheSame()
    {
        Train.With("--lr_decay", "1,2").With("--reference_quirks", null).Run().ShouldBeDone();
        string published = File.ReadAllText(_work["run/run.json"]);
        Directory.Delete(_work["run"], recursive: true);
        Train.Without("--img_dim").Without("--train_batch").Without("--csv_file").Without("--log_every")
            .With("--img-dim", "32").With("--train-batch", "4")
            .With("--csv-file", videos.Files.Train).With("--log-every", "2")
            .With("--lr-decay", "1,2").With("--reference-quirks", "true").Run().ShouldBeDone();
        File.ReadAllText(_work["run/run.json"]).ShouldBe(published);
        published.ShouldContain("\"reference_quirks\": true");
    }

    [Fact]
    public void Recipe_WithOptions_IsOverriddenByThem()
    {
        File.WriteAllText(_work["recipe.json"], """{ "concept": 5, "epoch": 70, "seed": 9, "lr_decay": [1] }""");
        Train.Without("--concept").With("--recipe", _work["recipe.json"]).Run().ShouldBeDone();
        TrainOptions read = Checkpoint.Load(_work["run"]).Options;
        (read.Concept, read.Epoch, read.Seed).ShouldBe((5, 1, 9));
        read.LrDecay.ShouldBe([1]);
    }

    [Fact]
    public void Recipe_ThatIsAnEarlierRun_RepeatsIt()
    {
        Train.Run().ShouldBeDone();
        byte[] first = File.ReadAllBytes(_work["run/checkpoint.safetensors"]);
        CommandRun.Of("train", "--recipe", _work["run/run.json"])
            .ShouldBeRefused(false, "holds a run already", "--resume auto");
        CommandRun.Of("train", "--recipe", _work["run/run.json"], "--out", _work["again"]).ShouldBeDone();
        Tensors(File.ReadAllBytes(_work["again/checkpoint.safetensors"])).SequenceEqual(Tensors(first)).ShouldBeTrue();

        // Behind the header, which names the folder.
        static ReadOnlySpan<byte> Tensors(byte[] file) => file.AsSpan(8 + (int)BitConverter.ToInt64(file));
    }

    [Fact]
    public void Recipe_OfARunThatEndedBeforeItSaved_StartsItAgain()
    {
        Train.Run().ShouldBeDone();
        foreach (string file in Directory.GetFiles(_work["run"], "*.safetensors")) File.Delete(file);
        CommandRun.Of("train", "--recipe", _work["run/run.json"], "--resume", "auto").ShouldBeDone();
    }

    [Theory]
    [InlineData("checkpoint.safetensors.next", true)]
    [InlineData(".metrics.jsonl.partial", true)]
    [InlineData(".train.lock", false)]
    public void Train_OnAListInThePlaceOfAFileUnderWay_LeavesIt(string name, bool named)
    {
        string list = _work.Write($"run/{name}", File.ReadAllText(videos.Files.Train)), before = File.ReadAllText(list);
        CommandRun.Of(TinyCommand.Train(list, _work["run"]).With("--root", videos.Files.Folder).Words())
            .ShouldBeRefused(true, named ? "which is read here" : "did not make it");
        File.ReadAllText(list).ShouldBe(before);
    }

    [Fact]
    public void Resume_OfARunThatBeganWithInit_GoesOn()
    {
        Train.Run().ShouldBeDone();
        Train.With("--out", _work["next"]).With("--init", _work["run"]).Run().ShouldBeDone();
        CommandRun.Of("train", "--resume", _work["next"], "--epoch", "2").ShouldBeDone()
            .Error.ShouldContain("step 12/12");
        CommandRun.Of("train", "--resume", _work["next"], "--init", _work["run"])
            .ShouldBeRefused(false, "exclude each other");
    }

    [Fact]
    public void InitWithResumeAuto_BeginsFromTheWeights_AndGoesOnWithoutThem()
    {
        Train.With("--concept", "5").Run().ShouldBeDone();
        TinyCommand train = Train.With("--out", _work["next"]).With("--init", _work["run"]).With("--resume", "auto");
        CommandRun begun = train.Run().ShouldBeDone();
        begun.Error.ShouldContain(" in the file");
        Directory.Delete(_work["run"], recursive: true);
        CommandRun resumed = train.With("--epoch", "2").Run().ShouldBeDone();
        resumed.Error.ShouldContain("going on after step 6");
        resumed.Error.ShouldNotContain(" in the file");
        train.With("--out", _work["other"]).Run().ShouldBeRefused(false, "there is no such file");
    }

    /// <summary>Of a net without statistics of difference views, those of all views are what they begin with.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Init_OfARunWithoutOwnStatistics_BeginsWithThoseOfAllViews()
    {
        Train.Run().ShouldBeDone();
        CommandRun run = Train.With("--out", _work["next"]).With("--init", _work["run"])
            .With("--own_statistics", "true").With("--lr", "1e-20").Run().ShouldBeDone();
        run.Error.ShouldContain("1 missing in the file: queue\n");
        Train.With("--out", _work["back"]).With("--init", _work["next"]).Run().ShouldBeDone();
    }

    [Fact]
    public void Resume_OfAnInterruptedRun_NeedsNothingButItsFolder()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        CommandRun.Of(
            Train.With("--epoch", "3").Words(),
            line => { if (line.Contains("step 4/")) interrupt.Cancel(); },
            interrupt.Token).Status.ShouldBe(130);
        CommandRun run = CommandRun.Of("train", "--resume", _work["run"]).ShouldBeDone();
        run.ErrorLines.ShouldContain(line => line.StartsWith("going on after step "));
        run.Error.ShouldContain("step 18/18");
        File.ReadAllLines(_work["run/metrics.jsonl"]).Length.ShouldBe(9);
    }

    [Fact]
    public void Interrupt_InTraining_SavesALoadableCheckpointAndEndsWith130()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        void OnError(string line)
        {
            if (line.Contains("step 8/")) interrupt.Cancel();
        }
        CommandRun run = CommandRun.Of(Train.With("--epoch", "1000").Words(), OnError, interrupt.Token);
        run.Status.ShouldBe(130, run.Error);
        run.Output.ShouldBeEmpty();
        run.ErrorLines[^2].ShouldBe($"The model so far is in {_work["run/checkpoint.safetensors"]}.");
        run.ErrorLines[^1].ShouldBe("videoconcepts: interrupted.");
        SafeTensors.Read(_work["run/checkpoint.safetensors"]).Metadata["epochs"].ShouldBe("1");
        ShouldEvaluate(_work["run"]);
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    [SupportedOSPlatform("linux")]
    public async Task Interrupt_BySignalToTheProgram_SavesALoadableCheckpointAndEndsWith130(string signal, int number)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "VideoConcepts.Cli.dll");
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [program, .. Train.With("--epoch", "100000").Words()])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            await ReadUntilAsync(process, "step ");
            // A shell starts background jobs with SIGINT ignored, and what they start inherits it.
            string ignored = File.ReadLines($"/proc/{process.Id}/status")
                .Single(line => line.StartsWith("SigIgn:")).Split('\t')[1];
            Assert.SkipWhen((Convert.ToUInt64(ignored, 16) & (1UL << (number - 1))) != 0,
                $"This process was started with SIG{signal} ignored.");
            using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
            await kill.WaitForExitAsync(Stop);
            await ReadUntilAsync(process, "videoconcepts: interrupted.");
            await process.WaitForExitAsync(Stop);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        process.ExitCode.ShouldBe(130);
        ShouldEvaluate(_work["run"]);
    }

    private static async Task ReadUntilAsync(Process process, string text)
    {
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(Stop)
                ?? throw new InvalidOperationException($"The program ended without '{text}'.");
        }
        while (!line.Contains(text));
    }

    private void ShouldEvaluate(string checkpoint)
    {
        (IVideoModel modelLoaded, TrainOptions options) = Checkpoint.Load(checkpoint);
        var model = (ConceptModel)modelLoaded;
        model.Dispose();
        options.Concept.ShouldBe(3);
        CommandRun.Of("evaluate", "retrieval", "--checkpoint", checkpoint, "--train_csv", videos.Files.MotionTest)
            .ShouldBeDone();
    }
}
