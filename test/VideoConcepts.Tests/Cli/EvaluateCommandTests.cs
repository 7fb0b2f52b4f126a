using System.Globalization;
using System.Text.Json.Nodes;
using SkiaSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>evaluate retrieval, probe and concepts, and what all evaluations have in common.</summary>
[Collection(nameof(SerialTests))]
public sealed class EvaluateCommandTests(TinyVideos videos) : EvaluationTests(videos)
{
    [Fact]
    public void Retrieval_FromFeaturesAndFromTheModel_IsTheSame()
    {
        string direct = CommandRun.Of("evaluate", "retrieval", "--checkpoint", Run,
            "--train_csv", Videos.Files.MotionTrain, "--test_csv", Videos.Files.MotionTest,
            "--no-random", "--out", Work["direct"]).ShouldBeDone().Output;
        foreach ((string name, string list) in
            ((string, string)[])[("a", Videos.Files.MotionTrain), ("b", Videos.Files.MotionTest)])
        {
            CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", list, "--out", Work[name]).ShouldBeDone();
        }
        CommandRun.Of("evaluate", "retrieval", "--train_features", Work["a"], "--test_features", Work["b"],
            "--out", Work["stored"]).ShouldBeDone();
        Figures("stored").ShouldBe(Figures("direct"));
        for (int time = 0; time < 2; time++) // results may lie beside the features
            CommandRun.Of("evaluate", "retrieval", "--train_features", Work["a"], "--test_features", Work["b"],
                "--out", Work["a"]).ShouldBeDone();
        JsonNode result = JsonNode.Parse(File.ReadAllText(Work["direct/result.json"]))!;
        ((string)result["checkpoint_sha256"]!).ShouldBe(FileHash.Of(Path.Combine(Run, "checkpoint.safetensors")));
        ((string)result["test_csv_sha256"]!).ShouldBe(FileHash.Of(Videos.Files.MotionTest));
        foreach (string key in (string[])["preset", "clips", "dropped", "command", "version"])
            result[key].ShouldNotBeNull(key);
        // One stream twice ranks as it does alone.
        CommandRun.Of("evaluate", "retrieval", "--train_features", $"{Work["a"]},{Work["a"]}",
            "--test_features", $"{Work["b"]},{Work["b"]}", "--out", Work["twice"]).ShouldBeDone();
        Figures("twice").ShouldBe(Figures("direct"));
        direct.ShouldContain("chance");
    }

    [Fact]
    public void Probe_OfTwoSplits_ShowsTheirMeanAndLeavesAllFiles()
    {
        CommandRun run = CommandRun.Of("evaluate", "probe", "--checkpoint", Run,
            "--train_csv", $"{Videos.Files.MotionTrain},{Videos.Files.AppearanceTrain}",
            "--test_csv", $"{Videos.Files.MotionTest},{Videos.Files.AppearanceTest}",
            "--out", Work["probe"]).ShouldBeDone();
        run.Output.ShouldContain("mean of 2 splits");
        string[] splits = [.. Directory.GetDirectories(Work["probe"]).Select(d => Path.GetFileName(d)!)
            .Where(name => name != "untrained")];
        splits.Length.ShouldBe(2);
        double[] tops = [.. splits.Select(s => (double)JsonNode.Parse(
            File.ReadAllText(Work[$"probe/{s}/result.json"]))!["figures"]!["model"]!["top-1"]!)];
        ((double)JsonNode.Parse(File.ReadAllText(Work["probe/result.json"]))!["figures"]!["model"]!["top-1"]!)
            .ShouldBe(tops.Average(), 1e-6);
        ((double)JsonNode.Parse(File.ReadAllText(Work["probe/result.json"]))!["figures"]!["model ±"]!["top-1"]!)
            .ShouldBe(Math.Abs(tops[0] - tops[1]) / Math.Sqrt(2), 1e-5);
        foreach (string file in (string[])["probabilities.csv", "confusion.csv", "confusion.png", "per_class.csv"])
            File.Exists(Work[$"probe/{splits[0]}/{file}"]).ShouldBeTrue(file);
        VideoScores read = ResultFiles.ReadProbabilities(Work[$"probe/{splits[0]}"]);
        ClassificationResult.Of(read).Top1.ShouldBe(tops[0], 1e-6);
    }

