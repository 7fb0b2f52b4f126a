using System.CommandLine;
using System.Runtime.InteropServices;
using TorchSharp;
using VideoConcepts.Data;

namespace VideoConcepts.Cli;

internal static class EnvCommand
{
    public static Command Create()
    {
        var command = new Command("env", "Show versions, processor, memory and which libraries are in use.");
        command.SetAction(_ =>
        {
            foreach ((string name, string value) in Facts()) Console.Out.WriteLine($"{name,-14} {value}");
            return ExitStatus.Done;
        });
        return command;
    }

    public static string Version { get; } = typeof(BadInputException).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>What a report or a bug report wants to know of the machine.</summary>
    public static IEnumerable<(string Name, string Value)> Facts()
    {
        yield return ("videoconcepts", Version);
        yield return ("system", RuntimeInformation.OSDescription);
        yield return (".NET", Environment.Version.ToString());
        yield return ("libtorch", torch.__version__);
        yield return ("processor", $"{Processor()}, {Environment.ProcessorCount} cores, {torch.get_num_threads()} threads for computing");
        yield return ("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB");
        yield return ("JPEG reader", FrameReaders.Name);
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
