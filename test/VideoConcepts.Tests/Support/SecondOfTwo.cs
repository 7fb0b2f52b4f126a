using TorchSharp;
using VideoConcepts.Distributed;

namespace VideoConcepts.Tests.Support;

/// <summary>
/// The second of two processes, of which only the flags come together: a trainer hears from the first one, once a step,
/// whether it is time to save.
/// </summary>
/// <param name="due">Whether it is, by the number of the step; null: never.</param>
internal sealed class SecondOfTwo(Func<int, bool>? due = null) : ICommunicator
{
    private int _step;

    public int Rank => 1;

    public int Size => 2;

    public (long Bytes, TimeSpan Time) Traffic => default;

    public void Sum(torch.Tensor tensor)
    {
        if (tensor.dtype != torch.ScalarType.Int64 || tensor.numel() != 2) return;
        using torch.Tensor theirs = torch.tensor((long[])[0, due?.Invoke(++_step) == true ? 1 : 0]);
        tensor.add_(theirs);
    }

    public torch.Tensor Gather(torch.Tensor tensor) => throw new NotSupportedException();

    public torch.Tensor SumOwn(torch.Tensor rows) => throw new NotSupportedException();

    public ICommunicator Group(int size) => throw new NotSupportedException();

    public void Abort(int status) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
