using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// What objectives see of a batch's 8-bit pictures, as tensor algebra on the device that they lie on: repetition,
/// difference, normalisation. Source: docs/method.md.
/// </summary>
internal static class Views
{
    /// <summary>
    /// The 3S views v1 … vS, s1 … sS, d1 … dS: the clips, their static frames repeated, their differences
    /// d[t] = v[t] - v[t-1].
    /// </summary>
    /// <param name="clips">(B, S, T, 3, H, W), 8-bit.</param>
    /// <param name="stills">(B, S, 3, H, W), 8-bit.</param>
    /// <param name="wrap">Reference quirk: the difference at t = 0 wraps round and subtracts the last frame. Otherwise
    /// it repeats the first real difference.</param>
    /// <param name="difference">What d shows, see <see cref="Differences"/>.</param>
    /// <returns>(B, 3S, 3, T, H, W), float32.</returns>
    public static Tensor OfConcepts(Tensor clips, Tensor stills, bool wrap = false,
        string difference = Differences.Raw)
    {
        using var scope = NewDisposeScope();
        (long b, long s, long t) = (clips.shape[0], clips.shape[1], clips.shape[2]);
        Tensor views = empty([b, 3 * s, .. clips.shape.AsSpan(2)], float32, clips.device);
        Tensor v = views.narrow(1, 0, s), d = views.narrow(1, 2 * s, s);
        Normalization.Apply(v.copy_(clips));
        views.narrow(1, s, s).copy_(Normalization.Of(stills).unsqueeze(2));
        if (difference != Differences.Raw) d.copy_(Differences.Of(clips.to(float32), difference));
        else Subtract(v, d, wrap);
        return views.transpose(2, 3).MoveToOuterDisposeScope();
    }

    // d[t] = v[t] - v[t-1] along axis 2.
    private static void Subtract(Tensor v, Tensor d, bool wrap)
    {
        long t = v.shape[2];
        d.narrow(2, 1, t - 1).copy_(v.narrow(2, 1, t - 1)).sub_(v.narrow(2, 0, t - 1));
        if (wrap) d.narrow(2, 0, 1).copy_(v.narrow(2, 0, 1)).sub_(v.narrow(2, t - 1, 1));
        else d.narrow(2, 0, 1).copy_(d.narrow(2, 1, 1));
    }

    /// <summary>Clips as they are: (B, C, T, 3, H, W), 8-bit → (B, C, 3, T, H, W), float32.</summary>
    public static Tensor OfClips(Tensor clips) => Normalization.Clips(clips);
}
