namespace VideoConcepts;

/// <summary>
/// Weights that come with the program: a name is taken wherever a checkpoint is asked for, such as <c>train --init
/// world</c>, <c>evaluate --checkpoint world</c> and <c>VideoEncoder.Load("world")</c>. A file or a folder of that name
/// goes before it. What each was trained on, and what it is worth, stands beside it in NAME.md.
/// </summary>
public static class PretrainedWeights
{
    /// <summary>A small network that was trained on drawn videos of all sorts (<see cref="Data.World"/>).</summary>
    public const string World = "world";

    private const string Ending = ".safetensors";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "weights");

    /// <summary>The names of those that are there.</summary>
    public static IReadOnlyList<string> Names => !Directory.Exists(Folder) ? []
        : [.. Directory.GetFiles(Folder, "*" + Ending).Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    /// <summary>The checkpoint of that name, or null.</summary>
    public static string? Find(string name) =>
        Names.Contains(name) ? Path.Combine(Folder, name + Ending) : null;
}
