using System.CommandLine;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

internal static class EnvCommand
{
    public static Command Create()
    {
        var command = new Command("env", "Show versions, processor, memory and which libraries are in use.");
        command.SetAction(_ =>
        {
            foreach ((string name, string value) in RunDescription.Facts()) Screen.Print($"{name,-14} {value}");
            return ExitStatus.Done;
        });
        return command;
    }
}
