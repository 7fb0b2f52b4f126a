namespace VideoConcepts.Data;

/// <summary>Which frames of a video a sample is made of.</summary>
/// <param name="Clips">S rows of T frame positions, from 0, never falling.</param>
/// <param name="StaticFrame">Index from 0 to T-1 of the frame that a clip's static view repeats, one for all
/// clips.</param>
internal sealed record ClipPositions(int[][] Clips, int StaticFrame)
{
    /// <summary>The same so many frames later.</summary>
    public ClipPositions From(int first) => first == 0 ? this
        : this with { Clips = [.. Clips.Select(clip => clip.Select(position => first + position).ToArray())] };
}
