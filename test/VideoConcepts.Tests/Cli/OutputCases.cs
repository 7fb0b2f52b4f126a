using System.Text.RegularExpressions;
using VideoConcepts.Data;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>A command of the table in docs/outputs.md, with its inputs by name.</summary>
/// <param name="Words">The command line, of the output folder and the inputs.</param>
/// <param name="Inputs">Files and folders that it reads.</param>
public sealed record OutputCase(Func<string, IReadOnlyDictionary<string, string>, string[]> Words,
    IReadOnlyDictionary<string, string> Inputs)
{
    public string[] Into(string folder) => Words(folder, Inputs);

    /// <summary>The same with one input elsewhere.</summary>
    public string[] With(string folder, string input, string path) =>
        Words(folder, new Dictionary<string, string>(Inputs) { [input] = path });
}

/// <summary>
/// Inputs for every command that writes, made once: a run, features, a classifier, results, datasets in miniature.
/// </summary>
public sealed partial class OutputCases : IDisposable
{
    private readonly WorkFolder _work = new(), _links = new();
    private readonly TinyVideos _videos;
    private readonly Dictionary<string, OutputCase> _cases = [];

    public OutputCases(TinyVideos videos)
    {
        _videos = videos;
        AddTraining();
        AddEvaluation();
        AddPreparation();
        AddLibrary();
    }

    /// <summary>The table's rows: command → files that it writes.</summary>
    public static IReadOnlyDictionary<string, string[]> Table { get; } = ReadTable();

    /// <summary>The folder of the inputs.</summary>
    public string Inputs => _work.Path;

    /// <summary>All inputs with their hashes, but for what commands keep in hidden files beside lists.</summary>
    public SortedDictionary<string, string> Contents() =>
        new(WorkFolder.Contents(_work.Path).Where(f => !f.Key.EndsWith(".contents", StringComparison.Ordinal))
            .ToDictionary(), StringComparer.Ordinal);

    public OutputCase Of(string command) => _cases[command];

    public void Dispose()
    {
        _work.Dispose();
        _links.Dispose();
    }

