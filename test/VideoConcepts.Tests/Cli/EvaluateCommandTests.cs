using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>evaluate, from lists to files, on a run of six steps.</summary>
[Collection(nameof(SerialTests))]
public sealed class EvaluateCommandTests(TinyVideos videos) : IDisposable
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
    public void Retrieval_FromFeaturesAndFromTheModel_IsTheSame()
    {
        string direct = CommandRun.Of("evaluate", "retrieval", "--checkpoint", Run,
            "--train_csv", videos.Files.MotionTrain, "--test_csv", videos.Files.MotionTest,
            "--no-random", "--out", _work["direct"]).ShouldBeDone().Output;
        foreach ((string name, string list) in
            ((string, string)[])[("a", videos.Files.MotionTrain), ("b", videos.Files.MotionTest)])
        {
            CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", list, "--out", _work[name]).ShouldBeDone();
        }
        CommandRun.Of("evaluate", "retrieval", "--train_features", _work["a"], "--test_features", _work["b"],
            "--out", _work["stored"]).ShouldBeDone();
        Figures("stored").ShouldBe(Figures("direct"));
        for (int time = 0; time < 2; time++) // results may lie beside the features
            CommandRun.Of("evaluate", "retrieval", "--train_features", _work["a"], "--test_features", _work["b"],
                "--out", _work["a"]).ShouldBeDone();
        JsonNode result = JsonNode.Parse(File.ReadAllText(_work["direct/result.json"]))!;
        ((string)result["checkpoint_sha256"]!).ShouldBe(FileHash.Of(Path.Combine(Run, "checkpoint.safetensors")));
        ((string)result["test_csv_sha256"]!).ShouldBe(FileHash.Of(videos.Files.MotionTest));
        foreach (string key in (string[])["preset", "clips", "dropped", "command", "version"])
            result[key].ShouldNotBeNull(key);
        // One stream twice ranks as it does alone.
        CommandRun.Of("evaluate", "retrieval", "--train_features", $"{_work["a"]},{_work["a"]}",
            "--test_features", $"{_work["b"]},{_work["b"]}", "--out", _work["twice"]).ShouldBeDone();
        Figures("twice").ShouldBe(Figures("direct"));
        direct.ShouldContain("chance");
    }

    [Fact]
    public void Probe_OfTwoSplits_ShowsTheirMeanAndLeavesAllFiles()
    {
        CommandRun run = CommandRun.Of("evaluate", "probe", "--checkpoint", Run,
            "--train_csv", $"{videos.Files.MotionTrain},{videos.Files.AppearanceTrain}",
            "--test_csv", $"{videos.Files.MotionTest},{videos.Files.AppearanceTest}",
            "--out", _work["probe"]).ShouldBeDone();
        run.Output.ShouldContain("mean of 2 splits");
        string[] splits = [.. Directory.GetDirectories(_work["probe"]).Select(d => Path.GetFileName(d)!)
            .Where(name => name != "untrained")];
        splits.Length.ShouldBe(2);
        double[] tops = [.. splits.Select(s => (double)JsonNode.Parse(
            File.ReadAllText(_work[$"probe/{s}/result.json"]))!["figures"]!["model"]!["top-1"]!)];
        ((double)JsonNode.Parse(File.ReadAllText(_work["probe/result.json"]))!["figures"]!["model"]!["top-1"]!)
            .ShouldBe(tops.Average(), 1e-6);
        ((double)JsonNode.Parse(File.ReadAllText(_work["probe/result.json"]))!["figures"]!["model ±"]!["top-1"]!)
            .ShouldBe(Math.Abs(tops[0] - tops[1]) / Math.Sqrt(2), 1e-5);
        foreach (string file in (string[])["probabilities.csv", "confusion.csv", "confusion.png", "per_class.csv"])
            File.Exists(_work[$"probe/{splits[0]}/{file}"]).ShouldBeTrue(file);
        VideoScores read = ResultFiles.ReadProbabilities(_work[$"probe/{splits[0]}"]);
        ClassificationResult.Of(read).Top1.ShouldBe(tops[0], 1e-6);
    }

    /// <summary>Two splits that share all videos, each tested once.</summary>
    [Fact(Explicit = true)] // five seconds
    public void Probe_ByLogisticRegression_OfSplitsThatShareTheirVideos_PoolsThem()
    {
        string[] rows = File.ReadAllLines(videos.Files.MotionTest);
        string List(string name, IEnumerable<string> some) => _work.Write(name, string.Join('\n', some));
        string[] even = [.. rows.Where((_, i) => i / 8 % 2 == 0)], odd = [.. rows.Except(even)];
        (string a, string b) = (List("even.csv", even), List("odd.csv", odd));
        CommandRun run = CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--no-random", "--classifier",
            "logistic", "--train_csv", $"{a},{b}", "--test_csv", $"{b},{a}", "--root", videos.Files.Folder, "--out",
            _work["probe"]).ShouldBeDone();
        run.Output.ShouldContain("logistic regression");
        run.Output.ShouldContain("the 16 test videos together");
        JsonNode probe = JsonNode.Parse(File.ReadAllText(_work["probe/even/result.json"]))!["probe"]!;
        ((string)probe["classifier"]!).ShouldBe("logistic");
        LogisticProbe.Penalties.ShouldContain((double)probe["penalty"]!);
        ((string)probe["chosen_by"]!).ShouldBe("random parts of the training list"); // one other split is no two folds
        run.ErrorLines.ShouldContain(line => line.StartsWith("even, ") && line.Contains(": penalty "));
    }

    [Theory]
    [InlineData(false, Explicit = true)] // six seconds
    [InlineData(true)]
    public void FineTune_StoppedAndCalledAgain_EndsLikeAnUndisturbedOne(bool sgd)
    {
        string[] words = [.. FineTune,
            .. sgd ? (string[])["--preset", "10clip", "--img_dim", "32", "--windows", "3"] : [], "--scratch"];
        if (sgd) words = words[..^1];
        CommandRun.Of([.. words, "--out", _work["whole"]]).ShouldBeDone()
            .Output.ShouldContain(sgd ? "model" : "random weights");
        using var stop = new CancellationTokenSource();
        int intervals = 0;
        CommandRun stopped = CommandRun.Of(
            [.. words.Where(w => w != "--scratch"), "--out", _work["part"]],
            line =>
            {
                if (line.StartsWith("epoch ", StringComparison.Ordinal) && ++intervals == 1) stop.Cancel();
            },
            stop.Token);
        stopped.Status.ShouldBe(130, stopped.Error);
        CommandRun.Of([.. words.Where(w => w != "--scratch"), "--out", _work["part"]]).ShouldBeDone()
            .Error.ShouldContain("going on after step");
        File.ReadAllBytes(_work["part/probabilities.csv"])
            .ShouldBe(File.ReadAllBytes(_work["whole/probabilities.csv"]));
        ShouldHoldTheSame("part", "whole"); // the last epoch too, whichever was best
        foreach (string file in (string[])["best.safetensors", "finetune-train.csv", "finetune-held-out.csv",
            "metrics.jsonl", "result.json"]) File.Exists(_work[$"part/{file}"]).ShouldBeTrue(file);
        CommandRun.Of([.. FineTune[..2], "--net", "r2plus1d-tiny", "--seq", "4", "--img_dim", "32", .. FineTune[4..],
            "--out", _work["part"]]).ShouldBeRefused(true, "was made from another source (checkpoint)");
    }

    [Fact]
    public void Test_WithoutOptions_TestsAsTheClassifierWasTrained()
    {
        CommandRun.Of([.. FineTune, "--out", _work["tuned"], "--stride", "2", "--windows", "2", "--across_cuts"])
            .ShouldBeDone();
        JsonNode Clips(string folder) => JsonNode.Parse(File.ReadAllText(_work[$"{folder}/result.json"]))!["clips"]!;
        string[] test = ["evaluate", "test", "--checkpoint", _work["tuned"], "--test_csv", videos.Files.MotionTest];
        CommandRun.Of([.. test, "--out", _work["plain"]]).ShouldBeDone();
        Clips("plain").ToJsonString().ShouldBe(Clips("tuned").ToJsonString());
        ((int)Clips("plain")["frame_stride"]!, (int)Clips("plain")["max_windows"]!,
            (bool)Clips("plain")["across_cuts"]!).ShouldBe((2, 2, true));
        JsonNode.Parse(File.ReadAllText(_work["plain/result.json"]))!.AsObject().ContainsKey("preset").ShouldBeFalse();
        File.ReadAllBytes(_work["plain/confusion.csv"]).ShouldBe(File.ReadAllBytes(_work["tuned/confusion.csv"]));
        CommandRun.Of([.. test, "--out", _work["told"], "--stride", "1", "--windows", "3"]).ShouldBeDone();
        ((int)Clips("told")["frame_stride"]!, (int)Clips("told")["max_windows"]!).ShouldBe((1, 3));
        CommandRun.Of([.. test, "--out", _work["within"], "--across_cuts", "false"]).ShouldBeDone();
        ((bool)Clips("within")["across_cuts"]!).ShouldBeFalse();
    }

    [Fact]
    public void FineTune_IntoAPretrainingRun_IsRefusedAndLeavesIt()
    {
        TinyCommand.Train(videos.Files.Train, _work["other"]).With("--seed", "9").Run().ShouldBeDone();
        var before = WorkFolder.Contents(_work["other"]);
        CommandRun.Of([.. FineTune, "--out", _work["other"]])
            .ShouldBeRefused(false, "holds a run that is no training of a classifier");
        WorkFolder.Contents(_work["other"]).ShouldBe(before);
    }

    [Fact]
    public void FineTune_WithOtherVideosInTheSameFolder_IsRefusedAndLeavesTheLists()
    {
        File.WriteAllLines(_work["list.csv"],
            File.ReadLines(videos.Files.MotionTrain).Select(line => Path.Combine(videos.Files.Folder, line)));
        string[] words = ["evaluate", "finetune", "--checkpoint", Run, "--train_csv", _work["list.csv"], "--test_csv",
            videos.Files.MotionTest, "--epoch", "1", "--train_batch", "4", "--held_out", "0", "--out", _work["tuned"]];
        CommandRun.Of(words).ShouldBeDone();
        byte[] list = File.ReadAllBytes(_work["tuned/finetune-train.csv"]);
        CommandRun.Of([.. words, "--labels", "0.5"])
            .ShouldBeRefused(false, "trained on other videos, another share of them");
        File.ReadAllBytes(_work["tuned/finetune-train.csv"]).ShouldBe(list);
    }

    [Fact]
    public void Evaluate_IntoAFolderOfAnEarlierVersion_ReplacesItsResult()
    {
        string[] words = ["evaluate", "retrieval", "--checkpoint", Run, "--train_csv", videos.Files.MotionTrain,
            "--windows", "1", "--no-random", "--out", _work["old"]];
        File.WriteAllText(
            _work.NewFile("old/result.json"),
            """{ "command": "videoconcepts evaluate retrieval", "version": "0.1.0", "figures": { "model": { "R@1": 1 } } }""");
        CommandRun.Of(words).ShouldBeDone();
        File.ReadAllText(_work["old/result.json"]).ShouldContain("\"origin\"");
    }

    [Fact]
    public void Test_OfAClassifierThatWasMoved_RefusesTheVideosItLearnedFrom()
    {
        CommandRun.Of([.. FineTune, "--out", _work["tuned"]]).ShouldBeDone();
        Directory.Move(_work["tuned"], _work["moved"]);
        CommandRun.Of("evaluate", "test", "--checkpoint", _work["moved"], "--test_csv", videos.Files.MotionTrain)
            .ShouldBeRefused(true, "are in", "--allow-overlap");
    }

    [Fact]
    public void Evaluate_WithAnOptionThatIsNotRead_IsRefused()
    {
        CommandRun.Of("evaluate", "retrieval", "--train_features", _work["f"], "--windows", "3")
            .ShouldBeRefused(false, "--windows is not read with --train_features");
        CommandRun.Of("evaluate", "retrieval", "--train_features", _work["f"], "--view", "both")
            .ShouldBeRefused(false, "--view is not read with --train_features");
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", videos.Files.MotionTrain, "--test_csv",
            videos.Files.MotionTest, "--end-to-end", "--view", "both")
            .ShouldBeRefused(false, "--view is not read with --end-to-end");
        string[] probe = ["evaluate", "probe", "--checkpoint", Run, "--train_csv", videos.Files.MotionTrain,
            "--test_csv", videos.Files.MotionTest];
        CommandRun.Of([.. probe, "--end-to-end", "--classifier", "logistic"])
            .ShouldBeRefused(false, "--classifier is not read with --end-to-end");
        CommandRun.Of([.. probe, "--classifier", "svm"])
            .ShouldBeRefused(false, "--classifier svm: choose sgd, logistic or nearest");
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", videos.Files.MotionTrain, "--out", _work["f"],
            "--view", "sideways").ShouldBeRefused(false, "--view sideways: choose clips, differences, both");
        CommandRun.Of("evaluate", "retrieval", "--train_csv", videos.Files.MotionTest, "--net", "r2plus1d-tiny",
            "--test_features", _work["f"])
            .ShouldBeRefused(false, "--test_features is not read without --train_features");
        CommandRun.Of("evaluate", "probe", "--checkpoint", Run, "--train_csv", videos.Files.MotionTrain, "--test_csv",
            videos.Files.MotionTest, "--epoch", "3").ShouldBeRefused(false, "--epoch is not read without --end-to-end");
        CommandRun.Of("evaluate", "test", "--checkpoint", Run, "--test_csv", videos.Files.MotionTest, "--seed", "3")
            .ShouldBeRefused(false, "unknown option --seed");
    }

    [Fact]
    public void Root_OfListsElsewhere_IsReadByEveryCommand()
    {
        string[] Copied(string name, string file)
        {
            File.Copy(file, _work.NewFile($"lists/{name}.csv"));
            return [$"--{name}", _work[$"lists/{name}.csv"], "--root", videos.Files.Folder, "--windows", "1",
                "--checkpoint", Run];
        }
        string[] train = Copied("train_csv", videos.Files.MotionTrain),
            list = Copied("csv_file", videos.Files.MotionTest), test = Copied("test_csv", videos.Files.MotionTest);
        CommandRun.Of(["extract", .. list, "--out", _work["features"]]).ShouldBeDone();
        foreach (string command in (string[])["retrieval", "probe"])
            CommandRun.Of(["evaluate", command, .. train, .. test[..2], "--no-random"]).ShouldBeDone();
        CommandRun.Of(["evaluate", "concepts", .. train, .. test[..2]]).ShouldBeDone();
        CommandRun.Of(["report", .. list, "--no-random", "--no-time-cues", "--out", _work["page.html"]]).ShouldBeDone();
        CommandRun.Of(["evaluate", "retrieval", .. train[..2], .. train[4..], "--no-random"])
            .ShouldBeRefused(true, "no such file, though");
    }

    [Fact]
    public void Evaluate_OfListsOfOneName_KeepsThemApart()
    {
        foreach ((string folder, string train,
            string test) in ((string, string, string)[])[("s1", videos.Files.MotionTrain, videos.Files.MotionTest),
            ("s2", videos.Files.AppearanceTrain, videos.Files.AppearanceTest)])
        {
            File.Copy(train, _work.NewFile($"{folder}/train.csv"));
            File.Copy(test, _work.NewFile($"{folder}/test.csv"));
        }
        string[] lists = ["--train_csv", $"{_work["s1/train.csv"]},{_work["s2/train.csv"]}", "--test_csv",
            $"{_work["s1/test.csv"]},{_work["s2/test.csv"]}",
            "--root", videos.Files.Folder, "--windows", "1", "--checkpoint", Run];
        CommandRun.Of(["evaluate", "retrieval", .. lists, "--no-random", "--out", _work["found"]]).ShouldBeDone();
        foreach (string name in (string[])["s1-train", "s2-train"])
            ((string)JsonNode.Parse(File.ReadAllText(_work[$"found/{name}/result.json"]))!["split"]!).ShouldBe(name);
        CommandRun.Of(["evaluate", "concepts", .. lists, "--out", _work["concepts"]]).ShouldBeDone();
        JsonNode concepts = JsonNode.Parse(File.ReadAllText(_work["concepts/result.json"]))!;
        concepts["static"]!.AsObject().Select(f => f.Key).ShouldBe(["s1", "s2"]);
    }

    [Fact]
    public void Evaluate_OfTheSameRunTrainedOn_ReplacesItsResultsAndOfAnotherRunDoesNot()
    {
        string[] Words(string run) =>
            ["evaluate", "retrieval", "--checkpoint", run, "--train_csv", videos.Files.MotionTrain, "--windows", "1",
                "--no-random", "--out", _work["result"]];
        string[] Extract(string run) => ["extract", "--checkpoint", run, "--csv_file", videos.Files.MotionTrain,
            "--windows", "1", "--out", _work["features"]];
        CommandRun.Of(Words(Run)).ShouldBeDone();
        CommandRun.Of(Extract(Run)).ShouldBeDone();
        byte[] before = File.ReadAllBytes(_work["features/features.npy"]);
        CommandRun.Of("train", "--resume", Run, "--epoch", "2").ShouldBeDone();
        Directory.Move(Run, _work["moved"]);
        CommandRun.Of(Words(_work["moved"])).ShouldBeDone();
        CommandRun.Of(Extract(_work["moved"])).ShouldBeDone();
        File.ReadAllBytes(_work["features/features.npy"]).ShouldNotBe(before);
        TinyCommand.Train(videos.Files.Train, _work["other"]).With("--seed", "9").Run().ShouldBeDone();
        CommandRun.Of(Words(_work["other"])).ShouldBeRefused(false, "was made from another source (checkpoint)",
            "--force");
        CommandRun.Of(Extract(_work["other"])).ShouldBeRefused(false, "holds features of another model, list or cut",
            "--force");
        CommandRun.Of([.. Words(_work["other"]), "--force"]).ShouldBeDone();
        CommandRun.Of([.. Extract(_work["other"]), "--force"]).ShouldBeDone();
    }

    [Fact(Explicit = true)] // five seconds
    public void Test_OfAClassifierWithTenViews_MergesWithAnother()
    {
        CommandRun.Of([.. FineTune, "--out", _work["tuned"], "--labels", "0.5"]).ShouldBeDone();
        CommandRun.Of(["evaluate", "probe", "--end-to-end", "--no-random", .. FineTune[2..], "--out", _work["probed"]])
            .ShouldBeDone();
        string[] test = ["evaluate", "test", "--test_csv", videos.Files.MotionTest];
        CommandRun.Of([.. test, "--checkpoint", _work["tuned"], "--views", "10", "--out", _work["ten"]]).ShouldBeDone()
            .Output.ShouldContain("10 crops");
        CommandRun.Of([.. test, "--checkpoint", _work["tuned/best.safetensors"], "--out", _work["one"]]).ShouldBeDone();
        File.ReadAllBytes(_work["one/probabilities.csv"]).ShouldBe(File.ReadAllBytes(_work["tuned/probabilities.csv"]));
        File.ReadAllBytes(_work["one/probabilities.csv"])
            .ShouldNotBe(File.ReadAllBytes(_work["ten/probabilities.csv"]));
        CommandRun.Of("evaluate", "merge", "--results", _work["ten"], _work["one"], "--out", _work["merged"])
            .ShouldBeDone();
        VideoScores a = ResultFiles.ReadProbabilities(_work["ten"]),
            b = ResultFiles.ReadProbabilities(_work["one"]),
            m = ResultFiles.ReadProbabilities(_work["merged"]);
        for (int i = 0; i < m.Values.Length; i++) m.Values[i].ShouldBe((a.Values[i] + b.Values[i]) / 2, 1e-6f);
        CommandRun.Of([.. test, "--checkpoint", Run]).ShouldBeRefused(false, "not a classifier; train one from it");
        CommandRun.Of([.. test, "--checkpoint", _work["tuned"], "--views", "3"])
            .ShouldBeRefused(false, "--views 3: give 1");
    }

    [Fact]
    public void Probe_EndToEnd_LeavesTheBackboneAsItWas()
    {
        CommandRun.Of(["evaluate", "probe", "--end-to-end", "--no-random", .. FineTune[2..], "--out", _work["probed"]])
            .ShouldBeDone();
        (Dictionary<string, TorchSharp.torch.Tensor> before, _) =
            SafeTensors.Read(Path.Combine(Run, "checkpoint.safetensors"));
        (Dictionary<string, TorchSharp.torch.Tensor> after, _) =
            SafeTensors.Read(_work["probed/checkpoint.safetensors"]);
        foreach ((string key, TorchSharp.torch.Tensor tensor) in
            after.Where(t => t.Key.StartsWith("backbone.", StringComparison.Ordinal)))
        {
            tensor.bytes.SequenceEqual(before[key].bytes).ShouldBeTrue(key);
        }
        foreach (TorchSharp.torch.Tensor tensor in before.Values.Concat(after.Values)) tensor.Dispose();
    }

    [Fact]
    public void Concepts_OfTwoFactors_ShowsWhichKindKnowsWhich()
    {
        CommandRun run = CommandRun.Of("evaluate", "concepts", "--checkpoint", Run,
            "--train_csv", $"{videos.Files.AppearanceTrain},{videos.Files.MotionTrain}",
            "--test_csv", $"{videos.Files.AppearanceTest},{videos.Files.MotionTest}",
            "--diagnose", "--out", _work["concepts"]).ShouldBeDone();
        JsonNode json = JsonNode.Parse(File.ReadAllText(_work["concepts/result.json"]))!;
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
        run.Output.ShouldContain("dead");
        run.Output.ShouldContain("a clip's own static view is the nearest of all for ");
        JsonNode diagnosis = json["diagnosis"]!;
        diagnosis["deviation_differences"]!.AsObject().Count.ShouldBe(4);
        diagnosis["dynamic_differences"]!["adjusted_mutual_information_centred"]!.AsObject().Count.ShouldBe(2);
    }

    [Fact]
    public void Evaluate_WrongListsOrModels_AreRefused()
    {
        string train = videos.Files.MotionTrain;
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
        CommandRun.Of("evaluate", "retrieval", "--train_features", _work["none"])
            .ShouldBeRefused(false, "not a folder that extract wrote");
        CommandRun.Of("evaluate", "merge", "--results", _work["none"], _work["none"])
            .ShouldBeRefused(false, "there is no such file");
        CommandRun.Of([.. FineTune, "--out", _work["x"], "--dropout", "1"])
            .ShouldBeRefused(false, "--dropout 1: must be 0 to below 1");
        CommandRun.Of([.. FineTune, "--out", _work["x"], "--labels", "0"])
            .ShouldBeRefused(false, "--labels 0: give a share above 0");
    }

    [Fact]
    public void Retrieval_OfCopies_LeavesThemOutAndSaysSo()
    {
        string twice = _work.Write("twice.csv",
            string.Concat(File.ReadAllLines(videos.Files.MotionTest)
            .Select(row => Path.GetDirectoryName(videos.Files.MotionTest) + "/" + row + "\n")));
        string[] words = ["evaluate", "retrieval", "--checkpoint", Run, "--windows", "1", "--no-random", "--train_csv",
            twice];
        CommandRun once = CommandRun.Of([.. words, "--out", _work["once"]]).ShouldBeDone();
        once.Error.ShouldContain("left out: R@20, R@50; a query searches among as few as 15 videos");
        File.AppendAllText(twice, File.ReadAllText(twice));
        CommandRun both = CommandRun.Of([.. words, "--out", _work["both"]]).ShouldBeDone();
        both.Error.ShouldContain("32 of 32 queries have a copy of the same video");
        JsonNode a = JsonNode.Parse(File.ReadAllText(_work["once/result.json"]))!["figures"]!,
            b = JsonNode.Parse(File.ReadAllText(_work["both/result.json"]))!["figures"]!;
        b["model"]!["R@1"]!.ToJsonString().ShouldBe(a["model"]!["R@1"]!.ToJsonString());
        b["chance"]!["R@1"]!.ToJsonString().ShouldBe(a["chance"]!["R@1"]!.ToJsonString());
        b["model"]!.AsObject().Select(f => f.Key).ShouldBe(["R@1", "R@5", "R@10", "R@20"]);
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", twice, "--windows", "1", "--out", _work["features"])
            .ShouldBeDone();
        CommandRun.Of("evaluate", "retrieval", "--train_features", _work["features"]).ShouldBeDone();
    }

    [Fact]
    public void Evaluate_CopiesInTrainAndTest_AreRefusedWithTheirNumber()
    {
        Directory.CreateSymbolicLink(_work["link"], Path.GetDirectoryName(videos.Files.MotionTrain)!);
        string overlap = _work.Write("overlap.csv",
            string.Concat(File.ReadAllLines(videos.Files.MotionTrain).Take(5)
            .Select(row => $"{_work["link"]}/{row}\n")));
        string dup = _work.Write("dup.csv", File.ReadAllText(overlap) + File.ReadAllLines(overlap)[0] + "\n");
        foreach (string what in (string[])["retrieval", "probe", "concepts", "finetune"])
            CommandRun.Of("evaluate", what, "--checkpoint", Run, "--train_csv", videos.Files.MotionTrain, "--test_csv",
                overlap, "--out", _work["refused"])
                .ShouldBeRefused(false,
                    $"{overlap}:1: 5 of 5 videos are in {videos.Files.MotionTrain} too (5 of them under another path)",
                    "--allow-overlap");
        CommandRun.Of("evaluate", "concepts", "--checkpoint", Run, "--windows", "1", "--train_csv", dup, "--test_csv",
            dup, "--allow-overlap").Error.ShouldNotContain("same key");
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", overlap, "--windows", "1", "--out", _work["a"])
            .ShouldBeDone();
        CommandRun.Of("extract", "--checkpoint", Run, "--csv_file", videos.Files.MotionTrain, "--windows", "1", "--out",
            _work["b"]).ShouldBeDone();
        CommandRun.Of("evaluate", "retrieval", "--train_features", _work["b"], "--test_features", _work["a"])
            .ShouldBeRefused(false, "5 of 5 videos are in", "under another path");
    }

    [Fact]
    public void Test_OnVideosThatWereTrainedOn_IsRefused()
    {
        CommandRun.Of([.. FineTune, "--out", _work["tuned"]]).ShouldBeDone();
        string[] test = ["evaluate", "test", "--checkpoint", _work["tuned"], "--windows", "1", "--test_csv",
            videos.Files.MotionTrain];
        CommandRun.Of(test).ShouldBeRefused(true, "of 24 videos are in", "finetune-train.csv", "--allow-overlap");
        CommandRun.Of([.. test, "--allow-overlap"]).ShouldBeDone();
        File.Delete(_work["tuned/finetune-train.csv"]);
        CommandRun.Of(test).ShouldBeDone().Error.ShouldContain("was trained on is not there any more");
    }

    private string[] FineTune =>
    [
        "evaluate", "finetune", "--checkpoint", Run,
        "--train_csv", videos.Files.MotionTrain, "--test_csv", videos.Files.MotionTest, "--epoch", "3",
        "--eval_every", "1", "--train_batch", "4", "--threads", "1", "--held_out", "0.3",
    ];

    private void ShouldHoldTheSame(string actual, string expected)
    {
        Dictionary<string, TorchSharp.torch.Tensor>
            a = SafeTensors.Read(_work[$"{actual}/checkpoint.safetensors"]).Tensors,
            e = SafeTensors.Read(_work[$"{expected}/checkpoint.safetensors"]).Tensors;
        a.Keys.ShouldBe(e.Keys);
        foreach ((string key, TorchSharp.torch.Tensor tensor) in e)
            a[key].bytes.SequenceEqual(tensor.bytes).ShouldBeTrue(key);
        foreach (TorchSharp.torch.Tensor tensor in a.Values.Concat(e.Values)) tensor.Dispose();
    }

    private string Figures(string folder) =>
        JsonNode.Parse(File.ReadAllText(_work[$"{folder}/result.json"]))!["figures"]!["model"]!.ToJsonString();
}
