using System.Text.Json.Nodes;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Each dataset's official layout in miniature: prepare → validate → two steps of train.</summary>
[Collection(nameof(SerialTests))]
public sealed class DatasetLayoutTests : IDisposable
{
    private const int Frames = 12; // more than two clips of four
    private readonly WorkFolder _work = new();
    private int _videos;

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Kinetics400_WithQuotedLabelsMissingAndBrokenVideos_GoesThroughToTraining()
    {
        SkipWithoutFfmpeg();
        string[] train = [.. Enumerable.Range(0, 8).Select(i => $"id-_{i}{(char)('a' + i)}xyz")];
        string[] labels = ["abseiling", "throwing ball", "massaging person's head", "tying knot (not on a tie)"];
        Write("lists/train.csv",
        [
            "label,youtube_id,time_start,time_end,split,is_cc",
            .. train.Select((id, i) =>
                $"{(i % 2 == 0 ? $"\"{labels[i % 4]}\"" : labels[i % 4])},{id},{i},{i + 10},train,0"),
            "abseiling,gone0000001,7,17,train,0", ",unlabelled1,7,17,train,0",
        ]);
        Video("videos/train/unlabelled1_000007_000017.mp4");
        Write("lists/val.csv",
        [
            "label,youtube_id,time_start,time_end,split",
            "throwing ball,valvideo001,100,110,val", "abseiling,brokenvideo,3,13,val",
        ]);
        Write("lists/test.csv", ["youtube_id,time_start,time_end,split", "testvideo01,5,15,test"]);
        Write("lists/LICENSE.csv", ["something,else", "1,2"]);
        for (int i = 0; i < train.Length; i++) Video($"videos/train/{labels[i % 4]}/{train[i]}_{i:D6}_{i + 10:D6}.mp4");
        Video("videos/val/throwing ball/valvideo001_000100_000110.mp4");
        File.WriteAllText(_work.NewFile("videos/val/abseiling/brokenvideo_000003_000013.mp4"), "not a video");
        Video("videos/test/testvideo01_000005_000015.mp4");
        Video("videos/train/abseiling/unlisted_000000_000010.mp4");

        CommandRun run = Prepare("kinetics400", 1);

        run.ErrorLines.ShouldContain("missing: train/abseiling/gone0000001_000007_000017.mp4");
        run.ErrorLines.Single(line => line.StartsWith("failed: ")).ShouldContain("brokenvideo_000003_000013.mp4");
        run.Output.ShouldContain("1 videos of the lists are not on the disk");
        run.Output.ShouldContain("1 videos are in no list");
        File.ReadAllLines(_work["data/classes.txt"])
            .ShouldBe(["abseiling", "massaging person's head", "throwing ball", "tying knot (not on a tie)"]);
        Lines("train.csv").Length.ShouldBe(9);
        Lines("train-labelled.csv").Length.ShouldBe(8);
        Lines("train-labelled.csv")[1].ShouldBe($"frames/train/throwing ball/{train[1]}_000001_000011,{Frames},2");
        Lines("val-labelled.csv").ShouldBe([$"frames/val/throwing ball/valvideo001_000100_000110,{Frames},2"]);
        Lines("test.csv").ShouldBe([$"frames/test/testvideo01_000005_000015,{Frames}"]);
        File.Exists(_work["data/test-labelled.csv"]).ShouldBeFalse();
        ValidateAndTrain("train.csv", "train-labelled.csv", "val-labelled.csv");
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Ucf101_ClassesInThePublishedOrder_GoesThroughToTraining()
    {
        SkipWithoutFfmpeg();
        // Sorting that minds the case would put HammerThrow before Hammering, sorting that does not would end with it.
        string[] classes = ["Hammering", "HammerThrow", "HandstandPushups", "Archery"];
        Write("lists/classInd.txt", [.. classes.Select((name, i) => $"{i + 1} {name}"), ""]);
        for (int split = 1; split <= 3; split++)
        {
            Write($"lists/trainlist0{split}.txt",
                [.. Names(1, 3).Select(v => $"{v.Class}/{v.Name}.avi {Array.IndexOf(classes, v.Class) + 1}")]);
            Write($"lists/testlist0{split}.txt", [.. Names(4, 4).Select(v => $"{v.Class}/{v.Name}.avi")]);
        }
        foreach (var (className, name) in Names(1, 4)) Video($"videos/{className}/{name}.avi");

        Prepare("ucf101", 0);

        File.ReadAllLines(_work["data/classes.txt"]).ShouldBe(classes);
        Directory.GetFiles(_work["data"], "*.csv").Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            [.. Enumerable.Range(1, 3)
                .SelectMany(n => (string[])[$"test0{n}-labelled.csv", $"train0{n}-labelled.csv", $"train0{n}.csv"])
                .Order(StringComparer.Ordinal)]);
        Lines("test02-labelled.csv").ShouldBe([.. classes.Select((c, i) => $"frames/{c}/v_{c}_g04_c01,{Frames},{i}")]);
        ValidateAndTrain("train01.csv", "train01-labelled.csv", "test01-labelled.csv", batch: 6);

