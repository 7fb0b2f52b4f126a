using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class CheckpointCommandTests(TinyVideos videos) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Show_OfARun_SaysWhereItStandsAndWhatItHolds()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        JsonObject json = JsonNode.Parse(CommandRun.Of("checkpoint", "show", "--checkpoint", _work["run"], "--json")
            .ShouldBeDone().Output)!.AsObject();
        ((int)json["epochs_done"]!).ShouldBe(1);
        ((long)json["steps_done"]!).ShouldBe(6);
        ((string)json["net"]!).ShouldBe("r2plus1d-tiny");
        ((string)json["queue"]!).ShouldBe("16 of 16 rows filled");
        ((string)json["csv_sha256"]!).ShouldBe(FileHash.Of(videos.Files.Train));
        string[] lines = CommandRun.Of("checkpoint", "show", "--checkpoint", _work["run/checkpoint.safetensors"])
            .ShouldBeDone().Output.Split('\n');
        lines.Length.ShouldBe(json.Count + 1);
        lines[5].ShouldBe("steps done       6");
    }

    [Fact]
    public void Export_OfBackboneOrAll_WritesTheKeysOfPyTorch()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        (IVideoModel modelLoaded, _) = Checkpoint.Load(_work["run"]);
        var model = (ConceptModel)modelLoaded;
        using (model)
        {
            CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--to", _work["out/all.safetensors"])
                .ShouldBeDone();
            CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"],
                "--to", _work["backbone.safetensors"], "--backbone").ShouldBeDone();
            ShouldHold(_work["out/all.safetensors"], model);
            ShouldHold(_work["backbone.safetensors"], model.backbone);
        }
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Export_OnAFullDisk_SaysSoAndLeavesNothing()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        string target = _work["out/all.safetensors"];
        CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--to", target).ShouldBeDone();
        byte[] before = File.ReadAllBytes(target);
        File.CreateSymbolicLink(AsideFile.PathOf(target), "/dev/full"); // where it is written first
        CommandRun export = CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--to", target);
        export.Status.ShouldBe(1);
        export.ErrorLines.Single().ShouldContain("No space left on device");
        Directory.GetFileSystemEntries(_work["out"]).ShouldBe([target]);
        File.ReadAllBytes(target).ShouldBe(before);
    }

    [Fact]
    public void Export_Stripped_IsEvaluatedAndStartedFromAndNotGoneOnFrom()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        string small = _work["small.safetensors"];
        string[] export = ["checkpoint", "export", "--checkpoint", _work["run"], "--to", small, "--strip"];
        CommandRun.Of([.. export, "--backbone"]).ShouldBeRefused(false, "give one");
        File.Exists(small).ShouldBeFalse();
        CommandRun.Of(export).ShouldBeDone().Output.ShouldBe(small + "\n");
        string Retrieval(string checkpoint) =>
            CommandRun.Of("evaluate", "retrieval", "--checkpoint", checkpoint,
                "--train_csv", videos.Files.AppearanceTest).ShouldBeDone().Output;
        Retrieval(small).ShouldBe(Retrieval(_work["run"]));
        TinyCommand.Train(videos.Files.Train, _work["next"]).With("--init", small).Run().ShouldBeDone();
        TinyCommand.Train(videos.Files.Train, _work["more"]).With("--resume", small).Run()
            .ShouldBeRefused(true, "holds no state of a run");
    }

    [Fact]
    public void Export_ToOnnx_GivesTheFeaturesOfTheCheckpoint()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        string network = _work["out/network.onnx"];
        string[] export = ["checkpoint", "export", "--checkpoint", _work["run"], "--onnx", network];
        CommandRun.Of(export).ShouldBeDone().Output.ShouldBe(network + "\n");
        CommandRun.Of(export).ShouldBeDone();
        using VideoEncoder encoder = VideoEncoder.Load(_work["run"], new EncoderOptions { Precision = "full" });
        using var session = new InferenceSession(network);
        session.ModelMetadata.CustomMetadataMap["videoconcepts.outputs"].ShouldBe("feature,difference_feature");
        int size = encoder.Clips.Size;
        using Tensor pixels = randint(0, 256, [2, encoder.Clips.Frames, 3, size, size], ScalarType.Byte);
        using Tensor expected = encoder.EmbedClips(pixels, EncoderView.Differences);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels.bytes.ToArray(), pixels.shape);
        using var settings = new RunOptions();
        using var results = session.Run(settings, ["pixels"], [input], ["difference_feature"]);
        results[0].GetTensorDataAsSpan<float>().ToArray().ShouldBe(expected.data<float>().ToArray(), 1e-4);
        foreach ((string view, string[] names) in ((string, string[])[])[("clips", ["feature", "clip_scores"]),
            ("differences", ["difference_feature", "difference_scores"])])
        {
            string part = _work[$"{view}.onnx"];
            CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--onnx", part, "--view", view)
                .ShouldBeDone();
            using var described = new InferenceSession(part);
            described.OutputNames.ShouldBe(names);
        }
    }

    [Fact]
    public void Export_ToOnnx_WritesOverNothingOfOthers()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        TinyCommand.Train(videos.Files.Train, _work["other"]).With("--seed", "9").Run().ShouldBeDone();
        string mine = _work.NewFile("mine.onnx"), network = _work["network.onnx"];
        File.WriteAllText(mine, "a letter");
        string[] Export(string run, string to) => ["checkpoint", "export", "--checkpoint", _work[run], "--onnx", to];
        CommandRun.Of([.. Export("run", mine), "--force"]).ShouldBeRefused(false, "mine.onnx");
        File.ReadAllText(mine).ShouldBe("a letter");
        CommandRun.Of(Export("run", _work["run/checkpoint.safetensors"])).ShouldBeRefused(false, "the checkpoint");
        CommandRun.Of(Export("run", network)).ShouldBeDone();
        CommandRun.Of(Export("other", network)).ShouldBeRefused(false, "--force");
        CommandRun.Of([.. Export("other", network), "--force"]).ShouldBeDone();
    }

    [Theory]
    [InlineData("give --to")]
    [InlineData("give --to", "--to", "a.safetensors", "--onnx", "b.onnx")]
    [InlineData("--strip is of --to", "--onnx", "b.onnx", "--strip")]
    [InlineData("--view is of --onnx", "--to", "a.safetensors", "--view", "both")]
    [InlineData("--view pixels: choose", "--onnx", "b.onnx", "--view", "pixels")]
    public void Export_OfWhatDoesNotGoTogether_IsRefused(string reason, params string[] options) =>
        CommandRun.Of(["checkpoint", "export", "--checkpoint", _work["run"], .. options])
            .ShouldBeRefused(false, reason);

    [Fact]
    public void Import_OfABackbone_MakesACheckpointForAllCommands()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"],
            "--to", _work["backbone.safetensors"], "--backbone").ShouldBeDone();
        CommandRun import = CommandRun.Of("checkpoint", "import", "--from", _work["backbone.safetensors"],
            "--to", _work["in/model.safetensors"],
            "--net", "r2plus1d-tiny", "--concept", "3", "--seq", "4", "--img_dim", "32").ShouldBeDone();
        import.ErrorLines[0].ShouldStartWith("128 tensors taken");
        import.ErrorLines[1].ShouldContain("missing in the file: ");
        import.Output.ShouldBe(_work["in/model.safetensors"] + "\n");

        CommandRun.Of("checkpoint", "show", "--checkpoint", _work["in/model.safetensors"])
            .ShouldBeDone().Output.ShouldContain("imported from backbone.safetensors");
        string Retrieval(string checkpoint) =>
            CommandRun.Of("evaluate", "retrieval", "--checkpoint", checkpoint,
                "--train_csv", videos.Files.AppearanceTest).ShouldBeDone().Output;
        Retrieval(_work["in/model.safetensors"]).ShouldBe(Retrieval(_work["run"]));
        TinyCommand.Train(videos.Files.Train, _work["next"]).With("--init", _work["in/model.safetensors"]).Run()
            .ShouldBeDone();
        TinyCommand.Train(videos.Files.Train, _work["next2"]).With("--init", _work["backbone.safetensors"]).Run()
            .ShouldBeDone().ErrorLines.ShouldContain(l => l.StartsWith("128 tensors taken", StringComparison.Ordinal));
    }

    [Fact]
    public void Import_OfOtherWeights_IsBadInput()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Fixtures", "torch", "zip.pth");
        CommandRun.Of("checkpoint", "import", "--from", file, "--to", _work["x.safetensors"])
            .ShouldBeRefused(false, "zip.pth", "do not fit this net", "missing in the file", "--net");
        CommandRun.Of("checkpoint", "import", "--from", file.Replace("zip", "evil"), "--to", _work["x.safetensors"])
            .ShouldBeRefused(false, "evil.pth", "posix.system", "not run");
        CommandRun.Of("evaluate", "retrieval", "--checkpoint", file, "--train_csv", videos.Files.AppearanceTest)
            .ShouldBeRefused(false, "checkpoint import");
        TinyCommand.Train(videos.Files.Train, _work["run"]).With("--init", file).Run()
            .ShouldBeRefused(true, "do not fit this net");
        File.Exists(_work["x.safetensors"]).ShouldBeFalse();
    }

    [Fact]
    public void Import_OfQuantisedWeights_IsRefusedByName()
    {
        using (TorchSharp.torch.NewDisposeScope())
        {
            using IVideoModel model = TrainingRun.BuildModel(new TrainOptions
            {
                CsvFile = "a",
                Net = "r2plus1d-tiny",
                Concept = 3,
                Queue = 6
            });
            SafeTensors.Write(_work["int8.safetensors"],
                model.Module.state_dict().Select(t => KeyValuePair.Create(t.Key, t.Value.mul(100).to(torch.int8))),
                new Dictionary<string, string>());
        }
        CommandRun.Of("checkpoint", "import", "--from", _work["int8.safetensors"], "--to", _work["x.safetensors"],
            "--net", "r2plus1d-tiny", "--concept", "3")
            .ShouldBeRefused(false, "int8.safetensors: ",
                "tensors hold whole numbers where weights are floating-point ones: ", "(Int8)");
        File.Exists(_work["x.safetensors"]).ShouldBeFalse();
    }

    [Fact]
    public void Import_ForAModelBeyondAllMemory_IsRefused()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Fixtures", "torch", "zip.pth");
        string[] words = ["checkpoint", "import", "--from", file, "--to", _work["x.safetensors"], "--net",
            "r2plus1d-tiny", "--concept", "1000000000"];
        CommandRun.Of(words).ShouldBeRefused(false, "--concept 1000000000");
    }

    /// <summary>What docs/checkpoints.md shows to users of Python, who need numpy alone.</summary>
    [Fact]
    public void Export_ReadByPythonWithNumpyAlone_GivesTheSameNumbers()
    {
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(p => HasNumpy(p));
        Assert.SkipWhen(python is null, "needs python3 with numpy (Debian: python3-numpy)");
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--to", _work["all.safetensors"])
            .ShouldBeDone();
        string script = Path.Combine(AppContext.BaseDirectory, "Fixtures", "read_safetensors.py");
        string[] lines = Python(python!, script, _work["all.safetensors"])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (IVideoModel modelLoaded, _) = Checkpoint.Load(_work["run"]);
        var model = (ConceptModel)modelLoaded;
        using (model)
        {
            Dictionary<string, torch.Tensor> state = model.state_dict();
            lines.Length.ShouldBe(state.Count);
            foreach (string line in lines)
            {
                string[] words = line.Split(' '); // key, shape, sum
                using torch.Tensor sum = state[words[0]].to(torch.float64).sum();
                words[1].ShouldBe(string.Join('x', state[words[0]].shape));
                double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture)
                    .ShouldBe(sum.ToDouble(), 1e-9 * (1 + Math.Abs(sum.ToDouble())), words[0]);
            }
        }
    }

    private static bool HasNumpy(string python)
    {
        try
        {
            Python(python, "-c", "import numpy");
            return true;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Python(string python, params string[] words)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(python, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException(python);
    }

    [Fact]
    public void Show_OfADamagedFile_IsBadInput()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        byte[] bytes = File.ReadAllBytes(_work["run/checkpoint.safetensors"]);
        bytes[^9] ^= 4;
        File.WriteAllBytes(_work["damaged.safetensors"], bytes);
        CommandRun.Of("checkpoint", "show", "--checkpoint", _work["damaged.safetensors"])
            .ShouldBeRefused(false, "damaged.safetensors", "checksum");
        CommandRun.Of("checkpoint", "show", "--checkpoint", _work["nowhere"]).ShouldBeRefused(false, "no such file");
    }

    private static void ShouldHold(string file, torch.nn.Module module)
    {
        (Dictionary<string, torch.Tensor> tensors, _) = SafeTensors.Read(file);
        Dictionary<string, torch.Tensor> state = module.state_dict();
        tensors.Keys.Order().ShouldBe(state.Keys.Order());
        foreach ((string key, torch.Tensor tensor) in tensors)
        {
            tensor.bytes.SequenceEqual(state[key].bytes).ShouldBeTrue(key);
            tensor.Dispose();
        }
    }
}
