using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Tests;

public sealed class PretrainedWeightsTests
{
    [Fact]
    public void World_ByItsName_IsALoadableModelThatNamesNoFolder()
    {
        PretrainedWeights.Names.ShouldContain(PretrainedWeights.World);
        string file = PretrainedWeights.Find(PretrainedWeights.World)!;
        new FileInfo(file).Length.ShouldBeLessThan(8 << 20); // a clone stays small
        File.Exists(Path.ChangeExtension(file, ".md")).ShouldBeTrue(); // its card
        (IVideoModel model, TrainOptions options) = Checkpoint.Load(PretrainedWeights.World);
        using (model) options.Net.ShouldBe("r2plus1d-tiny");
        options.CsvFile.ShouldBe("world.csv");
        using VideoEncoder encoder = VideoEncoder.Load(PretrainedWeights.World);
        encoder.FeatureSize.ShouldBe(128);
    }

    [Fact]
    public void World_WhereAFileHasThatName_IsTheFile()
    {
        using var folder = new WorkFolder();
        string there = Path.Combine(folder.Path, PretrainedWeights.World);
        File.WriteAllText(there, "");
        RunFolder.FileOf(there).ShouldBe(there);
        PretrainedWeights.Find("no-such").ShouldBeNull();
        RunFolder.FileOf("no-such").ShouldBe("no-such");
    }

    [Fact]
    public void Init_FromWorld_TakesTheBackboneWhateverTheConcepts()
    {
        TrainOptions options = TinyRun.Model with { Net = "r2plus1d-tiny", Concept = 5 };
        using var model = (ConceptModel)TrainingRun.BuildModel(options);
        KeyReport report = Checkpoint.Init(PretrainedWeights.World, model);
        report.Misshaped.Count.ShouldBe(6); // prototypes, and what rebuilds features from their scores
        report.Missing.ShouldBe(["queue"]);
        (IVideoModel world, _) = Checkpoint.Load(PretrainedWeights.World);
        using (world)
            model.backbone.state_dict()["stem.0.weight"].bytes.SequenceEqual(
                world.Backbone.state_dict()["stem.0.weight"].bytes).ShouldBeTrue();
    }
}