        IEnumerable<(string Class, string Name)> Names(int first, int last) =>
            from c in classes from g in Enumerable.Range(first, last - first + 1) select (c, $"v_{c}_g{g:D2}_c01");
    }

    [Fact]
    public void Hmdb51_NamesWithOddCharacters_GoesThroughToTraining()
    {
        SkipWithoutFfmpeg();
        string[] wave =
        [
            "#122 (wave!) & more_f_nm_1.avi", "Two  spaces_wave_u_2.avi", "[x]{y}$z_wave_3.avi",
            "plain_wave_4.avi", "unused_wave_5.avi",
        ];
        string[] chew = ["April_09_chew_h_0.avi", "b_chew_1.avi", "c;d_chew_2.avi", "empty_chew_3.avi"];
        for (int split = 1; split <= 3; split++)
        {
            Write($"lists/wave_test_split{split}.txt",
                [.. wave.Select((name, i) => $"{name} {(i == 4 ? 0 : i == 3 ? 2 : 1)} ")]);
            Write($"lists/chew_test_split{split}.txt", [.. chew.Select((name, i) => $"{name} {(i == 2 ? 2 : 1)} ")]);
        }
        foreach (string name in wave) Video($"videos/wave/{name}");
        foreach (string name in chew[..3]) Video($"videos/chew/{name}");
        File.WriteAllText(_work.NewFile("videos/chew/empty_chew_3.avi"), "");

        CommandRun run = Prepare("hmdb51", 1);

        run.ErrorLines.Single(line => line.StartsWith("failed: ")).ShouldEndWith("the file is empty");
        File.ReadAllLines(_work["data/classes.txt"]).ShouldBe(["chew", "wave"]);
        Lines("train01-labelled.csv").ShouldBe(
        [
            $"frames/chew/April_09_chew_h_0,{Frames},0", $"frames/chew/b_chew_1,{Frames},0",
            $"frames/wave/#122 (wave!) & more_f_nm_1,{Frames},1",
            $"frames/wave/Two  spaces_wave_u_2,{Frames},1", $"frames/wave/[x]{{y}}$z_wave_3,{Frames},1",
        ]);
        Lines("test03-labelled.csv")
            .ShouldBe([$"frames/chew/c;d_chew_2,{Frames},0", $"frames/wave/plain_wave_4,{Frames},1"]);
        Directory.Exists(_work["data/frames/wave/unused_wave_5"]).ShouldBeFalse();
        ValidateAndTrain("train01.csv", "train01-labelled.csv", "test01-labelled.csv", batch: 2);
    }

    [Fact]
    public void Diving48_FromItsJsonLists_GoesThroughToTraining()
    {
        SkipWithoutFfmpeg();
        Write("lists/Diving48_V2_train.json",
            ["[" + string.Join(",", Enumerable.Range(0, 8).Select(i =>
                $"{{\"vid_name\": \"dive_{i}\", \"label\": {i % 3}, \"start_frame\": 0, \"end_frame\": {Frames}}}"))
            + "]"]);
        Write("lists/Diving48_V2_test.json",
            ["[{\"vid_name\": \"dive_8\", \"label\": 2, \"start_frame\": 0, \"end_frame\": 9}, "
            + "{\"vid_name\": \"dive_9\", \"label\": 1, \"start_frame\": 0, \"end_frame\": 9}]"]);
        Write("lists/Diving48_vocab.json",
            ["[[\"Back\", \"15som\", \"05Twis\", \"FREE\"], [\"Back\", \"2som\", \"\", \"PIKE\"], "
            + "[\"Forward\", \"Dive\", \"\", \"PIKE\"]]"]);
        for (int i = 0; i < 9; i++) Video($"videos/rgb/dive_{i}.mp4");
        Video("videos/rgb/dive_9.mp4");
        byte[] whole = File.ReadAllBytes(_work["videos/rgb/dive_9.mp4"]);
        File.WriteAllBytes(_work["videos/rgb/dive_9.mp4"], whole[..(whole.Length / 2)]);

        CommandRun run = Prepare("diving48", 1);

        run.ErrorLines.Single(line => line.StartsWith("failed: ")).ShouldContain("dive_9.mp4");
        File.ReadAllLines(_work["data/classes.txt"])
            .ShouldBe(["Back 15som 05Twis FREE", "Back 2som PIKE", "Forward Dive PIKE"]);
        Lines("test-labelled.csv").ShouldBe([$"frames/rgb/dive_8,{Frames},2"]);
        ValidateAndTrain("train.csv", "train-labelled.csv", "test-labelled.csv");
    }

    [Fact]
    public void Prepare_DryRun_SaysWhatItWouldDoAndWritesNothing()
    {
        SkipWithoutFfmpeg();
        Write("lists/Diving48_V2_train.json",
            ["[{\"vid_name\": \"a\", \"label\": 0}, {\"vid_name\": \"b\", \"label\": 0}]"]);
        Video("videos/a.mp4");
        CommandRun run = CommandRun.Of("prepare", "diving48", "--videos", _work["videos"], "--lists", _work["lists"],
            "--out", _work["data"], "--dry-run").ShouldBeDone();
        run.Output.ShouldStartWith("1 videos, 0 of them done before; about 36.7 kB to write, ");
        run.Output.ShouldContain("train.csv: 1 videos");
        run.ErrorLines.ShouldContain("missing: b.mp4");
        Directory.Exists(_work["data"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("kinetics400", "there is no annotation file")]
    [InlineData("ucf101", "there is no classInd.txt")]
    [InlineData("hmdb51", "there is no file such as brush_hair_test_split1.txt")]
    [InlineData("diving48", "there is no Diving48_V2_train.json")]
    public void Prepare_WithoutItsLists_SaysWhichItNeeds(string dataset, string message)
    {
        SkipWithoutFfmpeg();
        Video("videos/a.mp4");
        Directory.CreateDirectory(_work["lists"]);
        CommandRun.Of("prepare", dataset, "--videos", _work["videos"], "--lists", _work["lists"],
            "--out", _work["data"]).ShouldBeRefused(false, message, "--lists");
        Directory.Exists(_work["data"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ucf101", "classInd.txt", "1 A\n3 B", "do not run from 1")]
    [InlineData("ucf101", "classInd.txt", "one A", "classInd.txt:1")]
    [InlineData("ucf101", "trainlist01.txt", "B/v.avi 1", "trainlist01.txt:1")]
    [InlineData("hmdb51", "wave_test_split1.txt", "a.avi 1\nb.avi", "wave_test_split1.txt:2")]
    [InlineData("diving48", "Diving48_V2_train.json", "[{\"vid_name\": \"a\"}]", "entry 1")]
    [InlineData("diving48", "Diving48_V2_train.json", "[", "not valid JSON")]
    [InlineData("kinetics400", "train.csv", "label,youtube_id,time_start,time_end,split\nx,,1,2,train", "train.csv:2")]
    [InlineData("diving48", "Diving48_V2_train.json", "[{\"vid_name\": \"other\", \"label\": 1}]",
        "none of the 1 that the lists name")]
    public void Prepare_ListThatIsNotAsPublished_NamesFileAndLine(
        string dataset, string file, string text, string message)
    {
        SkipWithoutFfmpeg();
        Video("videos/A/a.avi");
        if (dataset == "ucf101")
        {
            Write("lists/classInd.txt", ["1 A"]);
            Write("lists/trainlist01.txt", ["A/a.avi 1"]);
        }
        Write("lists/" + file, [text]);
        CommandRun.Of("prepare", dataset, "--videos", _work["videos"], "--lists", _work["lists"],
            "--out", _work["data"]).ShouldBeRefused(false, message);
    }

    private static void SkipWithoutFfmpeg() => InstalledFfmpeg.SkipUnlessThere();

    private CommandRun Prepare(string dataset, int status)
    {
        CommandRun run = CommandRun.Of("prepare", dataset, "--videos", _work["videos"], "--lists", _work["lists"],
            "--out", _work["data"], "--short-side", "48");
        run.Status.ShouldBe(status, run.Error);
        JsonNode report = JsonNode.Parse(File.ReadAllText(_work["data/prepare-report.json"]))!;
        ((int)report["counts"]!["failed"]!).ShouldBe(status);
        return run;
    }

    private void ValidateAndTrain(string unlabelled, string train, string test, int batch = 4)
    {
        CommandRun.Of("validate", "--csv_file", _work["data/" + train], "--test_csv", _work["data/" + test],
            "--min_frames", "9").ShouldBeDone();
        CommandRun run = TinyCommand.Train(_work["data/" + unlabelled], _work["run"])
            .With("--train_batch", $"{batch}").Run().ShouldBeDone();
        run.ErrorLines.ShouldContain(line => line.StartsWith("epoch 1 step 2/2"));
    }

    private void Write(string name, string[] lines) =>
        File.WriteAllText(_work.NewFile(name), string.Join("\r\n", lines) + "\r\n");

    // All different: copies are found.
    private void Video(string name) => TestVideo.MakeSmall(_work.NewFile(name), Frames, _videos++);

    private string[] Lines(string csv) => File.ReadAllLines(_work["data/" + csv]);
}
