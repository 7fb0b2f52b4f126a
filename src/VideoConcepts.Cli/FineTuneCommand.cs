using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;
using Split = VideoConcepts.Cli.Split;

namespace VideoConcepts.Cli;

/// <summary>evaluate finetune, and the end-to-end probe: train a classifier, take its best epoch on held-out videos, test it.</summary>
internal static class FineTuneCommand
{
    public static Command Create()
    {
        var command = new Command("finetune", "Train the whole network as a classifier, from a checkpoint or from random weights (--net), then test it. A run that was stopped goes on when it is called again.");
        var inputs = new EvaluationInputs(command, spread: true, force: false);
        Option<string?> train = EvaluationInputs.TrainLists(required: true), test = EvaluationInputs.TestLists(), output = EvaluationInputs.Output("folder for checkpoints, metrics and results");
        output.Required = true;
        Option<bool> overlap = EvaluationInputs.AllowOverlap();
        var scratch = new Option<bool>("--scratch") { Description = "train the same net from random weights beside it, as a row to compare with (doubles the time)" };
        foreach (Option option in (Option[])[train, test, overlap, scratch, output]) command.Options.Add(option);
        var training = new ClassifierOptionSet(command);
        inputs.SetAction(command, (parsed, stop) =>
        {
            Run(parsed, inputs, training, parsed.GetValue(train)!, parsed.GetValue(test), parsed.GetValue(overlap),
                parsed.GetValue(scratch), output, frozen: false, stop);
        });
        return command;
    }

    public static void Run(ParseResult parsed, EvaluationInputs inputs, ClassifierOptionSet set, string train,
        string? test, bool allowOverlap, bool random, Option<string?> output, bool frozen, CancellationToken stop)
    {
        if (parsed.GetValue(output) is not { } outputFolder)
            throw new BadInputException("--out is missing: name a folder for checkpoints and results.");
        IReadOnlyList<Split> splits = inputs.Splits(parsed, train, test, allowOverlap, stop);
        EvaluationPreset preset = inputs.Preset(parsed);
        ClassifierTraining how = set.Read(parsed, frozen ? preset.Probe : preset.FineTune);
        using EvaluatedModel model = inputs.Open(parsed);
        ClipOptions clips = inputs.Clips(parsed, model.Options);
        SplitResults? results = inputs.Claim(parsed, output, frozen ? "evaluate probe" : "evaluate finetune", model,
            splits, classifies: true);
        EvaluateCommand.ForEachSplit(splits, results, split =>
        {
            string folder = SplitResults.FolderOf(outputFolder, splits, split);
            int classes = ListRules.Classes(split.Train, split.Test);
            var table = new FigureTable(frozen ? "linear probe, end to end" : "fine-tuning");
            table.Add(EvaluateCommand.Chance, Chance.Classification(classes));
            if (random && model.File is not null)
            {
                (ClassificationResult scratched, _) = Train(null, Path.Combine(folder, "random"));
                table.Add(EvaluateCommand.RandomWeights, scratched.Figures);
            }
            (ClassificationResult result, TrainOptions options) = Train(model.File, folder);
            table.Add(model.File is null ? EvaluateCommand.RandomWeights : EvaluateCommand.Model, result.Figures);
            JsonObject json = inputs.Describe(parsed, model, split, result.Scores.Dropped);
            json["training"] = JsonSerializer.SerializeToNode(how, RecipeFile.Json);
            json["labels"] = ClassifierOptionSet.Share(parsed, set.Labels, zero: false);
            json["held_out"] = ClassifierOptionSet.Share(parsed, set.HeldOut, zero: true);
            json["trained_videos"] = VideoList.Read(options.CsvFile, acrossCuts: true).Videos.Count;
            return new(table, json, result);

            (ClassificationResult, TrainOptions) Train(string? from, string place)
            {
                using RunFolder? locked = inputs.Ranks.Rank == 0 ? new RunFolder(place, new TrainOptions().Keep) : null;
                TrainOptions options = Options(parsed, inputs, set, split, how, model.Options, clips, classes, frozen,
                    from, place, locked);
                using (TrainCommand.Run(options, stop, inputs.Ranks, locked)) { }
                inputs.Ranks.Any(false); // until the first process has written the last checkpoint
                string best = Path.Combine(place, RunFolder.BestFileName), chosen = File.Exists(best) ? best : Path.Combine(place, Checkpoint.FileName);
                (IVideoModel trained, _) = Checkpoint.Load(chosen, inputs.Precision(parsed));
                trained.Module.to(inputs.Device(parsed));
                using (trained) return (ClassifierTest.Run((Classifier)trained, split.Test, clips, 1, preset.MeanOfLogits, inputs.Batch(parsed), inputs.Workers(parsed), stop, inputs.Ranks), options);
            }
        });
    }

    /// <summary>Writes the lists to train on and to choose by, and makes the options of the run.</summary>
    private static TrainOptions Options(ParseResult parsed, EvaluationInputs inputs, ClassifierOptionSet set,
        Split split, ClassifierTraining how, TrainOptions model, ClipOptions clips, int classes, bool frozen,
        string? from, string place, RunFolder? locked)
    {
        double share = ClassifierOptionSet.Share(parsed, set.Labels, zero: false), heldOut = ClassifierOptionSet.Share(parsed, set.HeldOut, zero: true);
        long seed = inputs.Seed(parsed);
        IReadOnlyList<VideoEntry> used = share < 1 ? ListRules.Divide(split.Train.Videos, share, seed).First : split.Train.Videos, held = [];
        if (heldOut > 0)
        {
            (used, held, int copies) = ListRules.HoldOut(used, heldOut, seed + 1, split.Contents!);
            if (copies > 0 && locked is not null)
                Screen.Say($"{copies} of {held.Count + copies} held-out videos are copies of videos that are trained "
                    + "on, and left out");
        }
        if (locked is not null) FineTuneLists.Write(locked, from, split.Train.File, used, held);
        inputs.Ranks.Any(false); // until the first process has written these lists
        bool goesOn = RunFolder.HoldsRun(place);
        return new TrainOptions
        {
            CsvFile = Path.Combine(place, FineTuneLists.TrainName),
            EvalCsv = held.Count > 0 ? Path.Combine(place, FineTuneLists.HeldOutName) : null,
            EvalEvery = parsed.GetValue(set.EvalEvery),
            AcrossCuts = inputs.AcrossCuts(parsed),
            Out = place,
            Net = model.Net,
            Precision = inputs.TrainingPrecision(parsed),
            Seq = clips.Frames,
            ImgDim = clips.Size,
            Rate = clips.FrameStride,
            Classifier = new ClassifierOptions(classes, frozen, how.Normalize, how.BatchNorm, how.Dropout)
            {
                TestWindows = clips.MaxWindows,
                TestMeanOfLogits = inputs.Preset(parsed).MeanOfLogits,
            },
            Lr = how.Lr,
            BackboneRate = how.BackboneRate,
            Momentum = how.Momentum,
            WeightDecay = how.WeightDecay,
            Epoch = how.Epoch,
            LrDecay = how.LrDecay,
            TrainBatch = how.BatchOf(used.Count, inputs.Ranks.Size),
            Workers = inputs.Workers(parsed),
            Seed = seed,
            Device = inputs.DeviceChoice(parsed),
            Threads = parsed.GetValue(set.Threads),
            Init = goesOn ? null : from,
            Resume = goesOn ? "auto" : null,
        }.Validated();
    }
}
