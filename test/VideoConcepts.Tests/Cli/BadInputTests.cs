using System.Runtime.Versioning;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>Whatever is wrong with the input: one line that says what, where and what to do, and status 2.</summary>
[Collection(nameof(SerialTests))]
public sealed class BadInputTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    private string List => _work["list.csv"];

    private TinyCommand Train => TinyCommand.Train(videos.Files.Train, _work["run"]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("--epoch", "abc", "--epoch abc: give a whole number.")]
    [InlineData("--epoch", "1.5", "--epoch 1.5: give a whole number.")]
    [InlineData("--epoch", "99999999999", "--epoch 99999999999: give a whole number.")]
    [InlineData("--epoch", "", "--epoch : give a whole number.")]
    [InlineData("--rate", "fast", "--rate fast: give a number.")]
    [InlineData("--lr", "NaN", "--lr NaN: give a number.")]
    [InlineData("--lr_decay", "x", "--lr_decay x: give a list of whole numbers, such as 60,80.")]
    [InlineData("--lr_decay", "60;80", "--lr_decay 60;80: give a list of whole numbers, such as 60,80.")]
    [InlineData("--reference_quirks", "perhaps", "--reference_quirks perhaps: give true or false.")]
    [InlineData("--concept", "0", "--concept 0: must be at least 1.")]
    [InlineData("--img_dim", "8", "--img_dim 8: r2plus1d-tiny takes 16 to 1024 pixels.")]
    [InlineData("--net", "nonsense", "--net nonsense: no such net; did you mean r")]
    [InlineData("--net", "r2plus1d_tiny", "--net r2plus1d_tiny: no such net; did you mean r2plus1d-tiny?")]
    [InlineData("--eval_csv", "nowhere.csv", "nowhere.csv: there is no such file; check the path")]
    [InlineData("--init", "nowhere.pth", "nowhere.pth: there is no such file; check the path")]
    [InlineData("--thres", "1.9", "--thres 1.9: must be 0 to 1")]
    [InlineData("--device", "gpu", "--device gpu: choose auto, cpu, cuda or cuda:n.")]
    [InlineData("--method", "other", "--method other: choose concepts or multilevel")]
    [InlineData("--train_batch", "25", "a batch of 25 videos is more than the list's 24 usable videos")]
    [InlineData("--seq", "12", "no video is usable")]
    [InlineData("--csv_file", "", "--csv_file is missing")]
    [InlineData("--img-dmi", "32", "unknown option --img-dmi; did you mean --img-dim? see videoconcepts train --help.")]
    [InlineData("--img_dmi=32", null, "unknown option --img_dmi; did you mean --img_dim?")]
    [InlineData("--verbos", null, "unknown option --verbos; did you mean --verbose?")]
    [InlineData("--seed", null, "--seed")]
    [InlineData("more", null, "unexpected argument more; see videoconcepts train --help.")]
    public void Train_WrongOption_IsRefused(string option, string? value, string expected)
    {
        Train.With(option, value).Run().ShouldBeRefused(afterWork: false, expected);
        Directory.Exists(_work["run"]).ShouldBeFalse();
    }

    [Fact]
    public void Train_OptionTwice_IsRefused() =>
        CommandRun.Of([.. Train.Words(), "--epoch", "2"]).ShouldBeRefused(afterWork: false, "--epoch");

    [Fact]
    public void Train_NoList_IsRefused() =>
        Train.Without("--csv_file").Run().ShouldBeRefused(afterWork: false, "--csv_file is missing");

    [Fact]
    public void Train_MissingList_IsRefused() =>
        Train.With("--csv_file", List).Run()
            .ShouldBeRefused(afterWork: false, $"{List}: there is no such file; check the path");

    [Theory]
    [InlineData("", ": the list holds no videos")]
    [InlineData("path,frames\n", ": the list holds no videos")]
    [InlineData("a,20\nb,20\n\nc,many\n", ":4: the number of frames, 'many', is not a whole number")]
    [InlineData("a,20\nb\n", ":2: only one field")]
    [InlineData("a,20\n\"b,20\n", ":2: ")]
    public void Train_MalformedList_IsRefusedWithTheLine(string text, string expected)
    {
        File.WriteAllText(List, text);
        Train.With("--csv_file", List).Run().ShouldBeRefused(afterWork: false, List + expected);
    }

    [Fact]
    public void Train_ListThatIsNotText_IsRefused()
    {
        File.WriteAllBytes(List, [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]);
        Train.With("--csv_file", List).Run().ShouldBeRefused(afterWork: false, $"{List}: the file is not UTF-8 text");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public void Train_FrameMissing_IsRefusedWithFileAndLine(string workers)
    {
        string folder = DamagedCopy();
        foreach (string file in Directory.GetFiles(folder)) File.Delete(file);
        Train.With("--csv_file", List).With("--workers", workers).Run()
            .ShouldBeRefused(
                afterWork: true, $"{folder}/image_000",
                $".jpg: no such file, though {List}:3 lists 20 frames; extract the video again");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public void Train_FrameThatIsNoJpeg_IsRefusedWithFileAndLine(string workers)
    {
        string folder = DamagedCopy();
        foreach (string file in Directory.GetFiles(folder)) File.WriteAllText(file, "GIF89a, perhaps");
        Train.With("--csv_file", List).With("--workers", workers).Run()
            .ShouldBeRefused(
                afterWork: true, $"{folder}/image_000", ".jpg: not a JPEG picture", $"({List}:3)", "remove the row");
    }

    [Theory]
    [InlineData("{ \"img_dmi\": 3 }", ": unknown key \"img_dmi\"; did you mean \"img_dim\"?")]
    [InlineData("{\n \"seq\" 3 }", ":2: not valid JSON")]
    [InlineData("{ \"seq\": \"x\" }", ": \"seq\" is \"x\"; give a whole number.")]
    [InlineData("{ \"thres\": 5 }", "--thres 5: must be 0 to 1", false)]
    public void Train_WrongRecipe_IsRefused(string text, string expected, bool withPath = true)
    {
        File.WriteAllText(_work["recipe.json"], text);
        CommandRun.Of("train", "--recipe", _work["recipe.json"], "--csv_file", videos.Files.Train)
            .ShouldBeRefused(afterWork: false, withPath ? _work["recipe.json"] + expected : expected);
    }

    [Fact]
    public void Train_MissingRecipe_IsRefused() =>
        Train.With("--recipe", _work["none.json"]).Run()
            .ShouldBeRefused(afterWork: false, $"{_work["none.json"]}: there is no such recipe");

    [Fact]
    public void Output_ThatIsAFile_IsRefused()
    {
        File.WriteAllText(_work["run"], "mine");
        Train.Run().ShouldBeRefused(afterWork: true, $"--out {_work["run"]}: this is a file; name a folder.");
        TinyCommand.Demo(_work["run"]).Run()
            .ShouldBeRefused(afterWork: false, $"--out {_work["run"]}: this is a file; name a folder.");
        CommandRun.Of("prepare", "folder", "--videos", _work.Path, "--out", _work["run"])
            .ShouldBeRefused(afterWork: false, $"{_work["run"]} is a file");
        File.ReadAllText(_work["run"]).ShouldBe("mine");
    }

    [Theory]
    [InlineData("/proc/videoconcepts")]
    [InlineData("/dev/null/videoconcepts")]
    [SupportedOSPlatform("linux")]
    public void Output_ThatCannotBeWrittenTo_IsRefused(string folder)
    {
        Train.With("--out", folder).Run()
            .ShouldBeRefused(afterWork: true, $"--out {folder}: cannot be written to (", "name another folder");
        TinyCommand.Demo(folder).Run()
            .ShouldBeRefused(afterWork: false, $"--out {folder}: cannot be written to (", "name another folder");
    }

    [Fact]
    public void Demo_OutputOfOtherOptions_IsRefused()
    {
        Directory.CreateDirectory(_work["run/data"]);
        File.WriteAllText(_work["run/data/thesis.txt"], "mine");
        TinyCommand.Demo(_work["run"]).Run().ShouldBeRefused(afterWork: false, "data is not empty; name a new folder");
        TinyCommand.Demo(_work["new"]).With("--train_videos", "0").Run()
            .ShouldBeRefused(afterWork: false, "TrainVideos is 0; it must be at least 1");
        TinyCommand.Demo(_work["new"]).With("--train_videos", "few").Run().ShouldBeRefused(
            afterWork: false, "--train_videos few: give a whole number; see videoconcepts demo --help.");
        TinyCommand.Demo(_work["new"]).With("--train_batch", "17").Run()
            .ShouldBeRefused(afterWork: true, "a batch of 17 videos is more than the list's 16 usable videos");
    }

    [Fact]
    public void Evaluate_WrongFiles_AreRefused()
    {
        string none = _work["none"], labelled = videos.Files.MotionTest;
        Retrieval(none, labelled)
            .ShouldBeRefused(afterWork: false, $"{none}: there is no checkpoint; give the --out folder of a run");
        Retrieval(none, none).ShouldBeRefused(afterWork: false, $"{none}: there is no such file");
        Retrieval(none, videos.Files.Train)
            .ShouldBeRefused(afterWork: false, $"{videos.Files.Train}:1: the row has no label");
        File.WriteAllText(List, "no tensors");
        Retrieval(List, labelled).ShouldBeRefused(afterWork: false, $"{List}: not a safetensors file");
        CommandRun.Of("evaluate", "retrieval", "--net", "r2plus1d-tiny", "--train_csv", labelled, "--out", List)
            .ShouldBeRefused(afterWork: false, $"--out {List}: this is a file");
        foreach ((string option, string value, string expected) in ((string, string, string)[])[
            ("--distributed", "tcp", "--distributed tcp: choose auto, mpi, none."),
            ("--device", "gpu", "--device gpu: choose auto, cpu, cuda or cuda:n."),
            ("--seq", "1_000", "--seq 1_000: give a whole number; see"),
            ("--windows", "2147483647", "--windows is 2147483647")])
            CommandRun.Of("evaluate", "retrieval", "--net", "r2plus1d-tiny", "--train_csv", labelled, option, value)
                .ShouldBeRefused(afterWork: false, expected);
        CommandRun.Of("evaluate", "retrieval", "--train_csv", labelled)
            .ShouldBeRefused(afterWork: false, "give either --checkpoint (a run or its file) or --net");
    }

    [Theory]
    [InlineData("validate", "--csv_file")]
    [InlineData("checkpoint show", "--checkpoint")]
    [InlineData("checkpoint import --to x.safetensors", "--from")]
    [InlineData("train --csv_file x", "--recipe")]
    [InlineData("evaluate merge", "--results")]
    [InlineData("extract --net r2plus1d-tiny --out x", "--csv_file")]
    public void Input_ThatIsAPipeOrLinksInARing_IsRefused(string words, string option)
    {
        RawPath.Shell(_work.Path, "mkfifo pipe; ln -s ring ring");
        CommandRun.Of([.. words.Split(' '), option, _work["pipe"], .. option == "--results" ? [_work["pipe"]]
            : (string[])[]]).ShouldBeRefused(afterWork: false, $"{_work["pipe"]}: a pipe or a device");
        CommandRun.Of([.. words.Split(' '), option, _work["ring"], .. option == "--results" ? [_work["ring"]]
            : (string[])[]]).Status.ShouldBe(2);
    }

    [Fact]
    public void List_OfNoName_IsRefused() =>
        CommandRun.Of("validate", "--csv_file", "").ShouldBeRefused(afterWork: false,
            "the name of a video list is empty");

    [Fact]
    public void Prepare_WrongFolderOrProgram_IsRefused()
    {
        string none = _work["none"];
        CommandRun.Of("prepare", "folder", "--videos", none, "--out", _work["out"], "--ffmpeg", none)
            .ShouldBeRefused(afterWork: false, $"There is no ffmpeg at {none}; install it");
        CommandRun.Of("prepare", "folder", "--videos", none, "--out", _work["out"], "--jobs", "0")
            .ShouldBeRefused(afterWork: false, "--jobs is 0; give 1");
        CommandRun.Of("prepare", "folder", "--videos", none, "--out", _work["out"], "--short-side", "x")
            .ShouldBeRefused(
                afterWork: false, "--short_side x: give a whole number; see videoconcepts prepare folder --help.");
        CommandRun.Of("prepare", "folder", "--videos", none).ShouldBeRefused(afterWork: false, "--out");
        InstalledFfmpeg.SkipUnlessThere();
        CommandRun.Of("prepare", "folder", "--videos", none, "--out", _work["out"])
            .ShouldBeRefused(afterWork: false, $"There is no folder {none}; give the folder of the videos");
        Directory.CreateDirectory(none);
        CommandRun.Of("prepare", "folder", "--videos", none, "--out", _work["out"])
            .ShouldBeRefused(afterWork: false, $"{none} holds no video");
    }

    [Theory]
    [InlineData("trian", "unknown command trian; did you mean train? see videoconcepts --help.")]
    [InlineData("trian --epoch 3", "unknown command trian; did you mean train?")]
    [InlineData("prepare folders", "unknown command folders; did you mean folder? see videoconcepts prepare --help.")]
    [InlineData("evaluate retreival --json x", "unknown command retreival; did you mean retrieval?")]
    [InlineData("--vesion", "unknown option --vesion; did you mean --version?")]
    [InlineData("env now", "unexpected argument now; see videoconcepts env --help.")]
    public void Command_Unknown_IsRefused(string words, string expected) =>
        CommandRun.Of(words.Split(' ')).ShouldBeRefused(afterWork: false, expected);

    [Fact]
    public void Failure_InTraining_IsOneLineAndStatusOne()
    {
        CommandRun run = Train.With("--lr", "1e30").Run();
        run.Status.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.ErrorLines[^1].ShouldStartWith("videoconcepts: the loss is not finite at step ");
        run.ErrorLines[^1].ShouldContain(videos.Files.Train + ":");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public void Evaluate_ModelThatHasDiverged_IsOneLineAndStatusOne()
    {
        TrainOptions options = TinyRun.Options(videos, _work["run"]);
        using (ConceptModel model = TinyRun.UsedModel(options))
        {
            using (torch.no_grad()) model.parameters().First().fill_(float.NaN);
            Checkpoint.Save(_work["diverged.safetensors"], model, options, 1);
        }
        CommandRun run = CommandRun.Of("extract", "--checkpoint", _work["diverged.safetensors"], "--csv_file",
            videos.Files.MotionTest, "--out", _work["features"]);
        run.Status.ShouldBe(1, run.Error);
        run.ErrorLines[^1].ShouldStartWith($"videoconcepts: {videos.Files.MotionTest}:");
        run.ErrorLines[^1].ShouldEndWith(
            "is not finite; a model that has diverged is to be trained with a smaller learning rate.");
    }

    [Fact]
    public void Verbose_WithAnError_ShowsWhere()
    {
        CommandRun run = CommandRun.Of(Train.With("--csv_file", List).With("--verbose", null).Words(), null, Stop);
        run.Status.ShouldBe(2);
        run.ErrorLines[0].ShouldStartWith($"videoconcepts: {List}: there is no such file");
        run.Error.ShouldContain("   at VideoConcepts.");
    }

    private static CommandRun Retrieval(string checkpoint, string list, params string[] more) =>
        CommandRun.Of(["evaluate", "retrieval", "--checkpoint", checkpoint, "--train_csv", list, .. more]);

    /// <summary>
    /// A list of four videos of which the one in line 3 is a copy that a test may spoil; returns the copy's folder.
    /// </summary>
    private string DamagedCopy()
    {
        string folder = _work["video"];
        Directory.CreateDirectory(folder);
        string[] good =
            [.. Directory.GetDirectories(Path.Combine(videos.Files.Folder, "videos/train")).Order().Take(4)];
        foreach (string file in Directory.GetFiles(good[2]))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllLines(List, [$"{good[0]},20", $"{good[1]},20", $"{folder},20", $"{good[3]},20"]);
        return folder;
    }
}
