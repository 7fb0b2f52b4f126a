using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>What a preparation is to make, before any video is touched.</summary>
/// <param name="Videos">The videos to extract, each once.</param>
/// <param name="Classes">Class names by index; empty if there are no labels.</param>
/// <param name="Lists">The csv files to write.</param>
/// <param name="Missing">What the official lists name and the folder does not hold, in the lists' order.</param>
/// <param name="Unlisted">Videos of the folder that no list names; they are left alone.</param>
internal sealed record DatasetPlan(
    IReadOnlyList<SourceVideo> Videos,
    IReadOnlyList<string> Classes,
    IReadOnlyList<PlannedList> Lists,
    IReadOnlyList<string> Missing,
    int Unlisted)
{
    /// <summary>
    /// What has the name of a video in the folder and is none, or is one that was found under another name.
    /// </summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>Files of the folder that are no videos.</summary>
    public OtherFiles Others { get; init; } = new();

    /// <summary>Reads the dataset's official lists, or walks the user's folder.</summary>
    /// <exception cref="BadInputException">A list is missing or malformed, or no listed video is there.</exception>
    public static DatasetPlan For(PreparationOptions options) => options.Dataset switch
    {
        Dataset.Folder => FolderDataset.Plan(options),
        Dataset.Kinetics400 => Kinetics400Dataset.Plan(options),
        Dataset.Ucf101 => Ucf101Dataset.Plan(options),
        Dataset.Hmdb51 => Hmdb51Dataset.Plan(options),
        Dataset.Diving48 => Diving48Dataset.Plan(options),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Dataset, "No such dataset."),
    };
}

/// <summary>One csv file to write.</summary>
/// <param name="File">Its name.</param>
/// <param name="Labelled">Whether rows carry labels.</param>
/// <param name="Rows">Videos in the order of the official list, with class indices where the list has labels.</param>
internal sealed record PlannedList(string File, bool Labelled, IReadOnlyList<ListedVideo> Rows);

/// <summary>A video as a list names it; null label: none is known.</summary>
internal readonly record struct ListedVideo(SourceVideo Video, int? Label);
