namespace VideoConcepts.Evaluation;

/// <summary>
/// The windows of a video that evaluation looks at: T frames every T/2 - 1 frames over the whole video, as CoCLR
/// takes them. A video shorter than a window gives one window, padded in front with its first frame.
/// </summary>
public static class EvaluationClips
{
    /// <summary>True for a video of at most T/2 + 1 frames: it is left out and listed.</summary>
    public static bool IsDropped(int frameCount, ClipOptions options) => frameCount <= LongestDropped(options);

    /// <summary>T/2 + 1.</summary>
    internal static int LongestDropped(ClipOptions options) => (options.Span / 2) + 1;

    /// <summary>First frame of every window, ascending; empty for a dropped video.</summary>
    public static int[] WindowStarts(int frameCount, ClipOptions options)
    {
        if (IsDropped(frameCount, options)) return [];
        if (options.AndMiddle)
            return [.. WindowStarts(frameCount, options with { AndMiddle = false })
                .Append(MiddleStart(frameCount, options)).Distinct().Order()];
        int last = Last(frameCount, options);
        if (options is { Uniform: true, MaxWindows: { } windows })
            return [.. Enumerable.Range(0, windows).Select(i => windows == 1 ? MiddleStart(frameCount, options)
                : (int)Math.Round(i * (double)last / (windows - 1))).Distinct()];
        int step = Step(options);
        int all = (last / step) + 1;
        int taken = Math.Min(all, options.MaxWindows ?? all);
        var starts = new int[taken];
        for (int i = 0; i < taken; i++) starts[i] = step * Spread(i, taken, all);
        return starts;
    }

    /// <summary>How many <see cref="WindowStarts"/> gives.</summary>
    public static int CountWindows(int frameCount, ClipOptions options)
    {
        // of at most MaxWindows, and one more
        if (options is { Uniform: true, MaxWindows: not null } or { AndMiddle: true, MaxWindows: not null })
            return WindowStarts(frameCount, options).Length;
        if (IsDropped(frameCount, options)) return 0;
        int step = Step(options), all = (Last(frameCount, options) / step) + 1;
        bool hasMiddle = !options.AndMiddle || MiddleStart(frameCount, options) % step == 0;
        return Math.Min(hasMiddle ? all : all + 1, options.MaxWindows ?? int.MaxValue);
    }

    /// <summary>First frame of the window in the middle.</summary>
    public static int MiddleStart(int frameCount, ClipOptions options) => Last(frameCount, options) / 2;

    /// <summary>
    /// The T frame positions of the window at <paramref name="start"/>. Where the video ends early, the positions
    /// that exist stand at the end and the first frame fills the front.
    /// </summary>
    public static void Positions(int frameCount, int start, ClipOptions options, Span<int> positions)
    {
        int available = Math.Min(options.Frames, (frameCount - start + options.FrameStride - 1) / options.FrameStride);
        int padding = options.Frames - available;
        for (int i = 0; i < options.Frames; i++)
            positions[i] = start + (Math.Max(0, i - padding) * options.FrameStride);
    }

    private static int Last(int frameCount, ClipOptions options) => Math.Max(0, frameCount - options.Span);

    private static int Step(ClipOptions options) => Math.Max(1, (options.Span / 2) - 1);

    private static int Spread(int index, int taken, int all) => taken switch
    {
        _ when taken == all => index,
        1 => (all - 1) / 2,
        _ => (int)((((long)index * (all - 1)) + ((taken - 1) / 2)) / (taken - 1)),
    };
}
