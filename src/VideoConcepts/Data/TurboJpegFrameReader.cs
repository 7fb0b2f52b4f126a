using System.Runtime.InteropServices;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>Decodes JPEG files with libturbojpeg, about twice as fast as <see cref="SkiaFrameReader"/>.</summary>
internal sealed unsafe class TurboJpegFrameReader : IFrameReader
{
    private const int Rgb = 0; // TJPF_RGB
    private const int LimitScans = 32768; // TJFLAG_LIMITSCANS: a small progressive file cannot take minutes
    private readonly FrameFile _file = new();
    private readonly TurboJpegLibrary _library;
    private readonly Decoder _decoder;

    /// <exception cref="NotSupportedException">The library is not installed.</exception>
    public TurboJpegFrameReader()
    {
        _library = TurboJpegLibrary.Instance
            ?? throw new NotSupportedException("libturbojpeg is not installed (Debian package libturbojpeg0).");
        _decoder = new Decoder(_library);
    }

    /// <summary>Whether the library is installed.</summary>
    public static bool IsAvailable => TurboJpegLibrary.Instance is not null;

    /// <inheritdoc/>
    public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
    {
        ReadOnlySpan<byte> jpeg = _file.Load(video, position);
        ObjectDisposedException.ThrowIf(_decoder.IsClosed, this);
        nint handle = _decoder.DangerousGetHandle();
        fixed (byte* bytes = jpeg)
        {
            var length = new CULong((nuint)jpeg.Length);
            int width, height, subsampling, colours;
            // A warning, such as a premature end of data, comes back as a failure too: the rest would be grey.
            if (_library.DecompressHeader(handle, bytes, length, &width, &height, &subsampling, &colours) != 0)
                throw FrameFile.Unreadable(video, position, Reason("not a JPEG picture"));
            (width, height) = FrameFile.Resize(destination, width, height, shrink, video, position);
            fixed (byte* pixels = destination.Pixels)
            {
                if (_library.Decompress(handle, bytes, length, pixels, width, 3 * width, height, Rgb, LimitScans) != 0)
                    throw FrameFile.Unreadable(video, position, Reason("broken JPEG data"));
            }
        }
        GC.KeepAlive(_decoder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        _file.Dispose();
    }

    private string Reason(string what) =>
        $"{what} ({Marshal.PtrToStringUTF8((nint)_library.ErrorText(_decoder.DangerousGetHandle()))})";

    private sealed class Decoder : SafeHandle
    {
        private readonly TurboJpegLibrary _library;

        public Decoder(TurboJpegLibrary library)
            : base(0, ownsHandle: true)
        {
            _library = library;
            SetHandle(library.InitDecompress());
            if (IsInvalid) throw new InvalidOperationException("libturbojpeg could not create a decoder.");
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => _library.Destroy(handle) == 0;
    }
}
