using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>
/// The folders of results of several splits, each of its name below the output folder; of one split, that folder
/// itself.
/// </summary>
internal sealed record SplitResults(string Folder, IReadOnlyList<ResultFiles> Splits, ResultFiles? Mean)
{
    /// <summary>Looks at all folders before anything is computed.</summary>
    /// <exception cref="BadInputException">As <see cref="OutputSet.Claim"/>.</exception>
    public static SplitResults Claim(string folder, string command, IReadOnlyList<Source> sources,
        IEnumerable<InputFile> read, IReadOnlyList<EvaluationSplit> splits, bool classifies, bool? force,
        params string[] beside)
    {
        InputFile[] inputs = [.. read, .. splits.SelectMany(s => s.Inputs)];
        ResultFiles Of(string place, IEnumerable<EvaluationSplit> made, bool classifier, string[] shown) =>
            ResultFiles.Claim(place, new Origin(command, [.. sources, .. made.SelectMany(s => s.Sources)]), classifier,
                inputs, force, shown);
        ResultFiles? mean = splits.Count > 1 ? Of(folder, splits, false, []) : null;
        return new SplitResults(folder,
            [.. splits.Select(s => Of(FolderOf(folder, splits, s), [s], classifies, beside))], mean);
    }

    public static string FolderOf(string folder, IReadOnlyList<EvaluationSplit> splits, EvaluationSplit split) =>
        splits.Count > 1 ? Path.Combine(folder, split.Name) : folder;
}
