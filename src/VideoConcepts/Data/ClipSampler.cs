namespace VideoConcepts.Data;

/// <summary>Frame positions (from 0) of the clips of one video.</summary>
/// <param name="Clips">(S, T) positions, never decreasing from clip to clip.</param>
/// <param name="StaticFrame">Index 0 … T-1 of the frame that is each clip's static view.</param>
public sealed record ClipPositions(int[][] Clips, int StaticFrame);

/// <summary>Picks the frames of the clips; method page, section 1.</summary>
public static class ClipSampler
{
    /// <summary>S clips of T frames, one after the other, at one random rate and start.</summary>
    public static ClipPositions Sample(int frameCount, int clips, int framesPerClip, double rate, ref RandomStream random)
    {
        int needed = clips * framesPerClip;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(frameCount, needed);
        double step = random.NextDouble(1, Math.Min(rate, (double)frameCount / needed));
        int start = random.NextInt(0, Math.Max(0, (int)Math.Floor(frameCount - (step * needed))));
        var positions = new int[clips][];
        for (int clip = 0; clip < clips; clip++)
        {
            positions[clip] = new int[framesPerClip];
            for (int frame = 0; frame < framesPerClip; frame++)
            {
                double exact = start + (step * ((clip * framesPerClip) + frame));
                positions[clip][frame] = Math.Min((int)Math.Round(exact, MidpointRounding.ToEven), frameCount - 1);
            }
        }
        return new ClipPositions(positions, random.NextInt(0, framesPerClip - 1));
    }
}
