using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What stands still behind a shot, in the size that networks see.</summary>
/// <param name="Pixels">Planes (3, H, W): of each value the median over frames that are spread over the shot.</param>
/// <param name="Noise">Standard deviation of what does not move, in levels of 255: 1.4826 times the median over all
/// values of their median absolute deviation from <paramref name="Pixels"/> (MAD). What moves over less than half of
/// the values, each less than half of the time, does not change it.</param>
internal sealed record StillBackground(byte[] Pixels, double Noise)
{
    /// <summary>Frames that a background is made of, at most.</summary>
    public const int MostFrames = 31;

    /// <summary>Frames in the middles of equal parts of a shot, ascending.</summary>
    public static int[] Positions(int first, int count)
    {
        int taken = Math.Min(MostFrames, count);
        return [.. Enumerable.Range(0, taken).Select(i => first + (int)(((2L * i) + 1) * count / (2 * taken)))];
    }

    /// <summary>Of frames as planes (3, H, W), all of one size.</summary>
    public static StillBackground Of(IReadOnlyList<byte[]> frames)
    {
        int length = frames[0].Length, middle = frames.Count / 2;
        var pixels = new byte[length];
        var counts = new int[256];
        var values = new byte[frames.Count];
        for (int i = 0; i < length; i++)
        {
            for (int k = 0; k < values.Length; k++) values[k] = frames[k][i];
            Array.Sort(values);
            pixels[i] = values[middle];
            for (int k = 0; k < values.Length; k++) values[k] = (byte)Math.Abs(values[k] - pixels[i]);
            Array.Sort(values);
            counts[values[middle]]++;
        }

        int deviation = 0;
        for (int seen = counts[0]; seen * 2 < length; seen += counts[++deviation]) { }
        return new StillBackground(pixels, 1.4826 * deviation);
    }
}

/// <summary>
/// Masks of what moves: where a frame differs from what stands still behind it. What stays in its place for half of the
/// shot or longer, though it turns or grows, belongs to the background where it always is.
/// </summary>
internal static class MovingMasks
{
    // Levels of 255; differences are means of 3×3 pixels, whose noise is a third of a pixel's.
    private const double Deviations = 4, LeastDifference = 12;
    private const int Closed = 5;

    /// <summary>
    /// Clips (N, T, 3, H, W), 8-bit → masks (N, T, 1, H, W), 8-bit, 1 where something moves: |x - b - m| ≥
    /// max(12, 4σ), the largest of the three channels, mean of 3×3 pixels; m is the median of x - b over each channel
    /// of a frame (light that changes everywhere is no motion), σ the background's noise. A pixel is taken off the edges,
    /// by which the means widen the mask; then the majority of 3×3 pixels, and holes of up to 4 pixels are closed.
    /// </summary>
    public static Tensor Of(Tensor clips, StillBackground background)
    {
        using var scope = NewDisposeScope();
        long n = clips.shape[0], t = clips.shape[1], h = clips.shape[3], w = clips.shape[4];
        Tensor behind = tensor(background.Pixels, [3, h, w], device: clips.device).to(float32);
        Tensor change = clips.to(float32).flatten(0, 1) - behind;
        change = change - change.flatten(2).sort(-1).Values.select(-1, h * w / 2).view(n * t, 3, 1, 1);
        Tensor difference = Mean(change.abs().amax([1], keepdim: true));
        Tensor mask = (difference >= Math.Max(LeastDifference, Deviations * background.Noise)).to(float32);
        mask = -nn.functional.max_pool2d(-mask, 3, 1, 1);
        mask = (Mean(mask) > 0.5).to(float32);
        mask = nn.functional.max_pool2d(mask, Closed, 1, Closed / 2);
        mask = -nn.functional.max_pool2d(-mask, Closed, 1, Closed / 2);
        return mask.to(uint8).view(n, t, 1, h, w).MoveToOuterDisposeScope();

        static Tensor Mean(Tensor x) => nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad: false);
    }
}
