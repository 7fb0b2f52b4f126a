using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private static readonly TrainOptions Options = TinyRun.Model with
    {
        LrDecay = [3, 4],
        Lr = 0.1 + 0.2,
        Seed = -7,
    };

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("full")]
    [InlineData("bfloat16")]
    public void Load_AfterSave_GivesTheSameFeatures(string precision)
    {
        TrainOptions options = Options with { Precision = precision };
        using ConceptModel saved = TinyRun.UsedModel(options);
        Checkpoint.Save(_work["checkpoint.safetensors"], saved, options, 3);
        (IVideoModel loadedLoaded, TrainOptions read) = Checkpoint.Load(_work.Path);
        var loaded = (ConceptModel)loadedLoaded;
        using (loaded)
        {
            loaded.eval();
            Outputs(loaded).ShouldBe(Outputs(saved));
            loaded.QueueFilled.ShouldBe(4);
        }
        read.LrDecay.ShouldBe(options.LrDecay);
        (read with { LrDecay = options.LrDecay }).ShouldBe(options);
        SafeTensors.Read(_work["checkpoint.safetensors"]).Metadata["epochs"].ShouldBe("3");
    }

    [Fact]
    public void Strip_OfARun_EvaluatesAlikeAndNamesNoFolder()
    {
        string file = _work["checkpoint.safetensors"], small = _work["small.safetensors"];
        TrainOptions options = Options with { CsvFile = "/somewhere/train.csv", Out = "/somewhere/run" };
        using ConceptModel saved = TinyRun.UsedModel(options);
        Checkpoint.Save(file, saved, options, 3);
        Checkpoint.Strip(file, small);
        (IVideoModel loaded, TrainOptions read) = Checkpoint.Load(small);
        using (loaded)
        {
            loaded.Module.eval();
            Outputs((ConceptModel)loaded).ShouldBe(Outputs(saved));
            loaded.QueueFilled.ShouldBe(0);
        }
        (read.CsvFile, read.Lr).ShouldBe(("train.csv", options.Lr));
        SafeTensors.ReadSizes(small).Keys.ShouldNotContain("queue");
        System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(small)).ShouldNotContain("somewhere");
        // a queue that was filled has to be there
        (Dictionary<string, Tensor> tensors, Dictionary<string, string> metadata) = SafeTensors.Read(file);
        using var scope = NewDisposeScope();
        metadata.Remove(SafeTensors.ChecksumKey);
        SafeTensors.Write(file, tensors.Where(t => t.Key != "queue"), metadata);
        foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        Should.Throw<BadInputException>(() => Checkpoint.Load(file)).Message.ShouldContain("missing (queue)");
    }

    [Fact]
    public void Init_OfAnotherNumberOfConcepts_TakesAllButWhatHasTheirSize()
    {
        string file = _work["checkpoint.safetensors"];
        using ConceptModel source = TinyRun.UsedModel(Options),
            model = (ConceptModel)TrainingRun.BuildModel(Options with { Concept = Options.Concept + 3, Seed = 2 });
        Checkpoint.Save(file, source, Options, 1);
        byte[] prototypes = model.prototype.weight!.bytes.ToArray();
        KeyReport report = Checkpoint.Init(file, model);
        report.Misshaped.Select(line => line.Split(' ')[0]).Order().ShouldBe(
            ["gd.0.weight", "gs.0.weight", "gv.0.weight", "prototype.weight", "prototype_d.weight",
                "prototype_s.weight"]);
        model.prototype.weight!.bytes.ToArray().ShouldBe(prototypes);
        model.fvd.state_dict().First().Value.bytes.SequenceEqual(source.fvd.state_dict().First().Value.bytes)
            .ShouldBeTrue();
    }

    /// <summary>What a net had for all views is what those of differences begin with; the way back leaves it out.
    /// </summary>
    [Fact]
    public void Init_OfANetWithoutStatisticsOfDifferences_BeginsWithThoseOfAllViews()
    {
        string file = _work["checkpoint.safetensors"];
        TrainOptions own = Options with { OwnStatistics = true };
        using ConceptModel plain = TinyRun.UsedModel(Options), back = (ConceptModel)TrainingRun.BuildModel(Options),
            model = (ConceptModel)TrainingRun.BuildModel(own);
        Checkpoint.Save(file, plain, Options, 1);
        Checkpoint.Init(file, model).Missing.ShouldBe(["queue"]);
        Dictionary<string, Tensor> had = plain.state_dict(), has = model.state_dict();
        string[] added = [.. has.Keys.Except(had.Keys)];
        added.ShouldNotBeEmpty();
        foreach (string key in added)
            has[key].bytes.SequenceEqual(had[key.Replace("difference_", "running_")].bytes).ShouldBeTrue(key);

        Checkpoint.Save(file, model, own, 1);
        KeyReport report = Checkpoint.Init(file, back);
        report.Missing.ShouldBe(["queue"]);
        report.Unknown.Order().ShouldBe(added.Order());
    }

    [Fact]
    public void Save_Repeated_KeepsNoTensors()
    {
        using ConceptModel model = TinyRun.UsedModel(Options);
        Checkpoint.Save(_work["checkpoint.safetensors"], model, Options, 1);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++) Checkpoint.Save(_work["checkpoint.safetensors"], model, Options, 1);
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);
        Directory.GetFiles(_work.Path).ShouldBe([_work["checkpoint.safetensors"]]);
    }

    [Fact]
    public void Load_OfNothing_NamesThePath()
    {
        Message(_work["gone"]).ShouldBe(
            $"{_work["gone"]}: there is no checkpoint; give the --out folder of a run, or a file that train saved.");
        Message(_work.Path).ShouldStartWith(_work["checkpoint.safetensors"] + ": there is no checkpoint");
    }

    [Theory]
    [InlineData("options", null, "it holds tensors but no options of a run")]
    [InlineData("options", "{", "its options are not readable")]
    [InlineData("options", "null", "its options are empty")]
    [InlineData("options", "{\"concept\": 0, \"csv_file\": \"a\"}", "--concept 0")]
    [InlineData("options", "{\"csv_file\": \"a\", \"net\": \"resnet\"}", "--net resnet")]
    [InlineData("options", "{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"concept\": 4}",
        "The weights do not fit")]
    [InlineData("queue_filled", null, "how full its queue is")]
    [InlineData("queue_filled", "7", "how full its queue is")]
    [InlineData("queue_filled", "-1", "how full its queue is")]
    public void Load_OfOtherContents_IsBadInput(string key, string? value, string expected)
    {
        string path = _work["checkpoint.safetensors"];
        using ConceptModel model = (ConceptModel)TrainingRun.BuildModel(Options);
        Checkpoint.Save(path, model, Options, 1);
        (Dictionary<string, Tensor> tensors, Dictionary<string, string> metadata) = SafeTensors.Read(path);
        if (value is null) metadata.Remove(key);
        else metadata[key] = value;
        SafeTensors.Write(path, tensors, metadata);
        foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        string message = Message(path);
        message.ShouldStartWith(path + ": ");
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static string Message(string path) => Should.Throw<BadInputException>(() => Checkpoint.Load(path)).Shown();

    private static float[] Outputs(ConceptModel model)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(9, CPU);
        Tensor feat = model.backbone.call(randn([3, 3, 4, 32, 32], generator: generator)).Feat;
        return [.. feat.data<float>().ToArray(), .. model.ClipScores(feat).data<float>().ToArray()];
    }
}
