namespace VideoConcepts.Augmentation;

/// <summary>Channel-splitting grey: one of the three channels takes the place of all.</summary>
internal static class ChannelGrey
{
    /// <param name="planes">The frame.</param>
    /// <param name="channel">0 red, 1 green, 2 blue.</param>
    public static void Apply(PixelPlanes planes, int channel)
    {
        Span<float> kept = channel switch
        {
            0 => planes.Red,
            1 => planes.Green,
            2 => planes.Blue,
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "0, 1 or 2 is expected."),
        };
        if (channel != 0) kept.CopyTo(planes.Red);
        if (channel != 1) kept.CopyTo(planes.Green);
        if (channel != 2) kept.CopyTo(planes.Blue);
    }
}
