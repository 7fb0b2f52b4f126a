using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

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
        JsonObject json = JsonNode.Parse(CommandRun.Of("checkpoint", "show", "--checkpoint", _work["run"], "--json").ShouldBeDone().Output)!.AsObject();
        ((int)json["epochs_done"]!).ShouldBe(1);
        ((long)json["steps_done"]!).ShouldBe(6);
        ((string)json["net"]!).ShouldBe("r2plus1d-tiny");
        ((string)json["queue"]!).ShouldBe("16 of 16 rows filled");
        ((string)json["csv_sha256"]!).ShouldBe(RunFolder.Hash(videos.Files.Train));
        string[] lines = CommandRun.Of("checkpoint", "show", "--checkpoint", _work["run/checkpoint.safetensors"]).ShouldBeDone().Output.Split('\n');
        lines.Length.ShouldBe(json.Count + 1);
        lines[5].ShouldBe("steps done       6");
    }

    [Fact]
    public void Export_OfBackboneOrAll_WritesTheKeysOfPyTorch()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        (ConceptModel model, _) = Checkpoint.Load(_work["run"]);
        using (model)
        {
            CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--to", _work["out/all.safetensors"]).ShouldBeDone();
            CommandRun.Of("checkpoint", "export", "--checkpoint", _work["run"], "--to", _work["backbone.safetensors"], "--backbone").ShouldBeDone();
            ShouldHold(_work["out/all.safetensors"], model);
            ShouldHold(_work["backbone.safetensors"], model.backbone);
        }
    }

    [Fact]
    public void Show_OfADamagedFile_IsBadInput()
    {
        TinyCommand.Train(videos.Files.Train, _work["run"]).Run().ShouldBeDone();
        byte[] bytes = File.ReadAllBytes(_work["run/checkpoint.safetensors"]);
        bytes[^9] ^= 4;
        File.WriteAllBytes(_work["damaged.safetensors"], bytes);
        CommandRun.Of("checkpoint", "show", "--checkpoint", _work["damaged.safetensors"]).ShouldBeRefused(false, "damaged.safetensors", "checksum");
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
