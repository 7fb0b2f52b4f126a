using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>Rows of numbers as a tensor.</summary>
internal static class RowTensor
{
    // A span of bytes ends at 2 GB; a table of features may be four times as large.
    private const int Piece = 1 << 28;

    /// <summary>A copy in float32, of the current dispose scope.</summary>
    /// <param name="values">Row-major, as many as the shape has.</param>
    /// <param name="shape">The tensor's.</param>
    /// <param name="piece">Numbers copied at a time.</param>
    public static Tensor Of(ReadOnlySpan<float> values, long[] shape, int piece = Piece)
    {
        Tensor tensor = empty(shape, float32);
        using Tensor flat = tensor.view(-1);
        for (int from = 0; from < values.Length;)
        {
            int count = Math.Min(piece, values.Length - from);
            using Tensor part = flat.narrow(0, from, count);
            MemoryMarshal.AsBytes(values.Slice(from, count)).CopyTo(part.bytes);
            from += count;
        }
        return tensor;
    }
}
