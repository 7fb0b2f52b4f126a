using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>Decodes a JPEG file. One instance serves one thread.</summary>
internal interface IFrameReader : IDisposable
{
    /// <summary>Decodes the frame at a position (from 0) of a video into <paramref name="destination"/>.</summary>
    /// <param name="shrink">1, 2, 4 or 8: width and height become their n-th part, rounded up, which the decoder does
    /// faster than it decodes the whole.</param>
    /// <exception cref="BadInputException">The file is missing or is not a readable JPEG; the message names the
    /// file, the list and the line.</exception>
    void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1);
}
