using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>
/// Decodes JPEG files with SkiaSharp, which is always there. A file that stops early is an error; damage in the middle
/// of a file that ends properly can go unnoticed, because Skia drops the decoder's warnings
/// (<see cref="TurboJpegFrameReader"/> reports them).
/// </summary>
internal sealed class SkiaFrameReader : IFrameReader
{
    private readonly FrameFile _file = new();
    private byte[] _rgba = [];

    /// <inheritdoc/>
    public unsafe void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
    {
        ReadOnlySpan<byte> jpeg = _file.Load(video, position);
        fixed (byte* bytes = jpeg)
        {
            using SKData data = SKData.Create((nint)bytes, jpeg.Length);
            using SKCodec? codec = SKCodec.Create(data);
            if (codec is null || codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
                throw FrameFile.Unreadable(video, position, "not a JPEG picture");
            // A crash can leave a file of full length whose end is zeros: Skia would decode those.
            if (jpeg.LastIndexOf([(byte)0xFF, (byte)0xD9]) < 0)
                throw FrameFile.Unreadable(video, position, "broken JPEG data (no end marker)");
            (int width, int height) = FrameFile.Resize(
                destination, codec.Info.Width, codec.Info.Height, shrink, video, position);
            var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            if (_rgba.Length < info.BytesSize) _rgba = new byte[info.BytesSize];
            fixed (byte* pixels = _rgba)
            {
                SKCodecResult result = codec.GetPixels(info, (nint)pixels);
                if (result != SKCodecResult.Success)
                    throw FrameFile.Unreadable(video, position, $"broken JPEG data ({result})");
            }
        }
        DropAlpha(_rgba.AsSpan(0, 4 * destination.Width * destination.Height), destination.Pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        ref byte source = ref MemoryMarshal.GetReference(rgba);
        Vector128<byte> kept = Vector128.Create(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        int from = 0, to = 0;
        // Sixteen bytes are written, twelve count: the next step overwrites the rest.
        for (; to + 16 <= rgb.Length; from += 16, to += 12)
            Vector128.Shuffle(Vector128.LoadUnsafe(ref source, (nuint)from), kept).CopyTo(rgb[to..]);
        for (; to < rgb.Length; from += 4, to += 3) rgba.Slice(from, 3).CopyTo(rgb[to..]);
    }
}
