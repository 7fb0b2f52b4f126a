using TorchSharp;

namespace VideoConcepts;

/// <summary>
/// TF32: a GPU multiplies float32 numbers with the first 10 of their 23 bits behind the point, several times as fast.
/// libtorch would do so in convolutions unless told otherwise.
/// </summary>
public static class Tf32
{
    /// <summary>Whether products of matrices and convolutions of this process may; off unless a run asks for it.</summary>
    public static bool Allowed
    {
        get => torch.backends.cuda.matmul.allow_tf32 || torch.backends.cudnn.allow_tf32;
        set => (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32) = (value, value);
    }
}
