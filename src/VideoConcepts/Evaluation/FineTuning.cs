using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>Training of a classifier on augmented clips, and its test.</summary>
public sealed record FineTuneOptions : ListEvaluationOptions
{
    /// <summary>The backbone stays as it is: an end-to-end linear probe.</summary>
    public bool Frozen { get; init; }

    /// <summary>Trains the same net from random weights beside it, as a row to compare with.</summary>
    public bool CompareRandom { get; init; }

    /// <summary>How it is trained; null: as the preset has it.</summary>
    public ClassifierTraining? Training { get; init; }

    /// <summary>Share of the training list, above 0 to 1, whose labels are used, of each class alike.</summary>
    public double Labels { get; init; } = 1;

    /// <summary>Share of the training list, 0 to below 1, on which the best epoch is chosen instead of trained on; 0:
    /// the last epoch is taken.</summary>
    public double HeldOut { get; init; } = 0.1;

    /// <summary>Epochs between two looks at the held-out part.</summary>
    public int EvalEvery { get; init; } = 10;

    /// <summary>Threads that compute; 0: one per core.</summary>
    public int Threads { get; init; }
}

/// <summary>
/// A classifier from a checkpoint or from random weights: trained, its best epoch on held-out videos taken, tested. A
/// training that was stopped goes on when it is called again.
/// </summary>
public static class FineTuning
{
    /// <summary>Trains on the training list of each split and tests on its test list.</summary>
    /// <param name="options">Model, lists, training; <see cref="EvaluationOptions.Out"/> is needed.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="observers">Told of every training.</param>
    /// <param name="stop">Stops between batches; what is trained so far is saved.</param>
    /// <returns>top-1, top-5 and mean class of chance, random weights and the model.</returns>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and saved.</exception>
    public static EvaluationResult Run(FineTuneOptions options, WorkContext? work = null,
        IReadOnlyList<ITrainingObserver>? observers = null, CancellationToken stop = default)
    {
        if (options.Out is not { } output)
            throw new BadInputException("‹out› is missing: name a folder for checkpoints and results.");
        if (options.Labels is not (> 0 and <= 1))
            throw new BadInputException($"‹labels› {options.Labels}: give a share above 0, at most 1.");
        if (options.HeldOut is not (>= 0 and < 1))
            throw new BadInputException($"‹held_out› {options.HeldOut}: give a share from 0 to below 1.");
        var session = new EvaluationSession(options, work);
        IReadOnlyList<EvaluationSplit> splits =
            session.Splits(options.TrainLists, options.TestLists, options.AllowOverlap, stop);
        using EvaluatedModel model = session.Open();
        Dictionary<EvaluationSplit, OfSplit> works = splits.ToDictionary(split => split, split => new OfSplit(options,
            session, model, split, SplitResults.FolderOf(output, splits, split), observers ?? [], stop));
        foreach (OfSplit ofSplit in works.Values) ofSplit.Check(); // all of them, before anything is written
        SplitResults? results = session.Claim(options.Frozen ? "evaluate probe" : "evaluate finetune", model, splits,
            classifies: true);
        return session.ForEachSplit(splits, results, split => works[split].Measure());
    }