    /// <summary>Two splits that share all videos, each tested once.</summary>
    [Fact(Explicit = true)] // five seconds
    public void Probe_ByLogisticRegression_OfSplitsThatShareTheirVideos_PoolsThem()
    {
        string[] rows = File.ReadAllLines(Videos.Files.MotionTest);
        string List(string name, IEnumerable<string> some) => Work.Write(name, string.Join('\n', some));
        string[] even = [.. rows.Where((_, i) => i / 8 % 2 == 0)], odd = [.. rows.Except(even)];
        (string a, string b) = (List("even.csv", even), List("odd.csv", odd));
        CommandRun run = CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--no-random", "--classifier",
            "logistic", "--train_csv", $"{a},{b}", "--test_csv", $"{b},{a}", "--root", Videos.Files.Folder, "--out",
            Work["probe"]).ShouldBeDone();
        run.Output.ShouldContain("logistic regression");
        run.Output.ShouldContain("the 16 test videos together");
        JsonNode probe = JsonNode.Parse(File.ReadAllText(Work["probe/even/result.json"]))!["probe"]!;
        ((string)probe["classifier"]!).ShouldBe("logistic");
        LogisticProbe.Penalties.ShouldContain((double)probe["penalty"]!);
        ((string)probe["chosen_by"]!).ShouldBe("random parts of the training list"); // one other split is no two folds
        run.ErrorLines.ShouldContain(line => line.StartsWith("even, ") && line.Contains(": penalty "));
    }

    [Fact]
    public void Evaluate_IntoAFolderOfAnEarlierVersion_ReplacesItsResult()
    {
        string[] words = ["evaluate", "retrieval", "--checkpoint", Run, "--train_csv", Videos.Files.MotionTrain,
            "--windows", "1", "--no-random", "--out", Work["old"]];
        File.WriteAllText(
            Work.NewFile("old/result.json"),
            """{ "command": "videoconcepts evaluate retrieval", "version": "0.1.0", "figures": { "model": { "R@1": 1 } } }""");
        CommandRun.Of(words).ShouldBeDone();
        File.ReadAllText(Work["old/result.json"]).ShouldContain("\"origin\"");
    }

    [Fact]
    public void Evaluate_WithAnOptionThatIsNotRead_IsRefused()
    {
        CommandRun.Of("evaluate", "retrieval", "--train_features", Work["f"], "--windows", "3")
            .ShouldBeRefused(false, "--windows is not read with --train_features");
        CommandRun.Of("evaluate", "retrieval", "--train_features", Work["f"], "--view", "both")
            .ShouldBeRefused(false, "--view is not read with --train_features");
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", Videos.Files.MotionTrain, "--test_csv",
            Videos.Files.MotionTest, "--end-to-end", "--view", "both")
            .ShouldBeRefused(false, "--view is not read with --end-to-end");
        string[] probe = ["evaluate", "probe", "--checkpoint", Run, "--train_csv", Videos.Files.MotionTrain,
            "--test_csv", Videos.Files.MotionTest];
        CommandRun.Of([.. probe, "--end-to-end", "--classifier", "logistic"])
            .ShouldBeRefused(false, "--classifier is not read with --end-to-end");
        CommandRun.Of([.. probe, "--classifier", "svm"])
            .ShouldBeRefused(false, "--classifier svm: choose sgd, logistic or nearest");
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", Videos.Files.MotionTrain, "--out", Work["f"],
            "--view", "sideways").ShouldBeRefused(false, "--view sideways: choose clips, differences, both");
        CommandRun.Of("evaluate", "retrieval", "--train_csv", Videos.Files.MotionTest, "--net", "r2plus1d-tiny",
            "--test_features", Work["f"])
            .ShouldBeRefused(false, "--test_features is not read without --train_features");
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", Videos.Files.MotionTrain, "--test_csv",
            Videos.Files.MotionTest, "--epoch", "3").ShouldBeRefused(false, "--epoch is not read without --end-to-end");
        CommandRun.Of("evaluate", "test", "--checkpoint", Run, "--test_csv", Videos.Files.MotionTest, "--seed", "3")
            .ShouldBeRefused(false, "unknown option --seed");
    }

    [Fact]
    public void Root_OfListsElsewhere_IsReadByEveryCommand()
    {
        string[] Copied(string name, string file)
        {
            File.Copy(file, Work.NewFile($"lists/{name}.csv"));
            return [$"--{name}", Work[$"lists/{name}.csv"], "--root", Videos.Files.Folder, "--windows", "1",
                "--checkpoint", Run];
        }
        string[] train = Copied("train_csv", Videos.Files.MotionTrain),
            list = Copied("csv_file", Videos.Files.MotionTest), test = Copied("test_csv", Videos.Files.MotionTest);
        CommandRun.Of(["extract", .. list, "--out", Work["features"]]).ShouldBeDone();
        foreach (string command in (string[])["retrieval", "probe"])
            CommandRun.Of(["evaluate", command, .. train, .. test[..2], "--no-random"]).ShouldBeDone();
        CommandRun.Of(["evaluate", "concepts", .. train, .. test[..2]]).ShouldBeDone();
        CommandRun.Of(["report", .. list, "--no-random", "--no-time-cues", "--out", Work["page.html"]]).ShouldBeDone();
        CommandRun.Of(["evaluate", "retrieval", .. train[..2], .. train[4..], "--no-random"])
            .ShouldBeRefused(true, "no such file, though");
    }

    [Fact]
    public void Evaluate_OfListsOfOneName_KeepsThemApart()
    {
        foreach ((string folder, string train,
            string test) in ((string, string, string)[])[("s1", Videos.Files.MotionTrain, Videos.Files.MotionTest),
            ("s2", Videos.Files.AppearanceTrain, Videos.Files.AppearanceTest)])
        {
            File.Copy(train, Work.NewFile($"{folder}/train.csv"));
            File.Copy(test, Work.NewFile($"{folder}/test.csv"));
        }
        string[] lists = ["--train_csv", $"{Work["s1/train.csv"]},{Work["s2/train.csv"]}", "--test_csv",
            $"{Work["s1/test.csv"]},{Work["s2/test.csv"]}",
            "--root", Videos.Files.Folder, "--windows", "1", "--checkpoint", Run];
        CommandRun.Of(["evaluate", "retrieval", .. lists, "--no-random", "--out", Work["found"]]).ShouldBeDone();
        foreach (string name in (string[])["s1-train", "s2-train"])
            ((string)JsonNode.Parse(File.ReadAllText(Work[$"found/{name}/result.json"]))!["split"]!).ShouldBe(name);
        CommandRun.Of(["evaluate", "concepts", .. lists, "--out", Work["concepts"]]).ShouldBeDone();
        JsonNode concepts = JsonNode.Parse(File.ReadAllText(Work["concepts/result.json"]))!;
        concepts["static"]!.AsObject().Select(f => f.Key).ShouldBe(["s1", "s2"]);
    }

    [Fact]
    public void Evaluate_OfTheSameRunTrainedOn_ReplacesItsResultsAndOfAnotherRunDoesNot()
    {
        string[] Words(string run) =>
            ["evaluate", "retrieval", "--checkpoint", run, "--train_csv", Videos.Files.MotionTrain, "--windows", "1",
                "--no-random", "--out", Work["result"]];
        string[] Extract(string run) => ["extract", "--checkpoint", run, "--csv_file", Videos.Files.MotionTrain,
            "--windows", "1", "--out", Work["features"]];
        CommandRun.Of(Words(Run)).ShouldBeDone();
        CommandRun.Of(Extract(Run)).ShouldBeDone();
        byte[] before = File.ReadAllBytes(Work["features/features.npy"]);
        CommandRun.Of("train", "--resume", Run, "--epoch", "2").ShouldBeDone();
        Directory.Move(Run, Work["moved"]);
        CommandRun.Of(Words(Work["moved"])).ShouldBeDone();
        CommandRun.Of(Extract(Work["moved"])).ShouldBeDone();
        File.ReadAllBytes(Work["features/features.npy"]).ShouldNotBe(before);
        TinyCommand.Train(Videos.Files.Train, Work["other"]).With("--seed", "9").Run().ShouldBeDone();
        CommandRun.Of(Words(Work["other"])).ShouldBeRefused(false, "was made from another source (checkpoint)",
            "--force");
        CommandRun.Of(Extract(Work["other"])).ShouldBeRefused(false, "holds features of another model, list or cut",
            "--force");
        CommandRun.Of([.. Words(Work["other"]), "--force"]).ShouldBeDone();
        CommandRun.Of([.. Extract(Work["other"]), "--force"]).ShouldBeDone();
    }

    [Fact(Explicit = true)]
    public void Concepts_WithOtherRuns_AreComparedWithTheirs()
    {
        TinyCommand.Train(Videos.Files.Train, Work["other"]).With("--seed", "9").With("--concept", "2").Run()
            .ShouldBeDone();
        string[] Words(params string[] runs) => ["evaluate", "concepts", "--checkpoint", Run, "--train_csv",
            Videos.Files.MotionTrain, "--test_csv", Videos.Files.MotionTest, "--windows", "1", "--other_runs",
            string.Join(',', runs), "--out", Work["concepts"]];
        CommandRun.Of(Words(Run)).ShouldBeRefused(false, "--other_runs", "the same checkpoint as",
            "name each run once");
        CommandRun.Of(Words(Work["other"], Work["other"])).ShouldBeRefused(false, "name each run once");
        CommandRun.Of(Words(Work["nowhere"])).ShouldBeRefused(false, "nowhere");
        CommandRun.Of(Words("")).ShouldBeRefused(false, "");
        Directory.Exists(Work["concepts"]).ShouldBeFalse();
        CommandRun run = CommandRun.Of(Words(Work["other"])).ShouldBeDone();
        run.Output.ShouldContain("stability");
        run.Output.ShouldContain("DCI disentanglement is left out"); // of one factor
        JsonNode json = JsonNode.Parse(File.ReadAllText(Work["concepts/result.json"]))!;
        json["stability"]!["runs"]!.AsArray().Count.ShouldBe(2);
        JsonNode pair = json["stability"]!["dynamic_differences"]!["pairs"]![0]!;
        pair["partners"]!.AsArray().Select(p => (int)p!).Order().ShouldBe([-1, 0, 1]); // three concepts and two
        json["disentanglement"]!["clips"]!["disentanglement"].ShouldBeNull();
        json["leakage"].ShouldBeNull();
        File.ReadLines(Work["concepts/concepts.csv"]).First().ShouldBe(
            "concept,kind,views,share,information_labels,importance_labels");
        CommandRun.Of([.. Words(Work["other"])[..^4], "--out", Work["concepts"]])
            .ShouldBeRefused(false, "was made from another source (other_runs)"); // without the other run
    }

    [Fact]
    public void Concepts_OfTwoFactors_ShowsWhichKindKnowsWhich()
    {
        CommandRun run = CommandRun.Of("evaluate", "concepts", "--checkpoint", Run,
            "--train_csv", $"{Videos.Files.AppearanceTrain},{Videos.Files.MotionTrain}",
            "--test_csv", $"{Videos.Files.AppearanceTest},{Videos.Files.MotionTest}",
            "--diagnose", "--out", Work["concepts"]).ShouldBeDone();
        JsonNode json = JsonNode.Parse(File.ReadAllText(Work["concepts/result.json"]))!;
        string[] heads = ["static", "dynamic", "static_stills", "dynamic_differences"];
        foreach (string head in heads)
        {
            json[head]!.AsObject().Count.ShouldBe(2);
            ((double)json[head]!["motion"]!["adjusted_mutual_information"]!).ShouldBeLessThanOrEqualTo(1);
        }
        foreach (string head in (string[])["static_clips", "dynamic_clips", "static_stills", "dynamic_differences"])
        {
            JsonNode standardised = json[$"{head}_standardised"]!["motion"]!;
            ((double)standardised["low"]!).ShouldBeLessThanOrEqualTo((double)standardised["high"]!);
            standardised["shares"]!.AsArray().Sum(share => (double)share!).ShouldBe(1, 1e-9);
        }
        foreach (string head in (string[])["static_clips", "dynamic_differences"])
            json["leakage"]![head]!["motion"]!["given"]!.AsArray().Select(f => (string)f!).ShouldBe(["appearance"]);
        json["disentanglement"]!.AsObject().Select(set => set.Key).ShouldBe(["static_clips", "dynamic_clips",
            "static_stills", "dynamic_differences", "clips", "stills_and_differences"]);
        JsonNode clips = json["disentanglement"]!["clips"]!;
        ((double)clips["disentanglement"]!["value"]!).ShouldBeInRange(0, 1);
        ((double)clips["disentanglement"]!["above_shuffled"]!).ShouldBeLessThanOrEqualTo(
            (double)clips["disentanglement"]!["value"]!);
        foreach (string figure in (string[])["mig", "sap", "completeness", "informativeness"])
            ((double)clips["motion"]![figure]!["shuffled_low"]!).ShouldBeLessThanOrEqualTo(
                (double)clips["motion"]![figure]!["shuffled_high"]!);
        string[] rows = File.ReadAllLines(Work["concepts/concepts.csv"]);
        rows[0].ShouldBe("concept,kind,views,share,information_appearance,information_motion,importance_appearance,"
            + "importance_motion,disentanglement");
        rows.Length.ShouldBe(1 + (4 * 3)); // concepts of each head
        rows[4..7].ShouldAllBe(row => row.Contains(",dynamic,clips,"));
        rows[1..4].Sum(row => double.Parse(row.Split(',')[3], CultureInfo.InvariantCulture)).ShouldBe(1, 1e-5);
        rows[1..7].Sum(row => double.Parse(row.Split(',')[6], CultureInfo.InvariantCulture)).ShouldBe(1, 1e-5);
        using var picture = SKBitmap.Decode(Work["concepts/concepts.png"]);
        picture.ShouldNotBeNull();
        run.Output.ShouldContain("dead");
        run.Output.ShouldNotContain("stability");
        run.Output.ShouldContain("a clip's own static view is the nearest of all for ");
        JsonNode diagnosis = json["diagnosis"]!;
        diagnosis["deviation_differences"]!.AsObject().Count.ShouldBe(4);
        diagnosis["dynamic_differences"]!["adjusted_mutual_information_centred"]!.AsObject().Count.ShouldBe(2);
    }

    [Fact]
    public void Evaluate_WrongListsOrModels_AreRefused()
    {
        string train = Videos.Files.MotionTrain;
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", train, "--test_csv", train)
            .ShouldBeRefused(false, "videos are in", "--allow-overlap");
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", train, "--test_csv", train,
            "--allow-overlap").ShouldBeDone();
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", $"{train},{train}", "--test_csv", train)
            .ShouldBeRefused(false, "names 2 lists and --test_csv 1");
        CommandRun.Of("evaluate", "retrieval", "--checkpoint", Run, "--train_csv", train, "--preset", "x")
            .ShouldBeRefused(false, "--preset x: choose one of coclr, 10clip");
        CommandRun.Of("evaluate", "retrieval", "--net", "r2plus1d-tiny", "--checkpoint", Run, "--train_csv", train)
            .ShouldBeRefused(false, "give either --checkpoint");
        CommandRun.Of("evaluate", "retrieval", "--train_features", Work["none"])
            .ShouldBeRefused(false, "not a folder that extract wrote");
        CommandRun.Of("evaluate", "merge", "--results", Work["none"], Work["none"])
            .ShouldBeRefused(false, "there is no such file");
        CommandRun.Of([.. FineTune, "--out", Work["x"], "--dropout", "1"])
            .ShouldBeRefused(false, "--dropout 1: must be 0 to below 1");
        CommandRun.Of([.. FineTune, "--out", Work["x"], "--labels", "0"])
            .ShouldBeRefused(false, "--labels 0: give a share above 0");
    }

    [Fact]
    public void Retrieval_OfCopies_LeavesThemOutAndSaysSo()
    {
        string twice = Work.Write("twice.csv",
            string.Concat(File.ReadAllLines(Videos.Files.MotionTest)
            .Select(row => Path.GetDirectoryName(Videos.Files.MotionTest) + "/" + row + "\n")));
        string[] words = ["evaluate", "retrieval", "--checkpoint", Run, "--windows", "1", "--no-random", "--train_csv",
            twice];
        CommandRun once = CommandRun.Of([.. words, "--out", Work["once"]]).ShouldBeDone();
        once.Error.ShouldContain("left out: R@20, R@50; a query searches among as few as 15 videos");
        File.AppendAllText(twice, File.ReadAllText(twice));
        CommandRun both = CommandRun.Of([.. words, "--out", Work["both"]]).ShouldBeDone();
        both.Error.ShouldContain("32 of 32 queries have a copy of the same video");
        JsonNode a = JsonNode.Parse(File.ReadAllText(Work["once/result.json"]))!["figures"]!,
            b = JsonNode.Parse(File.ReadAllText(Work["both/result.json"]))!["figures"]!;
        b["model"]!["R@1"]!.ToJsonString().ShouldBe(a["model"]!["R@1"]!.ToJsonString());
        b["chance"]!["R@1"]!.ToJsonString().ShouldBe(a["chance"]!["R@1"]!.ToJsonString());
        b["model"]!.AsObject().Select(f => f.Key).ShouldBe(["R@1", "R@5", "R@10", "R@20"]);
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", twice, "--windows", "1", "--out", Work["features"])
            .ShouldBeDone();
        CommandRun.Of("evaluate", "retrieval", "--train_features", Work["features"]).ShouldBeDone();
    }

    [Fact]
    public void Evaluate_CopiesInTrainAndTest_AreRefusedWithTheirNumber()
    {
        Directory.CreateSymbolicLink(Work["link"], Path.GetDirectoryName(Videos.Files.MotionTrain)!);
        string overlap = Work.Write("overlap.csv",
            string.Concat(File.ReadAllLines(Videos.Files.MotionTrain).Take(5)
            .Select(row => $"{Work["link"]}/{row}\n")));
        string dup = Work.Write("dup.csv", File.ReadAllText(overlap) + File.ReadAllLines(overlap)[0] + "\n");
        foreach (string what in (string[])["retrieval", "probe", "concepts", "finetune"])
            CommandRun.Of("evaluate", what, "--checkpoint", Run, "--train_csv", Videos.Files.MotionTrain, "--test_csv",
                overlap, "--out", Work["refused"])
                .ShouldBeRefused(false,
                    $"{overlap}:1: 5 of 5 videos are in {Videos.Files.MotionTrain} too (5 of them under another path)",
                    "--allow-overlap");
        CommandRun.Of("evaluate", "concepts", "--checkpoint", Run, "--windows", "1", "--train_csv", dup, "--test_csv",
            dup, "--allow-overlap").Error.ShouldNotContain("same key");
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", overlap, "--windows", "1", "--out", Work["a"])
            .ShouldBeDone();
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", Videos.Files.MotionTrain, "--windows", "1", "--out",
            Work["b"]).ShouldBeDone();
        CommandRun.Of("evaluate", "retrieval", "--train_features", Work["b"], "--test_features", Work["a"])
            .ShouldBeRefused(false, "5 of 5 videos are in", "under another path");
    }

    private string Figures(string folder) =>
        JsonNode.Parse(File.ReadAllText(Work[$"{folder}/result.json"]))!["figures"]!["model"]!.ToJsonString();
}
