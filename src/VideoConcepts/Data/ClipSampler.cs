namespace VideoConcepts.Data;

/// <summary>
/// Picks the frames of a video's clips (spec: method.md section 1). S clips of T frames follow one another at a
/// random sampling rate from a random start.
/// </summary>
internal static class ClipSampler
{
    /// <summary>Draws the sampling rate r, then the start s, then the static frame b.</summary>
    /// <param name="frameCount">Frames of the video; more than S·T.</param>
    /// <param name="clips">S.</param>
    /// <param name="framesPerClip">T.</param>
    /// <param name="rate">The largest sampling rate, in frames; at least 1.</param>
    /// <param name="random">The sample's own stream.</param>
    /// <param name="least">The smallest sampling rate, as far as the video is long enough.</param>
    /// <exception cref="ArgumentException">The video has S·T frames or fewer, or an argument is out of
    /// range.</exception>
    public static ClipPositions Sample(int frameCount, int clips, int framesPerClip, double rate,
        ref RandomStream random, double least = 1)
    {
        int length = RequireLongEnough(frameCount, clips, framesPerClip);
        if (!(rate >= 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The sampling rate must be at least 1.");

        double most = Math.Min(rate, frameCount / (double)length);
        double samplingRate = random.NextDouble(Math.Min(least, most), most);
        int lastStart = Math.Max(0, (int)Math.Floor(frameCount - (samplingRate * length)));
        int start = random.NextInt(0, lastStart);
        int staticFrame = random.NextInt(0, framesPerClip - 1);
        return new ClipPositions(Positions(frameCount, clips, framesPerClip, samplingRate, start), staticFrame);
    }

    /// <summary>
    /// min(roundHalfToEven(start + samplingRate · i), frameCount - 1) for i = 0 … S·T-1, cut into S rows of T.
    /// </summary>
    /// <exception cref="ArgumentException">The video has S·T frames or fewer, or an argument is out of
    /// range.</exception>
    public static int[][] Positions(int frameCount, int clips, int framesPerClip, double samplingRate, int start)
    {
        RequireLongEnough(frameCount, clips, framesPerClip);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (!(samplingRate >= 0))
            throw new ArgumentOutOfRangeException(nameof(samplingRate), samplingRate, "Not a sampling rate.");

        var positions = new int[clips][];
        for (int clip = 0; clip < clips; clip++)
        {
            positions[clip] = new int[framesPerClip];
            for (int frame = 0; frame < framesPerClip; frame++)
            {
                int i = (clip * framesPerClip) + frame;
                double position = Math.Round(start + (samplingRate * i), MidpointRounding.ToEven);
                positions[clip][frame] = (int)Math.Min(position, frameCount - 1);
            }
        }
        return positions;
    }

    private static int RequireLongEnough(int frameCount, int clips, int framesPerClip)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clips);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerClip);
        int length = checked(clips * framesPerClip);
        if (frameCount > length) return length;
        throw new ArgumentException(
            $"A video of {frameCount} frames is too short for {clips} clips of {framesPerClip} frames: "
            + $"it must have more than {length}.",
            nameof(frameCount));
    }
}
