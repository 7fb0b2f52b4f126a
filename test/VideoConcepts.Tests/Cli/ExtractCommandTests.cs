using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>extract, from lists to files, on a run of six steps.</summary>
[Collection(nameof(SerialTests))]
public sealed class ExtractCommandTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    private string Run
    {
        get
        {
            if (!Directory.Exists(_work["run"]))
                TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
            return _work["run"];
        }
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Extract_Stopped_GoesOnAndEndsWithTheSameBytes()
    {
        string[] words = ["extract", "--checkpoint", Run, "--csv_file", videos.Files.MotionTrain, "--batch", "4"];
        CommandRun.Of([.. words, "--out", _work["whole"]]).ShouldBeDone()
            .Output.ShouldBe(_work["whole/features.npy"] + "\n");
        Directory.CreateDirectory(_work["part"]);
        File.Copy(_work["whole/extract.json"], _work["part/extract.json"]);
        byte[] matrix = File.ReadAllBytes(_work["whole/features.npy"]);
        File.WriteAllBytes(_work["part/features.npy.partial"], matrix[..(128 + (128 * 4 * 9) + 50)]);
        CommandRun.Of([.. words, "--out", _work["part"]]).ShouldBeDone();
        foreach (string name in (string[])["features.npy", "rows.csv", "extract.json"])
            File.ReadAllBytes(_work[$"part/{name}"]).ShouldBe(File.ReadAllBytes(_work[$"whole/{name}"]), name);
        CommandRun.Of(["extract", "--checkpoint", Run, "--csv_file", videos.Files.MotionTest, "--out", _work["whole"]])
            .ShouldBeRefused(false, "holds features of another model, list or cut");
    }

    /// <summary>Features of differences are others than those of clips, also to a folder that holds those.</summary>
    [Fact]
    public void Extract_OfAnotherView_WritesOtherFeaturesAndLeavesThoseOfClips()
    {
        string[] words = ["extract", "--checkpoint", Run, "--csv_file", videos.Files.MotionTest];
        CommandRun.Of([.. words, "--out", _work["clips"]]).ShouldBeDone();
        CommandRun.Of([.. words, "--view", "differences", "--out", _work["changes"]]).ShouldBeDone();
        byte[] clips = File.ReadAllBytes(_work["clips/features.npy"]);
        byte[] changes = File.ReadAllBytes(_work["changes/features.npy"]);
        changes.Length.ShouldBe(clips.Length);
        changes.ShouldNotBe(clips);
        CommandRun.Of([.. words, "--view", "differences", "--out", _work["clips"]])
            .ShouldBeRefused(false, "holds features of another model, list or cut");
        File.ReadAllBytes(_work["clips/features.npy"]).ShouldBe(clips);
        CommandRun.Of([.. words, "--view", "both", "--out", _work["both"]]).ShouldBeDone();
        new FileInfo(_work["both/features.npy"]).Length.ShouldBe((2 * (clips.Length - 128)) + 128);
    }

    /// <summary>Windows stay within shots, also where features without cuts are kept already.</summary>
    [Fact]
    public void Extract_OfAVideoWithCuts_LooksAcrossThemOnlyWhenTold()
    {
        VideoEntry video = VideoList.Read(videos.Files.MotionTest).Videos[0];
        foreach (string frame in Directory.GetFiles(video.Path))
            File.Copy(frame, _work.NewFile($"a/{Path.GetFileName(frame)}"));
        string list = _work.Write("list.csv", $"a,{video.FrameCount}\n");
        string[] words = ["extract", "--checkpoint", Run, "--csv_file", list, "--out", _work["features"]];
        CommandRun.Of(words).ShouldBeDone();
        string whole = File.ReadAllText(_work["features/rows.csv"]);
        _work.Write("a/cuts.txt", "6\n9\n"); // the shot in the middle is too short
        CommandRun.Of([.. words, "--across_cuts"])
            .ShouldBeRefused(false, "holds features of another model, list or cut");
        CommandRun.Of(words).ShouldBeDone();
        File.ReadLines(_work["features/rows.csv"]).Skip(1).Select(row => int.Parse(row.Split(',')[^1])).ShouldBe(
            [0, 1, .. Enumerable.Range(8, video.FrameCount - 8 - 4 + 1)]);
        CommandRun.Of([.. words, "--across_cuts", "--force"]).ShouldBeDone();
        File.ReadAllText(_work["features/rows.csv"]).ShouldBe(whole);
        _work.Write("a/cuts.txt", "one\n");
        CommandRun.Of(words).ShouldBeRefused(false, "cuts.txt:1: ", "--across_cuts");
    }

    [Fact(Explicit = true)] // ten seconds
    public void Extract_OfTheSameNamesWithAnotherRoot_IsOfOtherVideos()
    {
        string list = _work.Write("list.csv", File.ReadAllText(videos.Files.MotionTest)),
            folder = VideoList.Read(videos.Files.MotionTest).Videos[0].Path;
        string first = Path.GetRelativePath(videos.Files.Folder, folder);
        foreach (string root in (string[])["small", "copied"])
            foreach (VideoEntry video in VideoList.Read(videos.Files.MotionTest).Videos)
            {
                string from = root == "copied" ? video.Path : folder;
                string to = $"{root}/{Path.GetRelativePath(videos.Files.Folder, video.Path)}";
                foreach (string frame in Directory.GetFiles(from))
                    File.Copy(frame, _work.NewFile($"{to}/{Path.GetFileName(frame)}"));
            }
        // Another first frame under the same name.
        File.Copy(Path.Combine(folder, "image_00002.jpg"), _work[$"small/{first}/image_00001.jpg"], overwrite: true);
        string[] Words(string root) => ["extract", "--checkpoint", Run, "--csv_file", list, "--root", root, "--windows",
            "1", "--out", _work["features"]];
        CommandRun.Of(Words(videos.Files.Folder)).ShouldBeDone();
        CommandRun.Of(Words(_work["copied"])).ShouldBeDone();
        string copied = File.ReadAllText(_work["features/rows.csv"]);
        copied.ShouldContain(_work["copied"]);
        CommandRun.Of(Words(_work["small"])).ShouldBeRefused(false, "holds features of other videos", "--force");
        JsonObject description = JsonNode.Parse(File.ReadAllText(_work["features/extract.json"]))!.AsObject();
        description.Remove("first_video").ShouldBeTrue(); // as earlier versions wrote it
        File.WriteAllText(_work["features/extract.json"], description.ToJsonString());
        CommandRun.Of(Words(_work["small"])).ShouldBeRefused(false, "holds features of other videos", "--force");
        File.ReadAllText(_work["features/rows.csv"]).ShouldBe(copied);
        byte[] before = File.ReadAllBytes(_work["features/features.npy"]);
        Directory.Move(_work["copied"], _work["moved"]);
        CommandRun.Of(Words(_work["moved"])).ShouldBeDone();
        File.ReadAllBytes(_work["features/features.npy"]).ShouldBe(before);
        CommandRun.Of([.. Words(_work["small"]), "--force"]).ShouldBeDone();
        File.ReadAllBytes(_work["features/features.npy"]).ShouldNotBe(before);
    }
}
