using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// The windows of a video that evaluation looks at: T frames every T/2 - 1 frames over the whole video, as CoCLR
/// takes them. A video shorter than a window gives one window, padded in front with its first frame. Of a video with
/// cuts each shot is looked at so, and no window reaches across a cut.
/// </summary>
internal static class EvaluationClips
{
    /// <summary>True for a video whose shots have at most T/2 + 1 frames: it is left out and listed.</summary>
    public static bool IsDropped(Shots video, ClipOptions options) => video.Longest <= LongestDropped(options);

    /// <summary>T/2 + 1.</summary>
    internal static int LongestDropped(ClipOptions options) => (options.Span / 2) + 1;

    /// <summary>First frame of every window, ascending; empty for a dropped video.</summary>
    public static int[] WindowStarts(Shots video, ClipOptions options)
    {
        Shot[] shots = [.. Kept(video, options)];
        if (shots.Length == 0) return [];
        if (options.AndMiddle)
            return [.. WindowStarts(video, options with { AndMiddle = false })
                .Append(MiddleStart(video, options)).Distinct().Order()];
        if (options is { Uniform: true, MaxWindows: { } windows })
        {
            int last = Places(shots, options) - 1;
            return [.. Enumerable.Range(0, windows).Select(i => windows == 1 ? MiddleStart(video, options)
                : Place(shots, (int)Math.Round(i * (double)last / (windows - 1)), options)).Distinct()];
        }
        int step = Step(options);
        int all = shots.Sum(shot => Steps(shot, step, options)), taken = Math.Min(all, options.MaxWindows ?? all);
        var starts = new int[taken];
        for (int i = 0; i < taken; i++) starts[i] = StepStart(shots, Spread(i, taken, all), step, options);
        return starts;
    }

    /// <summary>How many <see cref="WindowStarts"/> gives.</summary>
    public static int CountWindows(Shots video, ClipOptions options)
    {
        // of at most MaxWindows, and one more
        if (options is { Uniform: true, MaxWindows: not null } or { AndMiddle: true, MaxWindows: not null }
            || !video.IsWhole)
            return WindowStarts(video, options).Length;
        if (IsDropped(video, options)) return 0;
        int step = Step(options), all = Steps(new Shot(0, video.Frames), step, options);
        bool hasMiddle = !options.AndMiddle || MiddleStart(video, options) % step == 0;
        return Math.Min(hasMiddle ? all : all + 1, options.MaxWindows ?? int.MaxValue);
    }

    /// <summary>First frame of the window in the middle of all that a window can begin with.</summary>
    public static int MiddleStart(Shots video, ClipOptions options)
    {
        if (video.IsWhole) return Last(new Shot(0, video.Frames), options) / 2;
        Shot[] shots = [.. Kept(video, options)];
        return Place(shots, (Places(shots, options) - 1) / 2, options);
    }

    /// <summary>
    /// The T frame positions of the window at <paramref name="start"/>. Where its shot ends early, the positions
    /// that exist stand at the end and the window's first frame fills the front.
    /// </summary>
    public static void Positions(Shots video, int start, ClipOptions options, Span<int> positions)
    {
        int end = video.IsWhole ? video.Frames : video.At(start).End;
        int available = Math.Min(options.Frames, (end - start + options.FrameStride - 1) / options.FrameStride);
        int padding = options.Frames - available;
        for (int i = 0; i < options.Frames; i++)
            positions[i] = start + (Math.Max(0, i - padding) * options.FrameStride);
    }

    /// <summary>The shots that are long enough for a window.</summary>
    private static IEnumerable<Shot> Kept(Shots video, ClipOptions options) =>
        video.All.Where(shot => shot.Count > LongestDropped(options));

    // Where the last window of a shot begins, from its first frame.
    private static int Last(Shot shot, ClipOptions options) => Math.Max(0, shot.Count - options.Span);

    private static int Step(ClipOptions options) => Math.Max(1, (options.Span / 2) - 1);

    private static int Steps(Shot shot, int step, ClipOptions options) => (Last(shot, options) / step) + 1;

    // All frames that a window can begin with, one shot's after the other's, and the n-th of them.
    private static int Places(Shot[] shots, ClipOptions options) => shots.Sum(shot => Last(shot, options) + 1);

    private static int Place(Shot[] shots, int number, ClipOptions options)
    {
        int shot = 0;
        for (; number > Last(shots[shot], options); shot++) number -= Last(shots[shot], options) + 1;
        return shots[shot].First + number;
    }

    private static int StepStart(Shot[] shots, int number, int step, ClipOptions options)
    {
        int shot = 0;
        for (; number >= Steps(shots[shot], step, options); shot++) number -= Steps(shots[shot], step, options);
        return shots[shot].First + (step * number);
    }

    private static int Spread(int index, int taken, int all) => taken switch
    {
        _ when taken == all => index,
        1 => (all - 1) / 2,
        _ => (int)((((long)index * (all - 1)) + ((taken - 1) / 2)) / (taken - 1)),
    };
}
