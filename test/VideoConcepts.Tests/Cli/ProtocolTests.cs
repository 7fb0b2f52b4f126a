using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// The published protocol in miniature, from official lists to tables, by the shipped recipes: only networks, clips and
/// epochs are smaller. Each class has a hue of its own, and the groups of a class nearly the same.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed class ProtocolTests : IDisposable
{
    private const int Frames = 24, Groups = 6, Splits = 3; // 17 frames are needed for two clips of 8
    private static readonly string[] Classes = ["Hammering", "HammerThrow", "Archery"]; // no sorted order
    private static readonly string[] Small = ["--net", "r2plus1d-tiny", "--seq", "8", "--img_dim", "32", "--concept",
        "4", "--train_batch", "6", "--workers", "1", "--epoch", "2", "--lr_decay", "1", "--local_from", "1", "--split",
        "1", "--queue", "64", "--threads", "1", "--precision", "full"];
    private static readonly string[] Short = ["--train_batch", "6", "--epoch", "2", "--lr_decay", "1", "--eval_every",
        "1", "--held_out", "0.3", "--threads", "1"];
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Ucf101_FromListsToTables_HasEveryRowAndTheSameFiguresAgain()
    {
        Prepare("ucf101", WriteUcf101);
        CommandRun.Of("validate", "--csv_file", _work["data/train01-labelled.csv"], "--test_csv",
            _work["data/test01-labelled.csv"], "--min_frames", "17").ShouldBeDone();
        File.ReadAllLines(_work["data/classes.txt"]).ShouldBe(Classes);
        SortedDictionary<string, string> figures = Protocol("first");
        Trained("first");
        RetrievalIsThatOfTheFeatures("first");
        Tables("first");
        Protocol("second").ShouldBe(figures);
    }

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [InlineData("hmdb51", "ucf101", "train01", "test01")] // its own recipe is that of UCF-101
    [InlineData("diving48", "diving48", "train", "test")]
    public void OtherDatasets_FromListsToRetrieval_HaveEveryRow(
        string dataset, string recipe, string train, string test)
    {
        Prepare(dataset, dataset == "hmdb51" ? WriteHmdb51 : WriteDiving48);
        Run(["train", .. Recipe(recipe), "--csv_file", _work[$"data/{train}.csv"], "--out", _work["run"], .. Small]);
        Run(["evaluate", "retrieval", .. Recipe("coclr-retrieval"), "--checkpoint", _work["run"], "--train_csv",
            _work[$"data/{train}-labelled.csv"], "--test_csv", _work[$"data/{test}-labelled.csv"], "--out",
            _work["retrieval"]]);
        JsonNode result = Result("retrieval");
        ((int)result["clips"]!["frames"]!, (int)result["clips"]!["size"]!).ShouldBe((8, 32));
        ShouldHaveRows(result["figures"]!, ["chance", "random weights", "model"], ["R@1", "R@5", "R@10"]);
        Chance(result["figures"]!);
    }

    /// <summary>Training and all evaluations into a folder; their figures by file.</summary>
    private SortedDictionary<string, string> Protocol(string to)
    {
        string In(string name) => _work[$"{to}/{name}"];
        string[] lists = ["--train_csv", Lists("train"), "--test_csv", Lists("test")],
            one = ["--train_csv", _work["data/train01-labelled.csv"], "--test_csv", _work["data/test01-labelled.csv"]],
            model = ["--checkpoint", In("run")];
        string own = _work.Write("concepts.json", """{ "preset": "coclr", "stride": 1 }""");
        Run(["train", .. Recipe("ucf101"), "--csv_file", _work["data/train01.csv"], "--out", In("run"), .. Small]);
        foreach (string part in (string[])["train", "test"])
            Run(["extract", .. model, "--csv_file", _work[$"data/{part}01-labelled.csv"], "--out", In(part)]);
        Run(["evaluate", "retrieval", "--train_features", In("train"), "--test_features", In("test"), "--out",
            In("features")]);
        Run(["evaluate", "retrieval", .. Recipe("coclr-retrieval"), .. model, .. lists, "--out", In("retrieval")]);
        Run(["evaluate", "probe", .. Recipe("coclr-probe"), .. model, .. lists, "--out", In("probe"), .. Short]);
        Run(["evaluate", "finetune", .. Recipe("coclr-finetune"), .. model, .. lists, "--out", In("finetune"), .. Short,
            "--scratch"]);
        for (int split = 1; split <= Splits; split++)
            Run(["evaluate", "test", .. Recipe("coclr-test"), "--checkpoint", In($"finetune/train0{split}-labelled"),
                "--test_csv", _work[$"data/test0{split}-labelled.csv"], "--out", In($"ten{split}")]);
        Run(["evaluate", "concepts", "--recipe", own, .. model, .. one, "--out", In("concepts")]);
        return new(Directory.EnumerateFiles(_work[to], "result.json", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(_work[to], file), Figures), StringComparer.Ordinal);
    }

    /// <summary>The terms of the method, each in its epochs.</summary>
    private void Trained(string from)
    {
        JsonNode last = JsonNode.Parse(File.ReadLines(_work[$"{from}/run/metrics.jsonl"]).Last())!;
        foreach (string term in (string[])["I_vv", "I_vs", "I_vd", "loss_static", "loss_dynamic", "local_v", "graph"])
            double.IsFinite((double)last[term]!).ShouldBeTrue(term);
        JsonNode options = JsonNode.Parse(File.ReadAllText(_work[$"{from}/run/run.json"]))!["options"]!;
        ((double)options["thres"]!, (double)options["rate"]!, (int)options["seq"]!).ShouldBe((0.05, 3.0, 8));
    }

    private void RetrievalIsThatOfTheFeatures(string from)
    {
        FigureOf(Result($"{from}/features"), "model", "R@1")
            .ShouldBe(FigureOf(Result($"{from}/retrieval/train01-labelled"), "model", "R@1"));
        // half a turn of the colours apart, which random weights see, too
        FigureOf(Result($"{from}/retrieval"), "model", "R@1")
            .ShouldBeGreaterThan(FigureOf(Result($"{from}/retrieval"), "chance", "R@1"));
    }

    private void Tables(string from)
    {
        string[] rows = ["chance", "random weights", "model"], classified = ["top-1", "mean class"];
        foreach ((string name, string[] columns) in ((string, string[])[])[("retrieval", ["R@1", "R@5", "R@10"]),
            ("probe", classified), ("finetune", classified)])
        {
            JsonNode all = Result($"{from}/{name}");
            JsonNode[] splits =
                [.. Enumerable.Range(1, Splits).Select(n => Result($"{from}/{name}/train0{n}-labelled"))];
            foreach (JsonNode split in splits) ShouldHaveRows(split["figures"]!, rows, columns);
            ShouldHaveRows(all["figures"]!, [.. rows.SelectMany(row => (string[])[row, row + " ±"])], columns);
            foreach (string row in rows)
                foreach (string column in columns) MeanAndDeviation(all, splits, row, column);
            foreach (JsonNode split in splits) Recorded(split);
        }
        Chance(Result($"{from}/retrieval")["figures"]!);
        JsonNode probe = Result($"{from}/probe/train02-labelled")["training"]!,
            tuned = Result($"{from}/finetune/train02-labelled")["training"]!;
        ((double)probe["lr"]!, (double?)probe["momentum"], (bool)probe["batch_norm"]!).ShouldBe((0.1, 0.9, true));
        ((double)tuned["lr"]!, (double?)tuned["momentum"], (double)tuned["dropout"]!).ShouldBe((1e-3, null, 0.9));
        ((int)tuned["epoch"]!, (int)tuned["lr_decay"]![0]!).ShouldBe((2, 1)); // the command line goes before the recipe
        TenCrops(from);
        Concepts(Result($"{from}/concepts"));
    }

    /// <summary>Six test videos of each split, none in two of them.</summary>
    private void TenCrops(string from)
    {
        var paths = new HashSet<string>();
        for (int split = 1; split <= Splits; split++)
        {
            JsonNode ten = Result($"{from}/ten{split}");
            ShouldHaveRows(ten["figures"]!, ["chance", "model"], ["top-1", "mean class"]);
            ((int)ten["views"]!, (string)ten["preset"]!).ShouldBe((10, "coclr"));
            VideoScores scores = ResultFiles.ReadProbabilities(_work[$"{from}/ten{split}"]);
            ClassificationResult.Of(scores).Top1.ShouldBe(FigureOf(ten, "model", "top-1"), 1e-6);
            paths.UnionWith(File.ReadLines(_work[$"{from}/ten{split}/probabilities.csv"]).Skip(1)
                .Select(line => line.Split(',')[0]));
        }
        paths.Count.ShouldBe(Classes.Length * Groups);
    }

    private static void Concepts(JsonNode result)
    {
        Recorded(result);
        foreach (string head in (string[])["static", "dynamic", "static_stills", "dynamic_differences"])
        {
            JsonNode of = result[head]!["labels"]!;
            ((int)of["dead"]!).ShouldBeInRange(0, 3);
            foreach (string share in (string[])["spread", "purity", "normalized_mutual_information", "probe"])
                ((double)of[share]!).ShouldBeInRange(0, 1 + 1e-9, $"{head} {share}");
            ((double)of["chance"]!).ShouldBe(1.0 / Classes.Length, 1e-6);
        }
    }

    private static void Recorded(JsonNode result)
    {
        ((string)result["preset"]!).ShouldBe("coclr");
        ((int)result["clips"]!["frames"]!, (int)result["clips"]!["size"]!, (int)result["clips"]!["frame_stride"]!)
            .ShouldBe((8, 32, 1));
        result["clips"]!["max_windows"].ShouldBeNull();
        result["dropped"]!.AsArray().ShouldBeEmpty();
        foreach (string key in (string[])["checkpoint_sha256", "train_csv_sha256", "test_csv_sha256", "version"])
            ((string)result[key]!).ShouldNotBeEmpty(key);
    }

    /// <summary>Four of a class among twelve: 1 - C(8, k) / C(12, k).</summary>
    private static void Chance(JsonNode figures)
    {
        ((double)figures["chance"]!["R@1"]!).ShouldBe(1.0 / 3, 1e-5);
        ((double)figures["chance"]!["R@5"]!).ShouldBe(1 - (56.0 / 792), 1e-5);
        ((double)figures["chance"]!["R@10"]!).ShouldBe(1); // eight are of other classes
    }

    private static void MeanAndDeviation(JsonNode all, JsonNode[] splits, string row, string column)
    {
        double[] values = [.. splits.Select(split => FigureOf(split, row, column))];
        double mean = values.Average();
        FigureOf(all, row, column).ShouldBe(mean, 2e-6, $"{row} {column}");
        FigureOf(all, row + " ±", column)
            .ShouldBe(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (Splits - 1)), 2e-6, $"{row} {column}");
    }

    private static void ShouldHaveRows(JsonNode figures, string[] rows, string[] columns)
    {
        figures.AsObject().Select(row => row.Key).ShouldBe(rows);
        foreach (string row in rows)
        {
            figures[row]!.AsObject().Select(column => column.Key).ShouldBe(columns);
            foreach (string column in columns)
                ((double)figures[row]![column]!).ShouldBeInRange(0, 1, $"{row} {column}");
        }
    }

    private static double FigureOf(JsonNode result, string row, string column) =>
        (double)result["figures"]![row]![column]!;

    private JsonNode Result(string folder) => JsonNode.Parse(File.ReadAllText(_work[$"{folder}/result.json"]))!;

    // Without what tells when, where and from which files it was made.
    private static string Figures(string file)
    {
        JsonObject result = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        foreach (string key in (string[])["command", "checkpoint", "checkpoint_sha256", "train_features",
            "test_features", "origin"])
            result.Remove(key);
        return result.ToJsonString();
    }

    private string Lists(string part) =>
        string.Join(',', Enumerable.Range(1, Splits).Select(split => _work[$"data/{part}0{split}-labelled.csv"]));

    private static string[] Recipe(string name) =>
        ["--recipe", Path.Combine(AppContext.BaseDirectory, "recipes", name + ".json")];

    private static void Run(string[] words) => CommandRun.Of(words).ShouldBeDone();

    private void Prepare(string dataset, Action writeLists)
    {
        InstalledFfmpeg.SkipUnlessThere();
        writeLists();
        Run(["prepare", dataset, "--videos", _work["videos"], "--lists", _work["lists"], "--out", _work["data"],
            "--short_side", "48"]);
    }

    private void WriteUcf101()
    {
        string Name(string of, int group) => $"{of}/v_{of}_g{group:D2}_c01";
        List("classInd.txt", Classes.Select((name, i) => $"{i + 1} {name}"));
        for (int split = 1; split <= Splits; split++)
        {
            List($"trainlist0{split}.txt", Videos().Where(v => !IsTested(v.Group, split))
                .Select(v => $"{Name(Classes[v.Class], v.Group)}.avi {v.Class + 1}"));
            List($"testlist0{split}.txt", Videos().Where(v => IsTested(v.Group, split))
                .Select(v => $"{Name(Classes[v.Class], v.Group)}.avi"));
        }
        foreach ((int of, int group) in Videos()) Video(Name(Classes[of], group), of, group);
    }

    private void WriteHmdb51()
    {
        string[] classes = ["wave", "chew", "hug"];
        string Name(int of, int group) => $"A (clip)_{classes[of]}_u_cm_np1_fr_med_{group}";
        for (int split = 1; split <= Splits; split++)
            foreach ((int of, string name) in classes.Index())
                List($"{name}_test_split{split}.txt", Enumerable.Range(1, Groups)
                    .Select(group => $"{Name(of, group)}.avi {(IsTested(group, split) ? 2 : 1)} "));
        foreach ((int of, int group) in Videos()) Video($"{classes[of]}/{Name(of, group)}", of, group);
    }

    private void WriteDiving48()
    {
        string Entry(int of, int group) =>
            $$"""{"vid_name": "dive_{{of}}_{{group}}", "label": {{of}}, "start_frame": 0, "end_frame": {{Frames}}}""";
        string Json(bool tested) => "[" + string.Join(", ", Videos().Where(v => IsTested(v.Group, 1) == tested)
            .Select(v => Entry(v.Class, v.Group))) + "]";
        List("Diving48_V2_train.json", [Json(tested: false)]);
        List("Diving48_V2_test.json", [Json(tested: true)]);
        foreach ((int of, int group) in Videos()) Video($"rgb/dive_{of}_{group}", of, group);
    }

    private static IEnumerable<(int Class, int Group)> Videos() =>
        from of in Enumerable.Range(0, Classes.Length) from g in Enumerable.Range(1, Groups) select (of, g);

    private static bool IsTested(int group, int split) => (group + 1) / 2 == split;

    private void List(string name, IEnumerable<string> lines) =>
        _work.Write("lists/" + name, string.Join("\r\n", lines) + "\r\n");

    private void Video(string name, int of, int group) => TestVideo.Make(_work.NewFile($"videos/{name}.mp4"),
        $"testsrc2=s=64x48:r=12,hue=h={(120 * of) + (5 * group)},format=yuv420p", Frames, "-c:v", "mpeg4", "-q:v", "3");
}
