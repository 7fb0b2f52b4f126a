using System.Globalization;
using System.Text;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Data.Preparation;

/// <summary>Pictures in the format PPM, binary and of 8 bits, one after another in a stream.</summary>
internal sealed class PixmapReader(Stream stream) : IDisposable
{
    private const int LongestNumber = 9;

    private readonly BufferedStream _bytes = new(stream, 1 << 16);

    /// <summary>Reads the next one; false at the stream's end.</summary>
    /// <exception cref="IOException">The stream ends within a picture, or holds something else.</exception>
    public bool Read(FrameImage image)
    {
        int first = _bytes.ReadByte();
        if (first < 0) return false;
        if (first != 'P' || _bytes.ReadByte() != '6') throw Foreign();
        if (_bytes.ReadByte() is not (' ' or '\n')) throw Foreign();
        int width = Number(), height = Number();
        if (Number() != 255 || width < 1 || height < 1 || (long)width * height > ExtractionLimits.LargestPicture)
            throw Foreign();
        image.Resize(width, height);
        try
        {
            _bytes.ReadExactly(image.Pixels);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException("ffmpeg's output ends within a picture", e);
        }
        return true;
    }

    public void Dispose() => _bytes.Dispose();

    // A number, and the one white space behind it.
    private int Number()
    {
        var digits = new StringBuilder();
        int next;
        while ((next = _bytes.ReadByte()) is >= '0' and <= '9' && digits.Length < LongestNumber)
            digits.Append((char)next);
        return next is ' ' or '\n' && digits.Length > 0
            ? int.Parse(digits.ToString(), NumberStyles.None, CultureInfo.InvariantCulture) : throw Foreign();
    }

    private static IOException Foreign() => new("ffmpeg's output is none of the pictures that were asked for");
}
