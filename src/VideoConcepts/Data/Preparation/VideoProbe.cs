namespace VideoConcepts.Data.Preparation;

/// <summary>Questions to ffprobe about the first stream of a file that is a video.</summary>
internal static class VideoProbe
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    /// <summary>ffprobe's answer, or null for what cannot be read: its extraction will say why.</summary>
    /// <param name="ffmpeg">Whose ffprobe is asked.</param>
    /// <param name="video">The file.</param>
    /// <param name="question">Its options, without those that name the stream and the file.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <param name="longest">When ffprobe is ended; a minute by default.</param>
    public static async Task<string?> AskAsync(Ffmpeg ffmpeg, FfmpegInput video, IEnumerable<string> question,
        CancellationToken cancellation, TimeSpan? longest = null)
    {
        using var patience = new Patience(longest ?? s_longest, TimeProvider.System, cancellation);
        try
        {
            return await ffmpeg.ProbeAsync(
                [.. FfmpegInput.Options, "-select_streams", "V:0", .. question, video.Url],
                patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }
}
