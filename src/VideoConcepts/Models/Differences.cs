using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// What the difference views show of a clip: how it changes from frame to frame. <c>raw</c> is the published method's;
/// the others are ours, for videos in which little moves (docs/method.md).
/// </summary>
internal static class Differences
{
    /// <summary>Values of <c>--difference</c>.</summary>
    public const string Raw = "raw", Compressed = "compressed", Flow = "flow";

    internal const string Description = "what the difference views show: raw (the difference of two frames), "
        + "compressed (of blurred frames, small changes as well as large ones) or flow (how far edges move, and the "
        + "change)";

    // Grey levels: a change of one is about what coding leaves of no motion; edges fainter than the second are noise.
    internal const double Noise = 1, Edge = 4;

    internal const double Half = 0.5, FlowScale = 2;

    public static IReadOnlyList<string> Names { get; } = [Raw, Compressed, Flow];

    /// <summary>
    /// d[t] of frames t-1 and t, d[0] repeating d[1]. Compressed: asinh(D / 1 level) / 2 of D, the difference of
    /// frames blurred over 3×3 pixels. Flow: the normal flow -I_t ∇I / (|∇I|² + σ²), σ = 4 levels a pixel, in x and y,
    /// twice, and asinh(I_t / 1 level) / 2, of the blurred frames' grey.
    /// </summary>
    /// <param name="levels">(…, T, 3, H, W), 0 to 255.</param>
    /// <param name="kind"><see cref="Compressed"/> or <see cref="Flow"/>.</param>
    /// <returns>As many numbers, with a deviation of about one where something moves.</returns>
    public static Tensor Of(Tensor levels, string kind)
    {
        using var scope = NewDisposeScope();
        int time = (int)levels.dim() - 4;
        long frames = levels.shape[time];
        Tensor smooth = Blurred(kind == Flow ? levels.mean([-3], keepdim: true) : levels);
        Tensor before = smooth.narrow(time, 0, frames - 1), after = smooth.narrow(time, 1, frames - 1);
        Tensor change = after - before, compressed = asinh(change / Noise) * Half;
        Tensor shown = kind == Compressed ? compressed
            : cat([.. NormalFlow((before + after) / 2, change), compressed], -3);
        return cat([shown.narrow(time, 0, 1), shown], time).MoveToOuterDisposeScope();
    }

    /// <summary>The difference views of normalised clips (N, 3, T, H, W), of the same shape.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="kind">One of <see cref="Names"/>.</param>
    public static Tensor OfClips(Tensor clips, string kind)
    {
        using var scope = NewDisposeScope();
        if (kind != Raw)
            return Of(Normalization.Levels(clips.transpose(1, 2)), kind).transpose(1, 2).MoveToOuterDisposeScope();
        long frames = clips.shape[2];
        Tensor d = clips.narrow(2, 1, frames - 1) - clips.narrow(2, 0, frames - 1);
        return cat([d.narrow(2, 0, 1), d], 2).MoveToOuterDisposeScope();
    }

    // In pixels a frame, saturating.
    private static IEnumerable<Tensor> NormalFlow(Tensor grey, Tensor change)
    {
        Tensor x = Slope(grey, -1), y = Slope(grey, -2), per = change / (x.square() + y.square() + (Edge * Edge));
        return [asinh(per * x * -FlowScale), asinh(per * y * -FlowScale)];
    }

    // Central differences, of the border one-sided halves.
    private static Tensor Slope(Tensor grey, int axis)
    {
        long length = grey.shape[grey.dim() + axis];
        Tensor first = grey.narrow(axis, 0, 1), last = grey.narrow(axis, length - 1, 1);
        Tensor padded = cat([first, grey, last], axis);
        return (padded.narrow(axis, 2, length) - padded.narrow(axis, 0, length)) / 2;
    }

    private static Tensor Blurred(Tensor frames)
    {
        Tensor pictures = frames.flatten(0, -4);
        return nn.functional.avg_pool2d(pictures, 3, 1, 1, count_include_pad: false).view(frames.shape);
    }
}
