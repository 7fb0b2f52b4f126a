using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What is done to clips to see what a model makes of it. Clips are (N, 3, T, H, W), normalised, before and
/// after.</summary>
internal static class ClipChanges
{
    /// <summary>The frame in the middle, as often as there are frames.</summary>
    public static Tensor Frozen(Tensor clips) =>
        clips.narrow(2, clips.shape[2] / 2, 1).expand(clips.shape).contiguous();

    /// <summary>The last frame first.</summary>
    public static Tensor Reversed(Tensor clips) => clips.flip(2);

    /// <summary>All clips in one order: odd frames, then even ones.</summary>
    public static Tensor OddThenEven(Tensor clips)
    {
        using var scope = NewDisposeScope();
        long[] order = [.. Enumerable.Range(0, (int)clips.shape[2]).Select(i => (long)i).OrderBy(i => 1 - (i % 2))];
        return clips.index_select(2, tensor(order, device: clips.device)).MoveToOuterDisposeScope();
    }

    /// <summary>Each clip in an order of its own.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="orders">N orders of 0 … T-1.</param>
    public static Tensor Reordered(Tensor clips, IReadOnlyList<int[]> orders)
    {
        using var scope = NewDisposeScope();
        return stack([.. orders.Select((order, n) => clips[n].index_select(1,
            tensor((long[])[.. order.Select(i => (long)i)], device: clips.device)))]).MoveToOuterDisposeScope();
    }

    /// <summary>An order of T ≥ 2 frames that is not their own.</summary>
    public static int[] DrawOrder(ref RandomStream random, int frames)
    {
        while (true)
        {
            int[] order = random.NextPermutation(frames);
            for (int i = 0; i < frames; i++)
                if (order[i] != i) return order;
        }
    }

    /// <summary>Each clip in colours of its own, all frames of it alike: done on levels 0 … 255 and rounded to
    /// them.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="colours">N changes.</param>
    public static Tensor Recoloured(Tensor clips, IReadOnlyList<Recolouring> colours)
    {
        using var scope = NewDisposeScope();
        Tensor levels = Normalization.Levels(clips.transpose(1, 2)); // (N, T, 3, H, W)
        Tensor change = tensor((float[])[.. colours.SelectMany(c => c.Matrix())], [colours.Count, 1, 3, 3],
            device: clips.device);
        Tensor changed = matmul(change, levels.flatten(3)).view(levels.shape).clamp(0, 255).round();
        return Normalization.Clips(changed).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// A change of colours: a turn about the grey axis, then a factor for each channel, so that grey things change, too.
/// </summary>
/// <param name="Angle">In radians; 0 keeps the hue.</param>
/// <param name="Gains">Factors of red, green and blue.</param>
internal sealed record Recolouring(double Angle, double[] Gains)
{
    /// <summary>A strong one: turned by 60° to 300°, each channel times 0.5 to 1.5.</summary>
    public static Recolouring Draw(ref RandomStream random)
    {
        double angle = random.NextDouble(Math.PI / 3, 5 * Math.PI / 3);
        double red = random.NextDouble(0.5, 1.5), green = random.NextDouble(0.5, 1.5);
        return new Recolouring(angle, [red, green, random.NextDouble(0.5, 1.5)]);
    }

    /// <summary>
    /// (3, 3), row by row: diag(gains) · (cos φ I + (1 - cos φ)/3 J + sin φ/√3 A), J all ones, A the cross product with
    /// (1, 1, 1): Rodrigues' rotation.
    /// </summary>
    public IEnumerable<float> Matrix()
    {
        double along = (1 - Math.Cos(Angle)) / 3, across = Math.Sin(Angle) / Math.Sqrt(3);
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 3; column++)
            {
                double turned = ((column - row + 3) % 3) switch
                {
                    0 => along + Math.Cos(Angle),
                    1 => along - across,
                    _ => along + across,
                };
                yield return (float)(Gains[row] * turned);
            }
    }
}
