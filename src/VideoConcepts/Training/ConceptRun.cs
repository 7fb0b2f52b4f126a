using System.Text.Json;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Models;

namespace VideoConcepts.Training;

/// <summary>A pretraining run from options to a saved model: list, loader, model, objective, loop.</summary>
public static class ConceptRun
{
    /// <summary>A fresh model from the options' seed.</summary>
    public static ConceptModel BuildModel(TrainOptions options)
    {
        var model = new ConceptModel(Backbones.Create(options.Net, options.ConvolutionPrecision),
            new ConceptModelOptions(options.Concept, options.Sample, options.Queue));
        Initialization.Fill(model, options.Seed);
        return model;
    }

    /// <summary>Trains and saves after every epoch; returns the trained model, which the caller disposes.</summary>
    /// <param name="ready">Told once, before the first step: how many videos are used and left out, steps to do.</param>
    public static ConceptModel Train(TrainOptions options, TimeProvider clock, IEnumerable<ITrainingObserver> observers,
        Action<ClipLoader>? ready = null, CancellationToken stop = default)
    {
        options = options.Validated();
        var videos = VideoList.Read(options.CsvFile, options.Root).Videos;
        var views = new ConceptViews(options.Sample, options.Seq, options.ImgDim, options.Rate, options.ReferenceQuirks);
        using var loader = new ClipLoader(videos, views, FrameReaders.Create,
            new LoaderOptions { BatchSize = options.TrainBatch, Workers = options.Workers, Seed = options.Seed }, clock);
        if (options.Threads > 0) torch.set_num_threads(options.Threads);
        Directory.CreateDirectory(options.Out);
        File.WriteAllText(Path.Combine(options.Out, "run.json"), JsonSerializer.Serialize(options, RecipeFile.Json));
        ready?.Invoke(loader);

        ConceptModel model = BuildModel(options);
        var objective = new ConceptObjective(model, views, options.ReferenceQuirks ? ReferenceQuirks.All : ReferenceQuirks.None, options.LocalFrom);
        using var metrics = new MetricsLog(Path.Combine(options.Out, MetricsLog.FileName));
        using var trainer = new Pretrainer(options, objective, loader, clock, [metrics, .. observers]);
        string checkpoint = Path.Combine(options.Out, Checkpoint.FileName);
        trainer.Run(epochs => Checkpoint.Save(checkpoint, model, options, epochs), stop);
        return model;
    }
}
