using TorchSharp;

namespace VideoConcepts.Training;

/// <summary>
/// TF32: a GPU multiplies float32 numbers with the first 10 of their 23 bits behind the point, several times as fast.
/// libtorch would do so in convolutions unless told otherwise.
/// </summary>
internal static class Tf32
{
    internal const string Description = "on a GPU, multiply float32 numbers as TF32, with 10 bits behind the point: "
        + "faster and less exact; with the precision full alone";

    /// <summary>
    /// Whether products of matrices and convolutions of this process may; off unless a run asks for it.
    /// </summary>
    public static bool Allowed
    {
        get => torch.backends.cuda.matmul.allow_tf32 || torch.backends.cudnn.allow_tf32;
        set => (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32) = (value, value);
    }

    /// <summary>Refuses to be asked for where nothing reads it, also in a run that goes on.</summary>
    /// <exception cref="BadInputException">The run would not compute on a GPU.</exception>
    internal static void Check(TrainOptions options, torch.Device device)
    {
        if (!options.Tf32 || device.type == DeviceType.CUDA) return;
        throw new BadInputException("‹tf32›: only a GPU multiplies so, and this run computes on the CPU; leave it out"
            + (options.Resume is null ? "."
                : ", or, if the run has it, go on on a GPU or start a new run with ‹init›."));
    }
}
