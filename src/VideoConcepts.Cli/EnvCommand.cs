using System.CommandLine;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

internal static class EnvCommand
{
    public static Command Create()
    {
        var command = new Command("env", "Show versions, processor, memory, devices, which libraries are in use, and "
            + "what to do where one is missing.");
        command.SetAction(async (_, stop) =>
        {
            Diagnosis found = await Diagnosis.OfThisMachineAsync(stop);
            foreach ((string name, string value) in found.Lines) Screen.Print($"{name,-14} {value}");
            return found.Fault is null ? ExitStatus.Done : throw found.Fault;
        });
        return command;
    }
}
