using System.Globalization;
using System.Text.Json;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Training;

/// <summary>What a run needs beside the weights to go on as if it had never stopped.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="ListHash">SHA-256 of the list of videos.</param>
/// <param name="Sums">The interval of metrics under way.</param>
/// <param name="AdamSteps">Adam's step count by parameter.</param>
/// <param name="Version">Program that wrote it.</param>
/// <param name="Processes">How many trained together.</param>
internal sealed record RunState(RunPosition Position, string ListHash, IntervalSums Sums,
    IReadOnlyDictionary<string, long> AdamSteps, string Version, int Processes = 1)
{
    /// <summary>See <see cref="RunIdentity"/>; null in checkpoints of earlier versions.</summary>
    public string? Identity { get; init; }

    /// <summary><see cref="VideoList.CutsHash"/> of the list; null in checkpoints of earlier versions.</summary>
    public string? CutsHash { get; init; }
}

/// <summary>What <see cref="Checkpoint.Describe(string)"/> finds.</summary>
/// <param name="Weights">Numbers in each tensor of the state_dict.</param>
/// <param name="Run">Null for a checkpoint that no run saved.</param>
internal sealed record CheckpointFacts(
    TrainOptions Options, RunState? Run, int QueueFilled, IReadOnlyDictionary<string, long> Weights);

/// <summary>
/// A saved model: its state_dict in a safetensors file, with the options that built it, and, under names that
/// begin with <c>adam.</c>, the optimizer's moments.
/// </summary>
public static class Checkpoint
{
    /// <summary>Name of the newest checkpoint in the folder of a run.</summary>
    public const string FileName = "checkpoint.safetensors";
    private const string OptionsKey = "options", EpochsKey = "epochs", QueueKey = "queue_filled", RunKey = "run",
        NetKey = "net", ExtraPrefix = "method.", QueueName = "queue";

    internal static void Save(string path, IVideoModel model, TrainOptions options, int epochsDone,
        RunState? run = null, TrainerState? trainer = null, Origin? origin = null, bool withQueue = true)
    {
        Dictionary<string, string> metadata = new()
        {
            [OptionsKey] = JsonSerializer.Serialize(options with { Resume = null }, RecipeFile.Json),
            [EpochsKey] = epochsDone.ToString(CultureInfo.InvariantCulture),
            [QueueKey] = (withQueue ? model.QueueFilled : 0).ToString(CultureInfo.InvariantCulture),
        };
        if (origin is not null) metadata[Origin.Key] = origin.ToJson().ToJsonString();
        if (run is not null) metadata[RunKey] = JsonSerializer.Serialize(run, RecipeFile.Json);
        SafeTensors.Write(
            path,
            [
                .. model.Module.state_dict().Where(t => withQueue || t.Key != QueueName),
                .. model.ExtraState.Select(t => KeyValuePair.Create(ExtraPrefix + t.Key, t.Value)),
                .. trainer?.Tensors ?? [],
            ],
            metadata);
    }

    /// <summary>Builds the model that a checkpoint holds.</summary>
    /// <param name="path">The file, or a run's folder, whose newest undamaged one is taken.</param>
    /// <param name="precision">What it shall compute with, see <see cref="PrecisionChoice"/>; null: as it was
    /// trained.</param>
    /// <exception cref="BadInputException">Not a checkpoint of this program.</exception>
    public static (IVideoModel Model, TrainOptions Options) Load(string path, string? precision = null)
    {
        path = RunFolder.FileOf(path);
        using SavedTensors saved = Open(path);
        try
        {
            TrainOptions options = Describe(saved.Metadata).Options;
            Check(options, saved.Tensors.ToDictionary(t => t.Key, t => TensorShape.Of(t.Value)),
                LackOf(saved.Metadata));
            if (precision is not null) options = options with { Precision = precision };
            IVideoModel model = TrainingRun.BuildModel(options);
            try
            {
                Restore(saved, model);
            }
            catch
            {
                model.Dispose();
                throw;
            }
            return (model, options);
        }
        catch (BadInputException e)
        {
            throw new BadInputException($"{path}: not a checkpoint of this program: {e.Keyed}", e);
        }
    }

