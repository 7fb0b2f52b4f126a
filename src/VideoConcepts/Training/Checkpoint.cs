using System.Globalization;
using System.Text.Json;
using TorchSharp;
using VideoConcepts.Models;

namespace VideoConcepts.Training;

/// <summary>A saved concept model: its state_dict in a safetensors file, with the options that built it.</summary>
public static class Checkpoint
{
    public const string FileName = "checkpoint.safetensors";
    private const string OptionsKey = "options", EpochsKey = "epochs", QueueKey = "queue_filled";

    public static void Save(string path, ConceptModel model, TrainOptions options, int epochsDone) =>
        SafeTensors.Write(path, model.state_dict(), new Dictionary<string, string>
        {
            [OptionsKey] = JsonSerializer.Serialize(options, RecipeFile.Json),
            [EpochsKey] = epochsDone.ToString(CultureInfo.InvariantCulture),
            [QueueKey] = model.QueueFilled.ToString(CultureInfo.InvariantCulture),
        });

    /// <summary>Builds the model that a checkpoint holds. path: the file, or a run's folder.</summary>
    /// <exception cref="BadInputException">Not a checkpoint of this program.</exception>
    public static (ConceptModel Model, TrainOptions Options) Load(string path)
    {
        if (Directory.Exists(path)) path = Path.Combine(path, FileName);
        (Dictionary<string, torch.Tensor> tensors, Dictionary<string, string> metadata) = SafeTensors.Read(path);
        try
        {
            if (!metadata.TryGetValue(OptionsKey, out string? json))
                throw new BadInputException($"{path}: holds tensors but no options of a run; it was not saved by train.");
            TrainOptions options = JsonSerializer.Deserialize<TrainOptions>(json, RecipeFile.Json)!;
            ConceptModel model = ConceptRun.BuildModel(options);
            StateDict.Load(model, tensors);
            model.QueueFilled = int.Parse(metadata[QueueKey], CultureInfo.InvariantCulture);
            return (model, options);
        }
        finally
        {
            foreach (torch.Tensor t in tensors.Values) t.Dispose();
        }
    }
}
