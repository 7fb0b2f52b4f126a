using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using VideoConcepts.Distributed;
using VideoConcepts.Search;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>The command line: finds the command, and turns every error into one line and an exit status.</summary>
public static class CommandLine
{
    private const string Program = "videoconcepts";

    /// <summary>The command line as it was given, for results to say what made them.</summary>
    internal static string Words => $"{Program} {string.Join(' ', Environment.GetCommandLineArgs().Skip(1))}";

    /// <summary>
    /// Runs a command as the shell does; results go to standard output, progress and errors to standard error.
    /// </summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="interrupt">Has the effect of SIGINT.</param>
    public static int Run(IReadOnlyList<string> args, CancellationToken interrupt = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        using var signals = new StopSignals(stop);
        CommandRecipe? recipe = null;
        PostgresLibraries.Register();
        OnnxModels.Register();
        try
        {
            RootCommand root = Root();
            TrainCommand.AcceptSingleDash(root, args);
            ParseResult parsed = Parse(root, args);
            signals.Command = [.. Commands(parsed.CommandResult)];
            if (IsBare(parsed))
            {
                Parse(root, [.. args, "--help"]).Invoke(new InvocationConfiguration { Output = Screen.Errors });
                return ExitStatus.BadInput;
            }
            if (parsed.Errors.Count > 0) throw new BadInputException(Explain(parsed));
            if (parsed.Action is not HelpAction && (recipe = CommandRecipe.Of(parsed)) is not null)
            {
                parsed = Parse(root, recipe.Behind(args));
                if (parsed.Errors.Count > 0) throw new BadInputException(Explain(parsed));
            }
            if (Launch.IsOneOfSeveral && parsed.Action is not HelpAction
                && parsed.CommandResult.Command.Options.All(o => o.Name != Launch.Option)
                && !ShareOption.IsGiven(parsed.CommandResult))
                throw new BadInputException(
                    $"{parsed.CommandResult.Command.Name} runs in one process; start it without mpirun.");
            ProcessSettings.Apply();
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return parsed.InvokeAsync(configuration, stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Screen.Error($"{Program}: interrupted.");
            return ExitStatus.Interrupted;
        }
        catch (Exception e)
        {
            bool verbose = args.Contains("--verbose");
            Exception cause = e;
            while (cause is TypeInitializationException or AggregateException && cause.InnerException is not null)
                cause = cause.InnerException;
            cause = LibTorch.Lacking(cause) ?? cause;
            // the last: numbers of a model that are not finite
            bool expected = cause is BadInputException or TrainingFailedException
                || cause.GetType() == typeof(ArithmeticException);
            string text = OptionKeys.AsOptions(ErrorText.Of(cause));
            if (cause is BadInputException) text = recipe?.Explain(text) ?? text;
            Screen.Error($"{Program}: {text}{(expected || verbose ? "" : " (--verbose shows where)")}");
            if (verbose) foreach (string line in e.ToString().Split('\n')) Screen.Error(line);
            return cause is BadInputException ? ExitStatus.BadInput : ExitStatus.Failed;
        }
    }

    /// <summary>All commands and options.</summary>
    internal static RootCommand Root()
    {
        var root = new RootCommand(
            "Learn a representation and human-sized concepts, static and dynamic, from unlabelled videos.")
        {
            HelpName = Program,
        };
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();
        root.Options.Add(new Option<bool>("--verbose") { Description = "show stack traces", Recursive = true });
        Command[] commands =
        [
            DemoCommand.Create(), LearnCommand.Create(), PrepareCommand.Create(), ValidateCommand.Create(),
            TrainCommand.Create(), ExtractCommand.Create(), EvaluateCommand.Create(), ReportCommand.Create(),
            IndexCommand.Create(), SearchCommand.Create(), DuplicatesCommand.Create(), UnusualCommand.Create(),
            SampleCommand.Create(), CountCommand.Create(), ExploreCommand.Create(), ExportCommand.Create(),
            CheckpointCommand.Create(),
            EnvCommand.Create(),
        ];
        foreach (Command command in commands)
        {
            root.Subcommands.Add(command);
            RefuseCommas(command);
        }
        return root;
    }

    // A comma is none of a number's: 0,5 would be read as 5.
    private static void RefuseCommas(Command command)
    {
        foreach (Option option in command.Options)
            if ((Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) == typeof(double))
                option.Validators.Add(result =>
                {
                    if (result.Tokens.FirstOrDefault(token => token.Value.Contains(',')) is { } token)
                        result.AddError($"{option.Name} {token.Value}: give a number with a point, such as 0.5");
                });
        foreach (Command below in command.Subcommands) RefuseCommas(below);
    }

    // No response files: a path may begin with @.
    private static ParseResult Parse(RootCommand root, IReadOnlyList<string> args) =>
        root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>Whether the words end at a command that only groups others: its help is the answer.</summary>
    private static bool IsBare(ParseResult parsed) =>
        parsed.Action is null
            or ParseErrorAction && parsed.UnmatchedTokens.Count == 0
            && parsed.CommandResult.Command.Subcommands.Count > 0;

    /// <summary>The first parse error in one line; an unknown option names the nearest known one.</summary>
    private static string Explain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string help = $"see {FullName(parsed.CommandResult)} --help";
        if (parsed.UnmatchedTokens is not [string unknown, ..]) return Explain(parsed.Errors[0]) + $"; {help}.";
        if (unknown.StartsWith('-'))
        {
            unknown = unknown.Split('=')[0];
            IEnumerable<Option> options = parsed.RootCommandResult.Command.Options
                .Where(o => o.Recursive)
                .Concat(command.Options);
            IEnumerable<string> known = options
                .SelectMany(o => o.Aliases.Prepend(o.Name))
                .Where(name => name.StartsWith("--", StringComparison.Ordinal));
            return $"unknown option {unknown}; did you mean "
                + $"{RecipeFile.Nearest("--" + unknown.TrimStart('-'), known)}? {help}.";
        }
        return command.Subcommands.Count > 0
            ? $"unknown command {unknown}; did you mean "
                + $"{RecipeFile.Nearest(unknown, command.Subcommands.Select(c => c.Name))}? {help}."
            : $"unexpected argument {unknown}; {help}.";
    }

    private static string Explain(ParseError error)
    {
        OptionResult? option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        if (option is not { Tokens: [Token value] } || !IsNumber(option.Option.ValueType))
            return error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        return $"{option.Option.Name} {value.Value}: give {RecipeFile.Kind(option.Option.ValueType)}";
    }

    private static bool IsNumber(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type)
            ?? type) is TypeCode.Int32 or TypeCode.Int64 or TypeCode.Double;

    private static string FullName(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{FullName(parent)} {result.Command.Name}" : Program;


    /// <summary>The words that lead to a command.</summary>
    internal static IEnumerable<string> Commands(CommandResult result) =>
        result.Parent is CommandResult parent ? Commands(parent).Append(result.Command.Name) : [];

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parsed)
        {
            Screen.Print($"{Program} {RunDescription.Version}");
            return ExitStatus.Done;
        }
    }
}
