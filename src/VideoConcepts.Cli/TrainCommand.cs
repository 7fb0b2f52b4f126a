using System.CommandLine;
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
                && args.Any(word => word == alias || word.StartsWith(alias + '=', StringComparison.Ordinal)))
                option.Aliases.Add(alias);
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
            using ICommunicator ranks = Launch.Open(chosen.Distributed, chosen.DistributedTimeout);
            return Task.FromResult(RankedCommand.Run(ranks, () =>
            {
                using var screen = new ScreenWork();
                using IVideoModel model = Run(chosen, screen, ranks, stop);
                if (ranks.Rank == 0) Screen.Print(Path.Combine(chosen.Out, Checkpoint.FileName));
                return ExitStatus.Done;
            }));
        });
        return command;
    }

    /// <summary>Trains with progress on the screen; the caller disposes the model.</summary>
    public static IVideoModel Run(TrainOptions options, ScreenWork screen, ICommunicator ranks, CancellationToken stop)
    {
        var console = new TrainingConsole();
        try
        {
            return TrainingRun.Train(options, [console], screen.Context(ranks), stop);
        }
        catch (OperationCanceledException)
        {
            console.SayWhereItIs();
            throw;
        }
    }
}
