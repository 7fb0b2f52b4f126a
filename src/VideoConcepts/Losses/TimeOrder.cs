using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// The steps of two clips and those of the overview of the same video find each other. Source: docs/method.md.
/// </summary>
public static class TimeOrder
{
    /// <summary>
    /// fine (B, 3, C, t): clip 1, clip 2, overview; t even. Clips 1 and 2, pooled to t/2 steps each, make t steps.
    /// </summary>
    public static Tensor Loss(Tensor fine)
    {
        using var scope = NewDisposeScope();
        (long b, long t) = (fine.shape[0], fine.shape[3]);
        Tensor clips = fine.narrow(1, 0, 2).unflatten(3, t / 2, 2).mean([4]);                     // (B, 2, C, t/2)
        Tensor steps = UnitVectors.Of(clips.permute(0, 1, 3, 2).flatten(1, 2));                       // (B, t, C)
        Tensor overview = UnitVectors.Of(fine.select(1, 2).transpose(1, 2));                          // (B, t, C)
        Tensor logits = steps.matmul(overview.transpose(1, 2)) / LevelContrast.Temperature;       // (B, t, t)
        Tensor same = arange(t, dtype: ScalarType.Int64, device: fine.device).repeat(b);
        Tensor forward = nn.functional.cross_entropy(logits.flatten(0, 1), same);
        Tensor back = nn.functional.cross_entropy(logits.transpose(1, 2).flatten(0, 1), same);
        return ((forward + back) / 2).MoveToOuterDisposeScope();
    }
}
