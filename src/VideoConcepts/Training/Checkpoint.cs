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
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no checkpoint; give the --out folder of a run, or a file that train saved.");
        (Dictionary<string, torch.Tensor> tensors, Dictionary<string, string> metadata) = SafeTensors.Read(path);
        try
        {
            (TrainOptions options, int queueFilled) = Describe(metadata);
            ConceptModel model = ConceptRun.BuildModel(options);
            try
            {
                StateDict.Load(model, tensors);
            }
            catch
            {
                model.Dispose();
                throw;
            }
            model.QueueFilled = queueFilled;
            return (model, options);
        }
        catch (BadInputException e)
        {
            throw new BadInputException($"{path}: not a checkpoint of this program: {e.Message}", e);
        }
        finally
        {
            foreach (torch.Tensor t in tensors.Values) t.Dispose();
        }
    }

    private static (TrainOptions Options, int QueueFilled) Describe(Dictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(OptionsKey, out string? json)) throw new BadInputException("it holds tensors but no options of a run.");
        try
        {
            TrainOptions options = (JsonSerializer.Deserialize<TrainOptions>(json, RecipeFile.Json) ?? throw new BadInputException("its options are empty.")).Validated();
            return int.TryParse(metadata.GetValueOrDefault(QueueKey), NumberStyles.None, CultureInfo.InvariantCulture, out int filled) && filled <= options.Queue
                ? (options, filled)
                : throw new BadInputException("it does not say how full its queue is.");
        }
        catch (JsonException e)
        {
            throw new BadInputException($"its options are not readable ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }
}
