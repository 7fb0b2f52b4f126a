using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;

namespace VideoConcepts.Explorer;

/// <summary>
/// A minute of a video, converted to what every browser plays: H.264 in fragmented MP4, which needs no end to be
/// played. ffmpeg does not wait for the browser, which may pause: what is made waits in memory, some megabytes.
/// </summary>
internal sealed class VideoPreview(string? program)
{
    private const int AtOnce = 2;

    private readonly SemaphoreSlim _converting = new(AtOnce);

    /// <summary>Sends what there is from a time on.</summary>
    /// <exception cref="RefusedException">Two others are being converted, or ffmpeg cannot.</exception>
    public async Task SendAsync(RawFile file, double from, HttpContext context, CancellationToken stop)
    {
        if (!await _converting.WaitAsync(0, stop))
            throw new RefusedException(429, "Two videos are being converted already; try again in a moment.");
        var made = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        Task converting = ConvertAsync(file, from, made.Writer, stop);
        ReadResult first = await made.Reader.ReadAsync(stop);
        bool isNothing = first.Buffer.IsEmpty;
        made.Reader.AdvanceTo(first.Buffer.Start);
        if (isNothing)
        {
            await converting;
            throw new RefusedException(422, "ffmpeg cannot convert this video for the browser.");
        }
        context.Response.ContentType = "video/mp4";
        context.Response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        await made.Reader.CopyToAsync(context.Response.Body, stop);
        await converting;
    }

    private async Task ConvertAsync(RawFile file, double from, PipeWriter to, CancellationToken stop)
    {
        try
        {
            Ffmpeg ffmpeg = await Ffmpeg.FindAsync(program, stop);
            using var input = new FfmpegInput(file);
            await ffmpeg.PipeAsync([.. FfmpegInput.Options, "-ss", from.ToString("0.###", CultureInfo.InvariantCulture),
                "-t", "60", "-i", input.Url, "-map", "0:V:0", "-an", "-vf", "scale=-2:'min(480,trunc(ih/2)*2)'", "-c:v",
                "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p", "-g", "50", "-movflags",
                "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"],
                output => output.CopyToAsync(to, stop).GetAwaiter().GetResult(), _ => false, () => { }, stop);
        }
        finally
        {
            _converting.Release();
            await to.CompleteAsync();
        }
    }
}