    private static Dictionary<string, string[]> ReadTable()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "outputs.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|'));
        var table = rows.ToDictionary(cells => cells[1].Trim(' ', '`'),
            cells => FileName().Matches(cells[2].Split('(')[0]).Select(m => m.Groups[1].Value).ToArray());
        table["evaluate probe --end-to-end"] = table["evaluate finetune"];
        return table;
    }

    private void Add(string command, (string Name, string Path)[] inputs,
        Func<string, IReadOnlyDictionary<string, string>, string[]> words) =>
        _cases.Add(command, new OutputCase(words, inputs.ToDictionary(i => i.Name, i => i.Path)));

    private void AddLibrary()
    {
        (string, string)[] library = [("library", _work["library.db"])];
        using (new AnalysisLibrary(_work["library.db"]).Add("x/a.mp4", 1, 2, 3).Add("x/b.mp4", 4, 5, 6)) { }
        foreach (string command in (string[])["duplicates", "unusual"])
            Add(command, library, (o, i) =>
                [command, "--library", i["library"], "--sheet", Path.Combine(o, "PAGE.html")]);
        Add("sample", library, (o, i) => ["sample", "--library", i["library"], "--diverse", "2", "--one-per-video",
            "--out", Path.Combine(o, "LIST.csv"), "--sheet", Path.Combine(o, "PAGE.html")]);
        Add("count", library, (o, i) => ["count", "--library", i["library"], "--concept", "static:0", "--out",
            Path.Combine(o, "TABLE.csv")]);
        Add("export", library, (o, i) => ["export", "--library", i["library"], "--out", o]);
        Add("search --sheet", library, (o, i) => ["search", "--library", i["library"], "--moment", "1", "--sheet",
            Path.Combine(o, "PAGE.html")]);
        Add("index", [("list", Absolute(_videos.Files.MotionTest, "indexed.csv")),
            ("model", _work["run/checkpoint.safetensors"])], (o, i) => ["index", "--csv_file", i["list"], "--model",
                i["model"], "--out", Path.Combine(o, "LIBRARY")]);
        Add("search --cut", library, (o, i) => ["search", "--library", i["library"], "--moment", "1", "--cut", o]);
    }

    private void AddTraining()
    {
        string unlabelled = Absolute(_videos.Files.Train, "unlabelled.csv"),
            labelled = Absolute(_videos.Files.MotionTest, "labelled.csv");
        File.WriteAllText(_work["recipe.json"], """{ "threads": 1 }""");
        Add("demo", [("recipe", _work["recipe.json"])],
            (o, i) => [.. TinyCommand.Demo(o).With("--recipe", i["recipe"]).Words()]);
        TinyCommand.Train(unlabelled, _work["run"]).Run().ShouldBeDone();
        string run = _work["run/checkpoint.safetensors"];
        Add("train", [("list", unlabelled), ("labelled", labelled), ("init", run), ("recipe", _work["recipe.json"])],
            (o, i) => [.. TinyCommand.Train(i["list"], o)
            .With("--epoch", "2").With("--eval_csv", i["labelled"]).With("--eval_every", "1").With("--init", i["init"])
                .With("--recipe", i["recipe"]).Words()]);
        CommandRun.Of("checkpoint", "export", "--checkpoint", run, "--backbone", "--to", _work["weights.safetensors"])
            .ShouldBeDone();
        Add("checkpoint export", [("checkpoint", run)], (o, i) =>
            ["checkpoint", "export", "--checkpoint", i["checkpoint"], "--to", Path.Combine(o, "WEIGHTS.safetensors")]);
        Add("checkpoint export --onnx", [("checkpoint", run)], (o, i) =>
            ["checkpoint", "export", "--checkpoint", i["checkpoint"], "--onnx", Path.Combine(o, "NETWORK.onnx")]);
        Add("checkpoint import", [("from", _work["weights.safetensors"])], (o, i) =>
            ["checkpoint", "import", "--from", i["from"], "--to", Path.Combine(o, "WEIGHTS.safetensors"), "--net",
                "r2plus1d-tiny", "--concept", "3", "--seq", "4", "--img_dim", "32"]);
        Add("validate", [("list", labelled)], (o, i) => ["validate", "--csv_file", i["list"], "--sample", "0",
            "--min_frames", "1", "--json", Path.Combine(o, "FILE.json")]);
    }

    private void AddEvaluation()
    {
        string train = Absolute(_videos.Files.MotionTrain, "train.csv"),
            test = Absolute(_videos.Files.MotionTest, "test.csv"), boxes = Absolute(_videos.Files.Boxes, "boxes.csv");
        string run = _work["run/checkpoint.safetensors"];
        string recipe = _work["evaluation.json"];
        File.WriteAllText(recipe, """{ "windows": 1 }""");
        (string, string)[] model = [("checkpoint", run), ("train", train), ("test", test), ("recipe", recipe)];
        string[] Words(string command, string o, IReadOnlyDictionary<string, string> i) =>
            ["evaluate", command, "--checkpoint", i["checkpoint"], "--train_csv", i["train"], "--test_csv", i["test"],
                "--recipe", i["recipe"], "--out", o];
        string[] training = ["--epoch", "2", "--lr_decay", "9", "--train_batch", "8", "--eval_every", "1", "--held_out",
            "0.4", "--threads", "1"];
        Add("evaluate retrieval", model, (o, i) => [.. Words("retrieval", o, i), "--no-random"]);
        Add("evaluate probe", model, (o, i) => [.. Words("probe", o, i), "--no-random"]);
        Add("evaluate probe --end-to-end", model,
            (o, i) => [.. Words("probe", o, i), "--no-random", "--end-to-end", .. training]);
        Add("evaluate finetune", model, (o, i) => [.. Words("finetune", o, i), .. training]);
        Add("evaluate bias", [.. model, ("groups", Absolute(_videos.Files.AppearanceTest, "groups.csv"))],
            (o, i) => [.. Words("bias", o, i), "--no-random", "--groups", i["groups"]]);
        Add("evaluate concepts", model, (o, i) => [.. Words("concepts", o, i)]);
        string motion = Counterparts(test, "motion.csv", 1), look = Counterparts(test, "look.csv", 3);
        Add("evaluate interventions", [("checkpoint", run), ("test", test), ("motion", motion), ("look", look)],
            (o, i) => ["evaluate", "interventions", "--checkpoint", i["checkpoint"], "--test_csv", i["test"],
                "--other_motion", i["motion"], "--other_appearance", i["look"], "--windows", "1", "--out", o]);
        CommandRun.Of(Of("evaluate finetune").Into(_work["tuned"])).ShouldBeDone();
        Add("evaluate test", [("checkpoint", _work["tuned/best.safetensors"]), ("test", test),
            ("recipe", recipe)], (o, i) => ["evaluate", "test", "--checkpoint", i["checkpoint"], "--test_csv",
                i["test"], "--recipe", i["recipe"], "--out", o]);
        File.Copy(_work["tuned/probabilities.csv"], _work.NewFile("other/probabilities.csv"));
        Add("evaluate merge", [("a", _work["tuned/probabilities.csv"]), ("b", _work["other/probabilities.csv"])],
            (o, i) => ["evaluate", "merge", "--results", i["a"], i["b"], "--out", o]);
        Add("extract", [("checkpoint", run), ("list", test), ("recipe", recipe)], (o, i) =>
            ["extract", "--checkpoint", i["checkpoint"], "--csv_file", i["list"], "--recipe", i["recipe"], "--out", o]);
        Add("report", [("checkpoint", run), ("list", test), ("boxes", boxes), ("recipe", recipe)], (o, i) =>
            ["report", "--checkpoint", i["checkpoint"], "--csv_file", i["list"], "--boxes", i["boxes"], "--recipe",
                i["recipe"], "--no-random", "--no-time-cues", "--out", Path.Combine(o, "PAGE.html")]);
    }

    private void AddPreparation()
    {
        Add("prepare synthetic", [], (o, _) => ["prepare", "synthetic", "--out", o, "--train_videos", "8",
            "--test_videos", "8", "--width", "32", "--height", "32"]);
        Add("prepare world", [], (o, _) => ["prepare", "world", "--out", o, "--videos", "3", "--width", "32",
            "--height", "32", "--min_frames", "2", "--max_frames", "3"]);
        TinyFrames.Write(_work, "packing/a", 3);
        TinyFrames.Write(_work, "packing/b", 3);
        foreach (string name in (string[])["a", "b"])
        {
            using FrameStore frames = FrameStore.Open(_work[$"packing/{name}"])!;
            FramePack.Write(frames, _work[$"packing/{name}.zip"], []);
        }
        File.WriteAllText(_work["packing/folders.csv"], $"{_work["packing/a"]},3\n{_work["packing/b"]},3\n");
        File.WriteAllText(_work["packing/files.csv"], $"{_work["packing/a.zip"]},3\n{_work["packing/b.zip"]},3\n");
        // the list keeps its name, wherever it is read from
        string[] Packing(string command, string o, string list)
        {
            string named = _links.NewFile($"{command}/LIST.csv");
            File.Delete(named);
            File.CreateSymbolicLink(named, list);
            return ["prepare", command, "--csv_file", named, "--out", o];
        }
        Add("prepare pack", [("list", _work["packing/folders.csv"])], (o, i) => Packing("pack", o, i["list"]));
        Add("prepare unpack", [("list", _work["packing/files.csv"])], (o, i) => Packing("unpack", o, i["list"]));
        if (!InstalledFfmpeg.IsThere) return;
        string clip = _work.NewFile("clip.mp4");
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "testsrc2=s=32x32:r=25", "-frames:v", "6", clip);
        void Video(string name) => File.Copy(clip, _work.NewFile(name));
        foreach (string name in (string[])["a", "b", "c"])
            TestVideo.MakeSmall(_work.NewFile($"learn/in/{name}.mp4"), 12, name[0] - 'a');
        Add("learn", [("videos", _work["learn/in"]), ("recipe", _work["recipe.json"])], (o, i) =>
            [.. TinyCommand.Train("", o).Without("--csv_file").With("--videos", i["videos"]).With("--train_batch", "2")
                .With("--recipe", i["recipe"]).Words().Select((word, at) => at == 0 ? "learn" : word)]);
        Video("folder/in/x/a.mp4");
        File.WriteAllText(_work["folder/classes"], "x\n");
        Add("prepare folder", [("videos", _work["folder/in"]), ("classes", _work["folder/classes"])],
            (o, i) => ["prepare", "folder", "--videos", i["videos"], "--class_list", i["classes"], "--out", o]);
        Video("k400/in/aaaaaaaaaaa_000000_000010.mp4");
        File.WriteAllText(_work.NewFile("k400/lists/train.csv"),
            "label,youtube_id,time_start,time_end,split\nkissing,aaaaaaaaaaa,0,10,train\n");
        File.WriteAllText(_work["k400/classes"], "kissing\n");
        Add("prepare kinetics400", [("videos", _work["k400/in"]), ("lists", _work["k400/lists"]),
            ("classes", _work["k400/classes"])], (o, i) =>
            ["prepare", "kinetics400", "--videos", i["videos"], "--lists", i["lists"], "--class_list", i["classes"],
                "--out", o]);
        foreach (string name in (string[])["v_A_g01_c01", "v_A_g02_c01"]) Video($"ucf/in/A/{name}.avi");
        File.WriteAllText(_work.NewFile("ucf/lists/classInd.txt"), "1 A\n");
        File.WriteAllText(_work["ucf/lists/trainlist01.txt"], "A/v_A_g01_c01.avi 1\n");
        File.WriteAllText(_work["ucf/lists/testlist01.txt"], "A/v_A_g02_c01.avi\n");
        Add("prepare ucf101", [("videos", _work["ucf/in"]), ("lists", _work["ucf/lists"])],
            (o, i) => ["prepare", "ucf101", "--videos", i["videos"], "--lists", i["lists"], "--out", o]);
        foreach (string name in (string[])["one", "two"]) Video($"hmdb/in/wave/{name}.avi");
        File.WriteAllText(_work.NewFile("hmdb/lists/wave_test_split1.txt"), "one.avi 1\ntwo.avi 2\n");
        Add("prepare hmdb51", [("videos", _work["hmdb/in"]), ("lists", _work["hmdb/lists"])],
            (o, i) => ["prepare", "hmdb51", "--videos", i["videos"], "--lists", i["lists"], "--out", o]);
        foreach (string name in (string[])["one", "two"]) Video($"diving/in/{name}.mp4");
        File.WriteAllText(
            _work.NewFile("diving/lists/Diving48_V2_train.json"), """[{ "vid_name": "one", "label": 0 }]""");
        File.WriteAllText(_work["diving/lists/Diving48_V2_test.json"], """[{ "vid_name": "two", "label": 0 }]""");
        Add("prepare diving48", [("videos", _work["diving/in"]), ("lists", _work["diving/lists"])],
            (o, i) => ["prepare", "diving48", "--videos", i["videos"], "--lists", i["lists"], "--out", o]);
    }

    /// <summary>A list whose paths do not depend on where it lies.</summary>
    private string Absolute(string list, string name)
    {
        File.WriteAllLines(_work[name],
            File.ReadLines(list).Select(line => line.StartsWith("path,", StringComparison.Ordinal) ? line
            : Path.Combine(_videos.Files.Folder, line)));
        return _work[name];
    }

    /// <summary>The videos of other rows.</summary>
    private string Counterparts(string list, string name, int shift)
    {
        string[] rows = File.ReadAllLines(list);
        File.WriteAllLines(_work[name], rows.Skip(shift).Concat(rows.Take(shift)));
        return _work[name];
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex FileName();
}
