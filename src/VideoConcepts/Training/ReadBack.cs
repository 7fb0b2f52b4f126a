using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// Takes numbers from the device to the host, which waits until all that was asked of the device is done. A step does
/// so once.
/// </summary>
internal static class ReadBack
{
    [ThreadStatic]
    private static int s_count;

    /// <summary>How often this thread did so.</summary>
    public static int Count => s_count;

    /// <summary>All numbers of a tensor, row-major.</summary>
    public static double[] Numbers(Tensor tensor)
    {
        s_count++;
        using var scope = NewDisposeScope();
        return [.. tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>()];
    }
}
