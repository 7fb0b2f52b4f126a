using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>The command line: finds the command, and turns every error into one line and an exit status.</summary>
public static class CommandLine
{
    /// <summary>Runs a command as the shell does; results go to Console.Out, progress and errors to Console.Error.</summary>
    public static int Run(IReadOnlyList<string> args)
    {
        RootCommand root = Root();
        ParseResult parsed = root.Parse(args);
        bool verbose = args.Contains("--verbose");
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine("videoconcepts: " + Explain(parsed));
            return ExitStatus.BadInput;
        }
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, stop), terminate = StopOn(PosixSignal.SIGTERM, stop);
        try
        {
            return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token)
                .GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("videoconcepts: interrupted.");
            return ExitStatus.Interrupted;
        }
        catch (Exception e)
        {
            bool users = e is BadInputException;
            Console.Error.WriteLine("videoconcepts: " + e.Message.ReplaceLineEndings(" ") + (users || verbose ? "" : " (--verbose shows where)"));
            if (verbose) Console.Error.WriteLine(e);
            return users ? ExitStatus.BadInput : ExitStatus.Failed;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Learn a representation and human-sized concepts, static and dynamic, from unlabelled videos.");
        root.Options.Add(new Option<bool>("--verbose") { Description = "show stack traces", Recursive = true });
        foreach (Command command in (Command[])[DemoCommand.Create(), PrepareCommand.Create(), TrainCommand.Create(), EvaluateCommand.Create(), EnvCommand.Create()])
            root.Subcommands.Add(command);
        return root;
    }

    /// <summary>The first parse error in one line; an unknown option names the nearest known one.</summary>
    private static string Explain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string? unknown = parsed.UnmatchedTokens.FirstOrDefault();
        if (unknown is null) return parsed.Errors[0].Message.ReplaceLineEndings(" ");
        if (unknown.StartsWith('-'))
        {
            IEnumerable<string> known = command.Options.Select(o => o.Name);
            return $"unknown option {unknown}; did you mean {RecipeFile.Nearest(unknown.Split('=')[0], known)}? See videoconcepts {command.Name} --help.";
        }
        return command.Subcommands.Count > 0
            ? $"unknown command {unknown}; did you mean {RecipeFile.Nearest(unknown, command.Subcommands.Select(c => c.Name))}?"
            : $"unexpected argument {unknown}; see videoconcepts {command.Name} --help.";
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The first signal lets the step finish; the second one ends the process at once.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });
}