    /// <summary>One split.</summary>
    private sealed class OfSplit(FineTuneOptions options, EvaluationSession session, EvaluatedModel model,
        EvaluationSplit split, string folder, IReadOnlyList<ITrainingObserver> observers, CancellationToken stop)
    {
        private readonly ClassifierTraining _how =
            (options.Training ?? (options.Frozen ? session.Preset.Probe : session.Preset.FineTune)).Validated();

        private readonly ClipOptions _clips = session.Clips(model.Options);
        private readonly int _classes = ListRules.Classes(split.Train, split.Test);

        /// <summary>Refuses numbers with which it cannot be trained; touches no file.</summary>
        /// <exception cref="BadInputException">One is out of range.</exception>
        public void Check()
        {
            (IReadOnlyList<VideoEntry> used, IReadOnlyList<VideoEntry> held) = Divide(say: false);
            _ = RunOptions(used.Count, held.Count > 0, folder);
        }

        public Measurement Measure()
        {
            var table = new FigureTable(options.Frozen ? "linear probe, end to end" : "fine-tuning");
            table.Add(FigureTable.Chance, Chance.Classification(_classes));
            if (options.CompareRandom && model.File is not null)
                table.Add(FigureTable.RandomWeights, TrainAndTest(null, Path.Combine(folder, "random")).Result.Figures);
            (ClassificationResult result, TrainOptions trained) = TrainAndTest(model.File, folder);
            table.Add(model.File is null ? FigureTable.RandomWeights : FigureTable.Model, result.Figures);
            JsonObject json = session.Describe(model, split, result.Scores.Dropped);
            json["training"] = JsonSerializer.SerializeToNode(_how, RecipeFile.Json);
            json["labels"] = options.Labels;
            json["held_out"] = options.HeldOut;
            json["trained_videos"] = VideoList.Read(trained.CsvFile, acrossCuts: true).Videos.Count;
            return new(table, json, result);
        }

        private (ClassificationResult Result, TrainOptions Trained) TrainAndTest(string? from, string place)
        {
            bool first = session.Communicator.Rank == 0;
            using RunFolder? locked = first ? new RunFolder(place, new TrainOptions().Keep) : null;
            TrainOptions run = Prepare(from, place, locked);
            TrainingRun.Run(run, session.Work, observers, stop, locked).Dispose();
            session.Communicator.Any(false); // until the first process has written the last checkpoint
            string best = Path.Combine(place, RunFolder.BestFileName);
            string chosen = File.Exists(best) ? best : Path.Combine(place, Checkpoint.FileName);
            (IVideoModel trained, _) = Checkpoint.Load(chosen, session.Precision());
            using (trained)
            {
                trained.Module.to(session.Device);
                return (ClassifierTest.Measure(session, (Classifier)trained, split.Test, _clips, 1,
                    session.Preset.MeanOfLogits, stop), run);
            }
        }

        /// <summary>Writes the lists to train on and to choose by, and makes the options of the run.</summary>
        private TrainOptions Prepare(string? from, string place, RunFolder? locked)
        {
            (IReadOnlyList<VideoEntry> used, IReadOnlyList<VideoEntry> held) = Divide(say: locked is not null);
            if (locked is not null) FineTuneLists.Write(locked, from, split.Train.File, used, held);
            session.Communicator.Any(false); // until the first process has written these lists
            TrainOptions run = RunOptions(used.Count, held.Count > 0, place);
            return RunFolder.HoldsRun(place) ? run with { Resume = "auto" } : run with { Init = from };
        }

        /// <summary>The options of a run that begins.</summary>
        private TrainOptions RunOptions(int videos, bool holdsOut, string place) => new TrainOptions
        {
            CsvFile = Path.Combine(place, FineTuneLists.TrainName),
            EvalCsv = holdsOut ? Path.Combine(place, FineTuneLists.HeldOutName) : null,
            EvalEvery = options.EvalEvery,
            AcrossCuts = options.AcrossCuts ?? false,
            Out = place,
            Net = model.Options.Net,
            Precision = options.Precision ?? PrecisionChoice.Auto,
            Seq = _clips.Frames,
            ImgDim = _clips.Size,
            Rate = _clips.FrameStride,
            Classifier = new ClassifierOptions(_classes, options.Frozen, _how.Normalize, _how.BatchNorm, _how.Dropout)
            {
                TestWindows = _clips.MaxWindows,
                TestMeanOfLogits = session.Preset.MeanOfLogits,
            },
            Lr = _how.Lr,
            BackboneRate = _how.BackboneRate,
            Momentum = _how.Momentum,
            WeightDecay = _how.WeightDecay,
            Epoch = _how.Epoch,
            LrDecay = _how.LrDecay,
            TrainBatch = _how.BatchOf(videos, session.Communicator.Size),
            Workers = options.Workers,
            Seed = options.Seed,
            Device = options.Device,
            Threads = options.Threads,
        }.Validated();

        private (IReadOnlyList<VideoEntry> Used, IReadOnlyList<VideoEntry> Held) Divide(bool say)
        {
            IReadOnlyList<VideoEntry> used = split.Train.Videos;
            if (options.Labels < 1) used = ListRules.Divide(used, options.Labels, options.Seed).First;
            if (options.HeldOut == 0) return (used, []);
            (used, IReadOnlyList<VideoEntry> held, int copies) =
                ListRules.HoldOut(used, options.HeldOut, options.Seed + 1, split.Contents!);
            if (copies > 0 && say)
                session.Work.Say($"{copies} of {held.Count + copies} held-out videos are copies of videos that are "
                    + "trained on, and left out");
            return (used, held);
        }
    }
}