    /// <summary>Writes the weights of a checkpoint alone, under PyTorch's keys.</summary>
    /// <param name="checkpoint">The file, or a run's folder.</param>
    /// <param name="target">The safetensors file to write.</param>
    /// <param name="backboneAlone">Only the backbone's weights, without the prefix <c>backbone.</c>.</param>
    /// <param name="force">Replace what was exported from another run.</param>
    /// <exception cref="BadInputException">Not a checkpoint, or the target holds something that may not be written
    /// over.</exception>
    public static void Export(string checkpoint, string target, bool backboneAlone = false, bool force = false)
    {
        string file = RunFolder.FileOf(checkpoint);
        if (!File.Exists(file)) throw NoCheckpoint(file);
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(target))!, "‹to›");
        var origin = new Origin("checkpoint export", [RunIdentity.Source(file)]);
        ClaimedWeights.Claim(target, origin, new InputFile("the checkpoint", file), force,
            metadata => metadata.ContainsKey(NetKey) && metadata.ContainsKey(SafeTensors.ChecksumKey));
        (IVideoModel model, TrainOptions options) = Load(file);
        using (model)
            SafeTensors.Write(RealPath.Of(target),
                (backboneAlone ? model.Backbone.state_dict() : model.Module.state_dict()).AsEnumerable(),
                new Dictionary<string, string>
                {
                    [NetKey] = options.Net,
                    [Origin.Key] = origin.ToJson().ToJsonString()
                });
    }

    /// <summary>
    /// Writes a checkpoint without the state of its run, a third of the size: it can be evaluated and be started from,
    /// but no run goes on from it. It names no folder.
    /// </summary>
    /// <param name="checkpoint">The file, or a run's folder.</param>
    /// <param name="target">The checkpoint to write.</param>
    /// <param name="force">Replace what was exported from another run.</param>
    /// <exception cref="BadInputException">Not a checkpoint, or the target holds something that may not be written
    /// over.</exception>
    public static void Strip(string checkpoint, string target, bool force = false)
    {
        string file = RunFolder.FileOf(checkpoint);
        if (!File.Exists(file)) throw NoCheckpoint(file);
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(target))!, "‹to›");
        Source source = RunIdentity.Source(file);
        var origin = new Origin("checkpoint export", [source]);
        ClaimedWeights.Claim(target, origin, new InputFile("the checkpoint", file), force,
            _ => false);
        (IVideoModel model, TrainOptions options) = Load(file);
        using (model)
            Save(RealPath.Of(target), model, options with
            {
                CsvFile = Path.GetFileName(options.CsvFile),
                Root = null,
                Out = new TrainOptions().Out,
                Init = options.Init is { } init ? Path.GetFileName(init) : null,
                EvalCsv = null,
            }, options.Epoch, origin: new Origin("checkpoint export", [source]), withQueue: false);
    }

    /// <summary>
    /// Makes a checkpoint without a run from another program's weights; parts that the file has not are fresh.
    /// </summary>
    /// <param name="source">The other program's file.</param>
    /// <param name="target">The checkpoint to write.</param>
    /// <param name="options">The net that the weights are of.</param>
    /// <param name="force">Replace what was imported from another file.</param>
    /// <exception cref="BadInputException">The file cannot be read, its weights are of another net, or the target holds
    /// something that may not be written over.</exception>
    public static KeyReport Import(string source, string target, TrainOptions options, bool force = false)
    {
        var origin = new Origin("checkpoint import", [Source.File("from", source)]);
        ClaimedWeights.Claim(target, origin, new InputFile("the weights to import", source), force, metadata =>
            metadata.GetValueOrDefault(OptionsKey)?.Contains("\"imported from ", StringComparison.Ordinal) == true);
        using var file = new SavedTensors(WeightFile.Read(source), []);
        using IVideoModel model = TrainingRun.BuildModel(options);
        KeyReport report = WeightFile.Load(source, file.Weights, model.Module);
        if (report.Loaded.Contains(QueueName)) model.QueueFilled = options.Queue;
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(target))!, "‹to›");
        Save(RealPath.Of(target), model, options, 0, origin: origin);
        return report;
    }

    /// <summary>What a checkpoint says of itself, its tensors unread.</summary>
    /// <exception cref="BadInputException">Not a checkpoint.</exception>
    internal static CheckpointFacts Describe(string path)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such file; check the path.");
        Dictionary<string, string> metadata = SafeTensors.ReadMetadata(path);
        (TrainOptions options, int filled) = Describe(metadata);
        return new CheckpointFacts(options, metadata.ContainsKey(RunKey) ? ReadRun(path).Run : null, filled,
            SafeTensors.ReadSizes(path).Where(t => !IsExtra(t.Key)).ToDictionary());
    }

    internal static bool HoldsRunState(string path) => SafeTensors.ReadMetadata(path).ContainsKey(RunKey);

    /// <summary>
    /// The list that a checkpoint's run was trained on and the one that chose its epoch, where the run read them or,
    /// since the run was moved, beside the checkpoint; none if the first is not there any more, or is another one now.
    /// </summary>
    /// <exception cref="BadInputException">Not a checkpoint, or a list is malformed.</exception>
    public static IReadOnlyList<VideoList> TrainingLists(string path)
    {
        CheckpointFacts facts = Describe(path);
        TrainOptions options = facts.Options;
        string NextToIt(string list) =>
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(list));
        string[] places = [options.CsvFile, NextToIt(options.CsvFile)];
        if (facts.Run is not { } run || places.FirstOrDefault(list => File.Exists(list)
            && FileHash.Of(list) == run.ListHash) is not { } learned) return [];
        string? chosenBy = options.EvalCsv is not { } list ? null : learned == options.CsvFile ? list : NextToIt(list);
        return [VideoList.Read(learned, options.Root, acrossCuts: true), .. File.Exists(chosenBy)
            ? [VideoList.Read(chosenBy, options.Root, acrossCuts: true)] : (VideoList[])[]];
    }

    /// <summary>The options and the state of the run that saved a checkpoint.</summary>
    /// <exception cref="BadInputException">Not a checkpoint, or one without the state of a run.</exception>
    internal static (TrainOptions Options, RunState Run) ReadRun(string path)
    {
        Dictionary<string, string> metadata = SafeTensors.ReadMetadata(path);
        if (!metadata.TryGetValue(RunKey, out string? json))
            throw new BadInputException(
                $"{path}: holds no state of a run to go on with; start from its weights with ‹init›.");
        try
        {
            return (Describe(metadata).Options,
                JsonSerializer.Deserialize<RunState>(json, RecipeFile.Json)
                    ?? throw new BadInputException($"{path}: its state is empty."));
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                $"{path}: the state of its run is not readable ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }

    /// <summary>Weights, queue and optimizer as a checkpoint has them.</summary>
    internal static void Resume(string path, IVideoModel model, TrainerState trainer, RunState run)
    {
        using SavedTensors saved = Open(path);
        Restore(saved, model);
        trainer.Load(saved.Tensors, run.AdamSteps);
        trainer.Sums = run.Sums;
    }

    /// <summary>Weights alone, from a checkpoint or another program's file; the queue stays empty. Prototypes of
    /// another number of concepts stay fresh, and so does what reads as many scores.</summary>
    public static KeyReport Init(string path, IVideoModel model)
    {
        path = RunFolder.FileOf(path);
        using var file = new SavedTensors(WeightFile.Read(path), []);
        Dictionary<string, torch.Tensor> weights = file.Weights.Where(t => t.Key != QueueName).ToDictionary();
        if (model is ConceptModel { Options.OwnStatistics: true }) AddDifferenceStatistics(weights, model);
        return WeightFile.Load(path, weights, model.Module, anyConcepts: true);
    }

    /// <summary>A net that had none of its own for difference views begins with those that it had.</summary>
    private static void AddDifferenceStatistics(Dictionary<string, torch.Tensor> weights, IVideoModel model)
    {
        HashSet<string> wanted = [.. model.Module.state_dict().Keys, .. model.Backbone.state_dict().Keys];
        foreach ((string of, string own) in ((string, string)[])[("running_mean", BatchNorm.DifferenceMean),
            ("running_var", BatchNorm.DifferenceVariance)])
            foreach ((string key, torch.Tensor value) in weights.Where(w => w.Key.EndsWith('.' + of)).ToArray())
                if (key[..^of.Length] + own is var name && wanted.Contains(name)) weights.TryAdd(name, value);
    }

    /// <summary>
    /// Whether a checkpoint has the weights of the model that options claim. Takes no memory for either.
    /// </summary>
    /// <exception cref="BadInputException">It has not.</exception>
    internal static void CheckShapes(string path, TrainOptions options)
    {
        try
        {
            Check(options, SafeTensors.ReadShapes(path), null);
        }
        catch (BadInputException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new BadInputException($"{path}: {e.Keyed}", e);
        }
    }

    /// <summary>Before a model is built: it is not larger than the file, whatever the options say.</summary>
    private static void Check(TrainOptions options, Dictionary<string, TensorShape> tensors, string? mayLack)
    {
        IVideoModel claimed;
        using var shapes = new ShapesOnly();
        try
        {
            claimed = Method.Of(options).Build(options);
        }
        catch (Exception e) when (
            e is System.Runtime.InteropServices.ExternalException or ArgumentException or OverflowException)
        {
            throw new BadInputException("its options claim a model of a size that cannot be.", e);
        }
        using (claimed)
        {
            StateDict.Check(claimed.Module, tensors.Where(t => !IsExtra(t.Key)).ToDictionary(),
                mayLack);
            foreach ((string name, torch.Tensor tensor) in claimed.ExtraState)
                if (!tensors.TryGetValue(ExtraPrefix + name, out TensorShape there)
                    || !there.Sizes.SequenceEqual(tensor.shape))
                    throw new BadInputException($"{name} is missing or of another shape.");
        }
    }

    private static bool IsExtra(string key) =>
        TrainerState.IsName(key) || key.StartsWith(ExtraPrefix, StringComparison.Ordinal);

    /// <summary>A queue that is empty needs not to be there.</summary>
    private static string? LackOf(Dictionary<string, string> metadata) =>
        Describe(metadata).QueueFilled == 0 && !metadata.ContainsKey(RunKey) ? QueueName : null;

    private static void Restore(SavedTensors saved, IVideoModel model)
    {
        int filled = Describe(saved.Metadata).QueueFilled;
        StateDict.Load(model.Module, saved.Weights, LackOf(saved.Metadata));
        using var noGrad = torch.no_grad();
        foreach ((string name, torch.Tensor tensor) in model.ExtraState)
            tensor.copy_(saved.Tensors.TryGetValue(ExtraPrefix + name, out torch.Tensor? there)
                && there.shape.SequenceEqual(tensor.shape)
                ? there
                : throw new BadInputException($"{name} is missing or of another shape."));
        model.QueueFilled = filled;
    }

    internal static BadInputException NoCheckpoint(string path) =>
        new($"{path}: there is no checkpoint; give the ‹out› folder of a run, or a file that train saved.");

    private static SavedTensors Open(string path)
    {
        if (!File.Exists(path)) throw NoCheckpoint(path);
        if (TorchFile.IsOne(path))
            throw new BadInputException(
                $"{path}: a PyTorch file; turn it into a checkpoint with checkpoint import.");
        (Dictionary<string, torch.Tensor> tensors, Dictionary<string, string> metadata) =
            SafeTensors.Read(path, ours: true);
        return new SavedTensors(tensors, metadata);
    }

    private static (TrainOptions Options, int QueueFilled) Describe(Dictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(OptionsKey, out string? json))
            throw new BadInputException("it holds tensors but no options of a run.");
        try
        {
            TrainOptions options = (JsonSerializer.Deserialize<TrainOptions>(json, RecipeFile.Json)
                ?? throw new BadInputException("its options are empty.")).Validated();
            string? queue = metadata.GetValueOrDefault(QueueKey);
            return int.TryParse(queue, NumberStyles.None, CultureInfo.InvariantCulture, out int filled)
                && filled <= Math.Max(options.Queue, 0)
                ? (options, filled)
                : throw new BadInputException("it does not say how full its queue is.");
        }
        catch (JsonException e)
        {
            throw new BadInputException($"its options are not readable ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }

    private sealed record SavedTensors(
        Dictionary<string, torch.Tensor> Tensors, Dictionary<string, string> Metadata) : IDisposable
    {
        /// <summary>Those of the state_dict.</summary>
        public IReadOnlyDictionary<string, torch.Tensor> Weights => Tensors
            .Where(t => !IsExtra(t.Key))
            .ToDictionary(t => t.Key, t => t.Value);

        public void Dispose()
        {
            foreach (torch.Tensor t in Tensors.Values) t.Dispose();
        }
    }
}
