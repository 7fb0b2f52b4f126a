using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>Reads frames of one video, all of which must be of the size of the first one that is read.</summary>
internal struct SteadySize
{
    private int _width, _height;

    /// <summary>Decodes a frame; all calls with the same <paramref name="shrink"/>.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is of another size than the first one.</exception>
    public void Read(IFrameReader reader, VideoEntry video, int position, FrameImage destination, int shrink = 1)
    {
        reader.Read(video, position, destination, shrink);
        Check(video, position, destination.Width, destination.Height);
    }

    /// <summary>Compares a frame that was read before with the first one.</summary>
    /// <exception cref="BadInputException">It is of another size.</exception>
    public void Check(VideoEntry video, int position, int width, int height)
    {
        if (_width == 0) (_width, _height) = (width, height);
        if (width == _width && height == _height) return;
        throw FrameFile.Unreadable(video, position,
            $"{width}x{height} pixels, earlier frames of the video have {_width}x{_height}");
    }
}
