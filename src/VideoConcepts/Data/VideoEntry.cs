namespace VideoConcepts.Data;

/// <summary>One row of a video list.</summary>
/// <param name="Directory">Absolute path of the folder that holds image_00001.jpg, image_00002.jpg …</param>
/// <param name="FrameCount">Number of frames according to the list.</param>
/// <param name="Label">Class index from 0, or null in an unlabelled list.</param>
/// <param name="ListFile">The csv file that the row came from, as the user named it.</param>
/// <param name="Line">Line number in that file, from 1.</param>
public sealed record VideoEntry(string Directory, int FrameCount, int? Label, string ListFile, int Line)
{
    /// <summary>Path of the frame at a position counted from 0.</summary>
    public string FramePath(int position) => Path.Combine(Directory, $"image_{position + 1:D5}.jpg");

    /// <summary>Where the row stands, for messages: file:line.</summary>
    public string Origin => $"{ListFile}:{Line}";
}
