namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// The dynamic factor: how the object moves, all through the video. No class changes when the video is mirrored left
/// to right. The numbers are the labels.
/// </summary>
public enum MotionClass
{
    /// <summary>Upwards; what leaves at the top comes back at the bottom.</summary>
    Rise,

    /// <summary>Downwards, likewise.</summary>
    Fall,

    /// <summary>To the left or to the right, likewise.</summary>
    Sideways,

    /// <summary>Becomes larger on the spot, then jumps back.</summary>
    Grow,

    /// <summary>Becomes smaller on the spot, then jumps back.</summary>
    Shrink,

    /// <summary>Turns on the spot, either way round.</summary>
    Spin,

    /// <summary>Goes round a circle without turning, either way round.</summary>
    Orbit,

    /// <summary>Bounces on the ground.</summary>
    Bounce,
}
