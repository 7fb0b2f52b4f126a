using System.Text.RegularExpressions;

namespace VideoConcepts;

/// <summary>
/// Options in messages. A message names an option by its key between ‹ and ›, as recipes spell it: <c>‹rate_min› 0:
/// must be 1 to ‹rate›, 3.</c> A program reads the property, <c>RateMin</c>; the command line shows <c>--rate_min</c>.
/// </summary>
internal static partial class OptionKeys
{
    // Where the property is called otherwise than its key.
    private static readonly Dictionary<string, string> s_properties = new(StringComparer.Ordinal)
    {
        ["train_csv"] = nameof(Evaluation.ListEvaluationOptions.TrainLists),
        ["test_csv"] = nameof(Evaluation.ListEvaluationOptions.TestLists),
        ["batch"] = nameof(Evaluation.EvaluationOptions.BatchSize),
        ["stride"] = nameof(Evaluation.EvaluationOptions.FrameStride),
        ["end-to-end"] = nameof(Evaluation.FineTuneOptions.Frozen),
        ["no-disk-check"] = "CheckDiskSpace = false",
    };

    /// <summary>The message as a program reads it.</summary>
    public static string AsProperties(string message) => Key().Replace(message, key =>
        s_properties.GetValueOrDefault(key.Groups[1].Value, Pascal(key.Groups[1].Value)));

    /// <summary>The message as the command line shows it.</summary>
    public static string AsOptions(string message) => Key().Replace(message, "--$1");

    private static string Pascal(string key) =>
        string.Concat(key.Split('_', '-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    [GeneratedRegex("‹([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)›")]
    private static partial Regex Key();
}
