using System.CommandLine;

namespace VideoConcepts.Cli;

internal static class EvaluateCommand
{
    public static Command Create()
    {
        var evaluate = new Command("evaluate", "Measure what a trained model knows.");
        foreach (Command command in (Command[])[RetrievalCommand.Create(), ProbeCommand.Create(),
            FineTuneCommand.Create(), TestCommand.Create(), ConceptsCommand.Create(), InterventionsCommand.Create(),
            BiasCommand.Create(), MergeCommand.Create()])
            evaluate.Subcommands.Add(command);
        return evaluate;
    }
}
