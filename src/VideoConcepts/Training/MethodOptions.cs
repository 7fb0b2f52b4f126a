using System.ComponentModel;
using System.Reflection;

namespace VideoConcepts.Training;

/// <summary>
/// Options that not every method reads: given with another one they are refused, for they would change nothing.
/// </summary>
internal static class MethodOptions
{
    private static readonly (string Key, string Method)[] OfOneMethod =
    [
        ("sample", Method.DefaultName), ("concept", Method.DefaultName), ("local_from", Method.DefaultName),
        ("local_group", Method.DefaultName),
        ("rate_min", Method.DefaultName), ("difference", Method.DefaultName), ("steady_contrast", Method.DefaultName),
        ("static_negatives", Method.DefaultName), ("own_statistics", Method.DefaultName),
        ("own_targets", Method.DefaultName), ("balance", Method.DefaultName),
        ("cluster", Method.MultiLevelName),
    ];

    /// <param name="options">What a run would be.</param>
    /// <param name="given">Keys that the user gave a value, and where: <c>--key</c>, or the recipe's name and the
    /// key.</param>
    /// <exception cref="BadInputException">One of them is not read; the message says what it is for.</exception>
    public static void Check(TrainOptions options, IReadOnlyDictionary<string, string> given)
    {
        if (!Method.Names.Contains(options.Method)) return; // which has its own message
        foreach ((string key, string method) in OfOneMethod)
            if (options.Method != method && given.TryGetValue(key, out string? where))
                throw new BadInputException(
                    $"{where} {RecipeFile.Options[key].GetValue(options)}: ‹method› {options.Method} does not read it, "
                    + $"it is for ‹method› {method} ({Meaning(key)}); leave it out.");
        if (options.Method == Method.DefaultName && options.Thres is null
            && given.TryGetValue("split", out string? there))
            throw new BadInputException(
                $"{there} {options.Split}: {Meaning("split")}, which ‹method› {Method.DefaultName} has only with "
                + "‹thres›; give ‹thres›, such as 0.05, too, or leave it out.");
    }

    private static string Meaning(string key) =>
        RecipeFile.Options[key].GetCustomAttribute<DescriptionAttribute>()!.Description.Replace(
            $"{Method.MultiLevelName}: ", "", StringComparison.Ordinal);
}
