using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>run.json: what a run was started with, and on what. Reads back as a recipe by its <c>options</c>.</summary>
internal static class RunDescription
{
    public const string FileName = "run.json";

    /// <summary>Version of this program.</summary>
    public static string Version { get; } = typeof(RunDescription).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>The git revision that this program was built from, or an empty text.</summary>
    public static string Revision { get; } =
        typeof(RunDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+') is [_, var revision] ? revision : "";

    /// <summary>What a report or a bug report wants to know of program and machine.</summary>
    public static IEnumerable<(string Name, string Value)> Facts() =>
    [
        .. OfTheSystem(),
        ("libtorch", torch.__version__),
        ("processor", $"{Processor}, {torch.get_num_threads()} threads for computing"),
        .. torch.cuda.is_available() ? [("GPUs", $"{torch.cuda.device_count()}")] : (ReadOnlySpan<(string, string)>)[],
        ("memory", Memory),
        ("JPEG reader", FrameReaders.Name),
    ];

    /// <summary>The program and what it runs on, whether there is a libtorch or not.</summary>
    public static IEnumerable<(string Name, string Value)> OfTheSystem()
    {
        yield return ("videoconcepts", Version);
        if (Revision.Length > 0) yield return ("git revision", Revision);
        yield return ("system", RuntimeInformation.OSDescription);
        yield return (".NET", Environment.Version.ToString());
    }

    /// <summary>Its name and its cores.</summary>
    public static string Processor => $"{ProcessorName()}, {Environment.ProcessorCount} cores";

    /// <summary>How much there is, and who hands it out.</summary>
    public static string Memory =>
        $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, handed out by {Allocator()}";

    /// <summary>Whether a file is the description of a run.</summary>
    public static bool IsOne(string path) => OutputSet.ReadJson(path) is { } json && json["options"] is JsonObject
        && json["machine"] is JsonObject;

    /// <summary>Writes the file, complete or not at all.</summary>
    public static void Write(string folder, TrainOptions options)
    {
        JsonObject machine = [];
        foreach ((string name, string value) in Facts()) machine[name] = value;
        var json = new JsonObject
        {
            ["command"] = "videoconcepts " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)),
            ["options"] = JsonSerializer.SerializeToNode(options with { Resume = null }, RecipeFile.Json),
            ["machine"] = machine,
        };
        AsideFile.WriteText(Path.Combine(folder, FileName), json.ToJsonString(RecipeFile.Json));
    }

    private static string Allocator()
    {
        const string maps = "/proc/self/maps";
        bool preloaded = File.Exists(maps)
            && File.ReadLines(maps).Any(line => line.Contains("libjemalloc", StringComparison.Ordinal));
        return preloaded ? "jemalloc" : "the system";
    }

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") // of Windows
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
