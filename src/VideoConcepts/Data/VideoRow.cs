namespace VideoConcepts.Data;

/// <summary>What a row of a video list says, before it stands in a file.</summary>
/// <param name="Path">Folder or ZIP of the frames: absolute, or relative to the list's folder or to the root it is read
/// with.</param>
/// <param name="FrameCount">Number of frames in it.</param>
/// <param name="Label">Class index from 0, or null in an unlabelled list.</param>
public readonly record struct VideoRow(string Path, int FrameCount, int? Label = null);
