using System.Buffers.Binary;

namespace VideoConcepts.Data;

/// <summary>What a JPEG file says of its picture before its data begin.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Colours">Components: 1 grey, 3 colour, 4 CMYK.</param>
internal readonly record struct JpegHeader(int Width, int Height, int Colours)
{
    /// <summary>Largest picture that is decoded, in pixels.</summary>
    public const long LargestPicture = 64_000_000;

    /// <summary>Why the picture is not given to a decoder, which would take memory for it, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return "not a JPEG picture";
        return Read(file) switch
        {
            null or { Width: 0 } or { Height: 0 } => "the file is cut short, before the size of its picture",
            { Colours: 4 } => "a CMYK picture, for printing; save it in RGB",
            { } h when (long)h.Width * h.Height > LargestPicture =>
                $"a picture of {h.Width}x{h.Height} is larger than 64 megapixels",
            _ => null,
        };
    }

    /// <summary>
    /// The first frame header, or null: marker, length of the segment, precision, height, width, components.
    /// </summary>
    public static JpegHeader? Read(ReadOnlySpan<byte> file)
    {
        for (int at = 2; at + 10 <= file.Length;)
        {
            byte marker = file[at + 1];
            // As decoders do: what is no marker is passed over.
            if (file[at] != 0xFF || marker is 0 or 0xFF or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at++;
                continue;
            }
            if (marker is 0xD9 or 0xDA) return null;
            ReadOnlySpan<byte> segment = file[(at + 2)..];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new JpegHeader(BinaryPrimitives.ReadUInt16BigEndian(segment[5..]),
                    BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), segment[7]);
            at += 2 + Math.Max((ushort)2, BinaryPrimitives.ReadUInt16BigEndian(segment));
        }
        return null;
    }
}
