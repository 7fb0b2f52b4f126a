using System.Collections.Immutable;

namespace VideoConcepts.Data;

/// <summary>One row of a video list. Two looks at a row give equal entries, not one and the same.</summary>
/// <param name="Path">Absolute path of the folder, or of the ZIP file, that holds image_00001.jpg, image_00002.jpg …
/// </param>
/// <param name="FrameCount">Number of frames according to the list.</param>
/// <param name="Label">Class index from 0 to <see cref="LargestLabel"/>, or null in an unlabelled list.</param>
/// <param name="ListFile">The csv file that the row came from, as the user named it.</param>
/// <param name="Line">Line number in that file, from 1.</param>
public sealed record VideoEntry(string Path, int FrameCount, int? Label, string ListFile, int Line)
{
    /// <summary>
    /// Positions of frames that begin a new shot, from the <see cref="CutsFile"/> beside the frames; none where
    /// <see cref="VideoList.Read"/> was told to look across cuts.
    /// </summary>
    public ImmutableArray<int> Cuts { get; init; } = [];

    /// <summary>The frames between cuts.</summary>
    public Shots Shots => new(FrameCount, Cuts);

    /// <summary>Path of the frame at a position counted from 0; of one in a ZIP, how it is named in messages.</summary>
    public string FramePath(int position) => FrameFile.PathOf(Path, position + 1);

    /// <summary>Where the row stands, for messages: file:line.</summary>
    public string Origin => $"{ListFile}:{Line}";

    /// <summary>
    /// The largest label. What is measured has a cell for each pair of classes: of more than 32 768 classes, their
    /// counts alone would take over 4 GB. The largest sets of labelled videos have some 24 000.
    /// </summary>
    public const int LargestLabel = 32_767;

    /// <summary>Why a number cannot be a label, or null.</summary>
    internal static string? LabelFault(int label) =>
        label < 0 ? $"the label is negative ({label}); class indices count from 0"
        : label > LargestLabel
            ? $"the label is {label}, and the largest is {LargestLabel}: counts of more classes would not fit in "
                + "memory; number the classes from 0 without gaps"
        : null;
}
