using System.Globalization;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// What a video's stream says of its colours, and the filters that follow from it. Matrix and range are those of the
/// stream. Where it does not tell, YUV of 720 lines or more is BT.709, as HDTV is, and smaller is BT.601. PQ and HLG
/// are brought to BT.709. JPEG means BT.601 in full range: what else is written as such has other colours.
/// </summary>
/// <param name="PixelFormat">ffmpeg's name, such as yuv420p10le; null where it is not known.</param>
/// <param name="Matrix">color_space: bt709, smpte170m, gbr …; null where it is not known.</param>
/// <param name="Transfer">color_transfer.</param>
/// <param name="Primaries">color_primaries.</param>
/// <param name="Range">tv or pc.</param>
/// <param name="Height">Lines of the picture as it is coded.</param>
internal sealed record VideoColours(string? PixelFormat, string? Matrix, string? Transfer, string? Primaries,
    string? Range, int Height)
{
    /// <summary>Light of a white paper in HDR, cd/m² (ITU-R BT.2408), which becomes SDR's.</summary>
    public const double White = 203;

    /// <summary>Brightest light that is told from brighter: what most films are graded to, and HLG's, cd/m².</summary>
    public const double Peak = 1000;

    private const int HighDefinition = 720;
    private const string AssumedHd = "bt709 assumed", FromPq = "pq to bt709", FromHlg = "hlg to bt709";
    /// <summary>How long the video is by what its container says, in seconds; null: it does not tell.</summary>
    public double? Seconds { get; private init; }

    private const string Keys = "pix_fmt,color_space,color_transfer,color_primaries,color_range,height";

    private static readonly string[] s_yuv = ["yuv", "nv", "p0", "p2", "p4", "uyvy", "yvyu", "y2"];

    /// <summary>Of a video of which nothing is known.</summary>
    public static VideoColours Unknown { get; } = new(null, null, null, null, null, 0);

    /// <summary>What is done beyond what the tags say: recorded with the frames. Null: nothing.</summary>
    public string? Treatment => Transfer switch
    {
        "smpte2084" => FromPq,
        "arib-std-b67" => FromHlg,
        _ => Matrix is null && Height >= HighDefinition && IsYuv ? AssumedHd : null,
    };

    /// <summary>High dynamic range.</summary>
    public bool IsHdr => Treatment is FromPq or FromHlg;

    private bool IsYuv => s_yuv.Any(name => PixelFormat?.StartsWith(name, StringComparison.Ordinal) == true);

    /// <summary>Whether what was recorded is what would be done today.</summary>
    public static bool IsCurrent(string? treatment) => treatment is null or AssumedHd or FromPq or FromHlg;

    /// <summary>Asks ffprobe; nothing is known of a video that it cannot read.</summary>
    public static async Task<VideoColours> OfAsync(Ffmpeg ffmpeg, FfmpegInput video, CancellationToken cancellation)
    {
        string? answer = await VideoProbe.AskAsync(ffmpeg, video,
            ["-show_entries", "stream=" + Keys + ":format=duration", "-of", "default=noprint_wrappers=1"], cancellation)
            .ConfigureAwait(false);
        if (answer is null) return Unknown;
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in answer.Split('\n'))
            if (line.Split('=', 2) is [var key, var value] && value is not ("unknown" or "N/A" or "reserved"))
                told.TryAdd(key, value);
        _ = int.TryParse(told.GetValueOrDefault("height"), NumberStyles.None, CultureInfo.InvariantCulture,
            out int height);
        return new VideoColours(told.GetValueOrDefault("pix_fmt"), told.GetValueOrDefault("color_space"),
            told.GetValueOrDefault("color_transfer"), told.GetValueOrDefault("color_primaries"),
            told.GetValueOrDefault("color_range"), height)
        {
            Seconds = double.TryParse(told.GetValueOrDefault("duration"), NumberStyles.Float,
                CultureInfo.InvariantCulture, out double seconds) && seconds > 0 ? seconds : null,
        };
    }

    /// <summary>Filters that scale a picture and give it the colours of a JPEG file.</summary>
    /// <param name="size">Options of the filter `scale` that say how large it becomes.</param>
    public string Filters(string size)
    {
        const string Exact = "flags=bicubic+accurate_rnd", Jpeg = "out_color_matrix=bt601:out_range=full";
        if (IsHdr) return $"scale={size}:{Exact},{ToneMap},scale={Exact}:{Jpeg}";
        string assumed = Treatment == AssumedHd ? ":in_color_matrix=bt709" : "";
        return $"scale={size}:{Exact}{assumed}:{Jpeg}";
    }

    // On the small picture: a curve of light for each pixel takes long. Colours are mapped by the largest of red,
    // green and blue (desat=0), so that their hue stays. bt709 is here what a display makes of it, a power of 2.4.
    private string ToneMap
    {
        get
        {
            (string format, string matrix) = Matrix == "gbr" ? ("gbrp16", "gbr")
                : ("yuv444p16", Matrix is null or "bt2020nc" or "bt2020c" or "bt709" ? Matrix ?? "bt2020nc" : "input");
            string range = Range == "pc" || PixelFormat?.StartsWith("yuvj", StringComparison.Ordinal) == true
                || Matrix == "gbr" ? "full" : "limited";
            string primaries = Primaries is "bt709" or "smpte431" or "smpte432" ? Primaries : "bt2020";
            return string.Create(CultureInfo.InvariantCulture,
                $"format={format},zscale=transferin={Transfer}:matrixin={matrix}:primariesin={primaries}"
                + $":rangein={range}"
                + $":transfer=linear:npl={White}:primaries=bt709:matrix=gbr,format=gbrpf32,"
                + $"tonemap=mobius:desat=0:peak={Peak / White:F4},zscale=transfer=bt709:range=full,format=gbrp");
        }
    }
}
