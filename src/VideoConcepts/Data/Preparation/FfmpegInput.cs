using System.Globalization;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// A video as ffmpeg and ffprobe can name it and may read it. A name that is not UTF-8 cannot stand among the words of
/// a command, and one with a line break would break ffmpeg's messages: on Linux such a file is opened here, and the
/// child opens it through this process's table of open files. On other systems names are text, and given as they are.
/// </summary>
internal sealed class FfmpegInput : IDisposable
{
    // Containers that hold their pictures themselves, and raw streams. Not: hls, dash, concat, image2, sdp … and all
    // others that name further files or devices. What a mov says about other files is ignored without -enable_drefs.
    private const string Formats =
        "mov,mp4,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,gif,apng,mxf,nut,ivf,dv,rm,gxf,wtv,h264,hevc,m4v,"
        + "mpegvideo,obu,yuv4mpegpipe";

    private readonly SafeFileHandle? _open;

    public FfmpegInput(RawFile video)
    {
        Shown = VisibleText.Of(video.Name);
        bool plain = video.Bytes is null && Shown == video.Name;
        _open = plain || !OperatingSystem.IsLinux() ? null : video.Open();
        Url = _open is null
            ? Ffmpeg.FileUrl(video.Path)
            : string.Create(CultureInfo.InvariantCulture,
                $"file:/proc/{Environment.ProcessId}/fd/{_open.DangerousGetHandle()}");
    }

    /// <summary>What stands after -i, until this is disposed of.</summary>
    public string Url { get; }

    /// <summary>The file's name, to be shown.</summary>
    public string Shown { get; }

    /// <summary>What stands before it.</summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "-protocol_whitelist", "file",
        "-format_whitelist", Formats,
        "-max_pixels", ExtractionLimits.LargestPicture.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Why a file is no video that ffmpeg is started for, or null.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Fault(RawFile video)
    {
        (string? foreign, string? end) = Faults(video);
        return foreign ?? end;
    }

    /// <summary>Why a file is no video that ffmpeg is started for, and why its end is not there; or null.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (string? Foreign, string? End) Faults(RawFile video)
    {
        using SafeFileHandle file = video.Open();
        long length = RandomAccess.GetLength(file);
        if (length == 0) return ("the file is empty", null);
        var head = new byte[ForeignFormat.HeadBytes];
        ReadOnlySpan<byte> read = head.AsSpan(0, RandomAccess.Read(file, head, 0));
        return (ForeignFormat.Fault(read), AviLength.Fault(read, length));
    }

    public void Dispose() => _open?.Dispose();
}
