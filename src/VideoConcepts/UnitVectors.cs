using static TorchSharp.torch;

namespace VideoConcepts;

/// <summary>L2 normalisation.</summary>
internal static class UnitVectors
{
    /// <summary>Divides the last axis by max(‖x‖, 1e-12).</summary>
    public static Tensor Of(Tensor x) => nn.functional.normalize(x, p: 2, dim: -1, eps: 1e-12);
}
