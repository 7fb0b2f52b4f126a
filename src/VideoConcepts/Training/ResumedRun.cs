using System.Reflection;
using System.Text.Json;
using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>
/// The run that <c>--resume</c> names. What is looked for, in this order:
/// 1. a file: that checkpoint;
/// 2. a folder: its newest undamaged checkpoint, and an error if there is none;
/// 3. auto: likewise in the --out folder, and a fresh start if there is none.
/// </summary>
internal sealed record ResumedRun(string Path, RunState Run)
{
    // What may change: how long, how fast and where, not what is computed.
    private static readonly string[] Harmless =
    [
        nameof(TrainOptions.Epoch), nameof(TrainOptions.LrDecay), nameof(TrainOptions.Workers),
        nameof(TrainOptions.Threads), nameof(TrainOptions.LogEvery), nameof(TrainOptions.CsvFile),
        nameof(TrainOptions.Root), nameof(TrainOptions.Out), nameof(TrainOptions.MaxShort), nameof(TrainOptions.MaxBad),
        nameof(TrainOptions.SaveEvery), nameof(TrainOptions.SaveMinutes), nameof(TrainOptions.Keep),
        nameof(TrainOptions.EvalCsv), nameof(TrainOptions.EvalEvery), nameof(TrainOptions.Init),
        nameof(TrainOptions.Resume), nameof(TrainOptions.Distributed), nameof(TrainOptions.Device),
        nameof(TrainOptions.Recompute), nameof(TrainOptions.DistributedTimeout),
    ];

    /// <summary>Whether an option may change when a run goes on; the others make the run what it is.</summary>
    internal static bool MayChange(string property) => Harmless.Contains(property);

    /// <summary>The run to go on with, or null for a fresh start.</summary>
    /// <exception cref="BadInputException">There is no checkpoint, or the options do not go with it.</exception>
    /// <param name="options">The run that is to go on.</param>
    /// <param name="processes">How many train it now.</param>
    /// <param name="cutsHash"><see cref="VideoList.CutsHash"/> of its list, if that is known; else it is read.</param>
    public static ResumedRun? Find(TrainOptions options, int processes = 1, string? cutsHash = null)
    {
        if (options.Resume is not { } resume) return null;
        bool auto = resume == "auto";
        string place = auto ? options.Out : resume;
        List<string> damaged = [];
        string? path = File.Exists(place) ? place
            : Directory.Exists(place) ? RunFolder.Newest(place, damaged.Add)
            : null;
        if (path is null && auto && damaged.Count == 0) return null;
        if (path is null)
            throw new BadInputException($"‹resume› {resume}: there is no undamaged checkpoint"
                + (damaged.Count > 0 ? $" ({damaged[0].TrimEnd('.')})" : "")
                + "; give a run's folder or a checkpoint.");
        (TrainOptions before, RunState run) = Checkpoint.ReadRun(path);
        bool sameStep = (long)options.TrainBatch * processes == (long)before.TrainBatch * run.Processes;
        if (options.Precision == PrecisionChoice.Auto) options = options with { Precision = before.Precision };
        Compare(sameStep ? options with { TrainBatch = before.TrainBatch } : options, before, path);
        if (FileHash.Of(options.CsvFile) != run.ListHash)
            throw new BadInputException(
                $"‹csv_file› {options.CsvFile}: not the list that the run in "
                + $"{path} was trained on; go on with that one, or start a new run with ‹init› {path}.");
        if (run.CutsHash is { } cuts && cuts != (cutsHash ?? TrainingRun.List(options).CutsHash()))
            throw new BadInputException(
                $"‹csv_file› {options.CsvFile}: the cuts of its videos (cuts.txt beside the frames) are not those that "
                + $"the run in {path} was trained with; put them back, or start a new run in another folder.");
        Checkpoint.CheckShapes(path, options);
        // As many videos a step, divided among others: the same steps.
        if (sameStep)
            return new ResumedRun(path, run with { Processes = processes })
            {
                Damaged = damaged,
                Precision = before.Precision
            };
        // The videos of this epoch that were seen stay seen, to the last whole batch of the new size.
        int batch = (int)((long)run.Position.Batch * run.Processes / processes);
        return new ResumedRun(path, run with { Position = run.Position with { Batch = batch }, Processes = processes })
        {
            Damaged = damaged,
            Precision = before.Precision,
            Changes = $"{processes} process{(processes > 1 ? "es" : "")} instead of {run.Processes}: a step sees "
                + $"{processes * options.TrainBatch} videos instead of {run.Processes * options.TrainBatch}, "
                + $"and an epoch has {(processes > run.Processes ? "fewer" : "more")} steps",
        };
    }

    /// <summary>For those who listen to the run.</summary>
    public RunResumed Told => new(Path, Run.Position.Step, Run.Position.Epoch, Changes, Damaged);

    /// <summary>Checkpoints that were passed over, each with what is wrong with it.</summary>
    public IReadOnlyList<string> Damaged { get; private init; } = [];

    /// <summary>What the run computes with, whatever this machine would choose.</summary>
    public string Precision { get; private init; } = "";

    /// <summary>What the run does otherwise from here on; empty for nothing.</summary>
    public string Changes { get; private init; } = "";

    internal bool IsIn(string folder) =>
        RealPath.IsSame(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, folder);

    private static void Compare(TrainOptions options, TrainOptions before, string path)
    {
        string[] changed =
        [
            .. from option in RecipeFile.Options
               where !MayChange(option.Value.Name)
                   && !Equals(option.Value.GetValue(options), option.Value.GetValue(before))
               select $"‹{option.Key}› {Show(option.Value, options)}, the run has {Show(option.Value, before)}",
            .. (options.Classifier?.OfTraining, options.Momentum,
                options.BackboneRate) == (before.Classifier?.OfTraining, before.Momentum, before.BackboneRate)
                ? (string[])[] : ["the classifier, or what trains it"],
        ];
        if (changed.Length > 0)
            throw new BadInputException(
                $"‹resume›: these cannot change within a run: {string.Join("; ", changed)}. Leave them as they are in "
                + $"{path}, or start a new run with ‹init›.");
    }

    private static string Show(PropertyInfo property, TrainOptions options) =>
        JsonSerializer.Serialize(property.GetValue(options), RecipeFile.Json).Trim('"');
}
