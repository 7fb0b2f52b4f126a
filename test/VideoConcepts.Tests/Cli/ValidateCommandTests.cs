using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class ValidateCommandTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Validate_AListWithEveryFault_NamesEachWithItsLine()
    {
        byte[] jpeg = TinyFrames.Jpeg();
        foreach ((string name, int frames) in
            ((string, int)[])[("good", 12), ("short", 3), ("more", 12), ("hole", 12), ("cut", 12), ("test", 12)])
        {
            TinyFrames.Write(_work, name, frames);
        }
        File.Move(_work["hole/image_00006.jpg"], _work["hole/image_00013.jpg"]);
        File.WriteAllBytes(_work["cut/image_00012.jpg"], jpeg[..(jpeg.Length / 2)]);
        File.WriteAllText(_work["train.csv"],
            "good,12,0\nshort,3,0\nmore,10,3\nhole,12,3\nno number,x,1\ncut,12,0\nnowhere,12,0\ngood/,12,0\ngood,12\n");
        File.WriteAllText(_work["test.csv"], "test,12,0\ngood,12,5\n");

        CommandRun run = CommandRun.Of("validate", "--csv_file", _work["train.csv"], "--test_csv", _work["test.csv"],
            "--min_frames", "9", "--json", _work["found.json"]);

        run.Status.ShouldBe(1);
        string csv = _work["train.csv"];
        run.ErrorLines.ShouldBe(
        [
            $"malformed row: {csv}:5: the number of frames, 'x', is not a whole number; "
                + "each row is path,frames or path,frames,label",
            $"malformed row: {csv}:9: the row has no label, but the row of line 1 has one; label all rows or none",
            $"missing folder: {csv}:7: there is no folder {_work["nowhere"]}",
            $"frame count: {csv}:3: the list says 10 frames, {_work["more"]} holds 12",
            $"frame count: {csv}:4: {_work["hole"]} holds 12 frames and the last is number 13; some number is missing",
            run.ErrorLines.Single(
                l => l.StartsWith($"unreadable frame: {csv}:4: {_work["hole/image_00006.jpg"]}: no such file")),
            run.ErrorLines.Single(l => l.StartsWith($"unreadable frame: {csv}:6: {_work["cut/image_00012.jpg"]}: ")),
            $"duplicate: {csv}:8: {_work["good"]} is in line 1 already",
            $"train test overlap: {_work["test.csv"]}:2: {_work["good"]} is in {csv}:1 too",
            $"too short: {csv}:2: 3 frames, at least 9 are needed",
            $"class coverage: {_work["test.csv"]}: 4 of 6 classes have no video: 1, 2, 3, 4",
            $"class coverage: {_work["test.csv"]}: 1 classes have no video in {csv}: 5",
            $"class coverage: {csv}: 2 of 4 classes have no video: 1, 2",
        ]);
        JsonNode json = JsonNode.Parse(File.ReadAllText(_work["found.json"]))!;
        json["faults"]!.AsArray().Count.ShouldBe(13);
        ((int)json["lists"]![0]!["videos"]!).ShouldBe(7);
        run.Output.ShouldContain("to be mended");
    }

    [Fact]
    public void Validate_CopiesUnderOtherPaths_AreNamedWithinAndBetweenTheLists()
    {
        foreach (string name in (string[])["a", "b", "c"]) TinyFrames.Write(_work, name, 40);
        Directory.CreateSymbolicLink(_work["link"], _work["a"]);
        Directory.CreateDirectory(_work["copy"]);
        foreach (string frame in Directory.GetFiles(_work["b"]))
            File.Copy(frame, Path.Combine(_work["copy"], Path.GetFileName(frame)));
        string train = _work.Write("train.csv", "a,40,0\nb,40,1\nlink,40,1\n"),
            test = _work.Write("test.csv", "c,40,0\ncopy,40,1\n");
        CommandRun run = CommandRun.Of("validate", "--csv_file", train, "--test_csv", test, "--sample", "0");
        run.Status.ShouldBe(1);
        run.ErrorLines.ShouldBe(
        [
            $"duplicate: {train}:3: {_work["link"]} holds the same video as line 1, {_work["a"]}, with label 0 instead "
            + "of 1",
            $"train test overlap: {test}:2: {_work["copy"]} holds the same video as {train}:2, {_work["b"]}",
        ]);
    }

    [Fact]
    public void Validate_OfVideosWithCuts_JudgesTheLongestShotAndNamesWhatIsNoListOfThem()
    {
        foreach (string name in (string[])["a", "b", "c"]) TinyFrames.Write(_work, name, 40);
        _work.Write("a/cuts.txt", "21\n");
        string broken = _work.Write("b/cuts.txt", "twenty\n"), list = _work.Write("list.csv", "a,40\nb,40\nc,40\n");
        string[] words = ["validate", "--csv_file", list, "--sample", "0"];
        CommandRun run = CommandRun.Of(words);
        run.Status.ShouldBe(1);
        run.ErrorLines.Length.ShouldBe(2);
        run.ErrorLines[0].ShouldStartWith($"unreadable cuts: {list}:2: {broken}:1: each line is the number of a frame");
        run.ErrorLines[1].ShouldBe(
            $"too short: {list}:1: 20 frames without a cut of 40, at least 33 are needed");
        CommandRun.Of([.. words, "--across_cuts"]).ShouldBeDone();
    }

    /// <summary>What one can give is named as it is given: an option, and a property in a program.</summary>
    [Fact]
    public void Validate_OfAnUnreadableListOfCuts_NamesTheOptionThatLeavesItUnread()
    {
        TinyFrames.Write(_work, "a", 40);
        string cuts = _work.Write("a/cuts.txt", "twenty\n"), list = _work.Write("list.csv", "a,40\n"), fault =
            $"{cuts}:1: each line is the number of a frame that begins a new shot, from 2, rising; correct it, remove "
            + "the file, or give ";
        CommandRun.Of("validate", "--csv_file", list, "--sample", "0", "--json", _work["found.json"]).ErrorLines
            .ShouldBe([$"unreadable cuts: {list}:1: {fault}--across_cuts"]);
        JsonObject written = JsonNode.Parse(File.ReadAllText(_work["found.json"]))!["faults"]!.AsArray().Single()!
            .AsObject();
        ((string)written["message"]!).ShouldBe($"{fault}--across_cuts");
        written.Select(p => p.Key).ShouldBe(["kind", "file", "line", "message", "isError"]);
        new ListValidator(new ListValidationOptions { CsvFile = list, Sample = 0 })
            .Run(stop: TestContext.Current.CancellationToken).Faults.Single().Message.ShouldBe($"{fault}AcrossCuts");
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("2", false)]
    [InlineData("1", true)]
    public void Validate_Sample_DecodesThatManyFramesFromBothEndsOn(string sample, bool passes)
    {
        TinyFrames.Write(_work, "v", 40);
        File.WriteAllBytes(_work["v/image_00040.jpg"], [1, 2, 3]);
        File.WriteAllText(_work["list.csv"], "v,40\n");
        CommandRun.Of("validate", "--csv-file", _work["list.csv"], "--sample", sample).Status.ShouldBe(passes ? 0 : 1);
    }

    [Fact]
    public void Validate_OnlyWhatTrainingLeavesOut_IsNoFailure()
    {
        TinyFrames.Write(_work, "v", 3);
        File.WriteAllText(_work["list.csv"], "v,3\n");
        CommandRun run = CommandRun.Of("validate", "--csv_file", _work["list.csv"]).ShouldBeDone();
        run.ErrorLines.Single().ShouldStartWith("too short: ");
    }

    [Fact]
    public void Train_UnreadableVideos_AreSkippedAndListedAsFarAsAllowed()
    {
        string csv = _work["list.csv"];
        for (int v = 0; v < 8; v++) TinyFrames.Write(_work, $"v{v}", 12);
        foreach (int v in (int[])[3, 6])
            foreach (string frame in Directory.GetFiles(_work[$"v{v}"])) File.WriteAllText(frame, "x");
        File.WriteAllLines(csv, Enumerable.Range(0, 8).Select(v => $"v{v},12"));

        CommandRun skipped = TinyCommand.Train(csv, _work["run"]).With("--max_bad", "2").With("--epoch", "2").Run()
            .ShouldBeDone();
        skipped.ErrorLines.Where(line => line.StartsWith("skipped ")).Select(line => line.Split(": ")[0])
            .ShouldBe([$"skipped {csv}:4", $"skipped {csv}:7"]);

        CommandRun refused = TinyCommand.Train(csv, _work["run2"]).With("--max-bad", "1").Run();
        refused.ShouldBeRefused(afterWork: true, "2 videos cannot be read, --max_bad allows 1", ".jpg");
        TinyCommand.Train(csv, _work["run3"]).Run()
            .ShouldBeRefused(afterWork: true, ".jpg", "extract the video again or remove the row");
    }
}
