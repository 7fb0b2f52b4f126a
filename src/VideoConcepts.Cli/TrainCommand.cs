using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

internal static class TrainCommand
{
    public const string Name = "train";

    // As the published program has them, whose README writes one with a single dash.
    private static readonly string[] Published = ["csv_file", "seq", "sample", "img_dim", "cluster", "concept", "rate",
        "train_batch", "workers", "epoch", "split", "lr_decay", "thres"];

    /// <summary>
    /// Lets published options be written with one dash where a command line does so; help does not show that spelling.
    /// </summary>
    public static void AcceptSingleDash(Command root, IReadOnlyList<string> args)
    {
        foreach (Option option in root.Subcommands.Single(command => command.Name == Name).Options)
        {
            string alias = option.Name[1..];
            if (Published.Contains(alias[1..])
                && args.Any(word => word == alias
                || word.StartsWith(alias + '=', StringComparison.Ordinal))) option.Aliases.Add(alias);
        }
    }

    public static Command Create()
    {
        var command = new Command(Name, "Learn a representation and concepts from a list of unlabelled videos.");
        var options = new TrainOptionSet(command);
        command.SetAction((parsed, stop) =>
        {
            TrainOptions chosen = options.Read(parsed).Validated();
            if (chosen.Resume is null) RunFolder.Check(chosen.Out, []); // before the lists are read
            using ICommunicator ranks = Launch.Open(chosen.Distributed);
            return Task.FromResult(Ranks.Together(ranks, () =>
            {
                using IVideoModel model = Run(chosen, stop, ranks);
                if (ranks.Rank == 0) Screen.Print(Path.Combine(chosen.Out, Checkpoint.FileName));
                return ExitStatus.Done;
            }));
        });
        return command;
    }

    /// <summary>Trains with progress on the screen; the caller disposes the model.</summary>
    public static IVideoModel Run(TrainOptions options, CancellationToken stop, ICommunicator ranks,
        RunFolder? folder = null)
    {
        ClipLoader loader = TrainingRun.OpenLoader(options, ranks);
        if (ranks.Size > 1) Screen.Say($"{ranks.Size} processes, {ranks.Size * options.TrainBatch} videos a step, batch norm {(options.SyncBn ? "over all of them" : "in each process alone")}");
        Screen.Say($"{loader.Usable} videos in {options.CsvFile}, {loader.LeftOut.Count} too short; {options.Epoch} epochs of {loader.BatchesPerEpoch} steps; {options.Net}, frames read by {FrameReaders.Name}");
        double steps = (double)options.Epoch * loader.BatchesPerEpoch;
        try
        {
            var clock = Stopwatch.StartNew();
            (long Bytes, TimeSpan Time) before = ranks.Traffic; // of an evaluation that trains several times
            IntervalMetrics? last = null;
            IVideoModel model = Screen.Track("train", steps, bar =>
            {
                var console = new TrainingConsole(bar);
                try
                {
                    return TrainingRun.Train(options, loader, TimeProvider.System, [console], stop, ranks, folder);
                }
                finally
                {
                    last = console.Last;
                }
            });
            if (ranks.Size > 1) Screen.Say(string.Create(CultureInfo.InvariantCulture, $"handed to the other processes: {(ranks.Traffic.Bytes - before.Bytes) / 1e6:F0} MB; {100 * (ranks.Traffic.Time - before.Time) / clock.Elapsed:F0} % of the time, waiting for them included"));
            if (model is ConceptModel concepts && last is not null && ranks.Rank == 0)
                SayWhatWasLearned(concepts, options, last, loader, ranks.Size * options.TrainBatch, stop);
            return model;
        }
        catch (OperationCanceledException)
        {
            Screen.Say($"The model so far is in {Path.Combine(options.Out, Checkpoint.FileName)}.");
            throw;
        }
        finally
        {
            foreach ((VideoEntry video, string reason) in loader.Skipped) Screen.Say($"skipped {video.Origin}: {reason}");
        }
    }

    /// <summary>
    /// A verdict that needs no labels. The model is saved already: what goes wrong here is said, and no more.
    /// </summary>
    private static void SayWhatWasLearned(ConceptModel model, TrainOptions options, IntervalMetrics last,
        ClipLoader loader, int batch, CancellationToken stop)
    {
        try
        {
            long clips = LearningVerdict.Clips(options, loader.Videos);
            LearningVerdict verdict = Screen.Track("what was learned", clips, bar =>
                LearningVerdict.Of(model, options, last.Terms, loader.Videos, batch,
                    new InlineProgress<long>(n => bar(n, "")), stop));
            foreach (string line in verdict.Lines()) Screen.Say(line);
            Screen.Say($"=> {verdict.Text}");
        }
        catch (Exception e) when (e is BadInputException or ArithmeticException)
        {
            Screen.Say($"what was learned was not looked at: {e.Message}");
        }
    }
}
