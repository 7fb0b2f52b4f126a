namespace VideoConcepts.Search;

/// <summary>A part of a video, and where to find it.</summary>
/// <param name="Moment">A moment in it that stands for all.</param>
/// <param name="Video">Its video.</param>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends.</param>
/// <param name="File">The video's file.</param>
/// <param name="IsMissing">Whether it is not there.</param>
public sealed record MomentPart(Moment Moment, LibraryVideo Video, double Start, double End, string File,
    bool IsMissing)
{
    internal static MomentPart Of(MomentLibrary library, LibraryVideo video, Moment moment, double start, double end) =>
        new(moment, video, start, end, library.FileOf(video), !library.IsThere(video));
}
