using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// Memory that this process takes for tensors. libtorch gives none of a GPU's back, so what is gone of its free memory
/// after a step is the most that the step held; on the CPU it is the peak of the process.
/// </summary>
internal sealed class DeviceMemory
{
    // The one that the PyTorch at hand has loaded already.
    private static readonly string[] Runtimes =
        ["libcudart.so.12", "libcudart.so.13", "libcudart.so.11.0", "libcudart.so"];

    private readonly MemGetInfo? _ask;
    private readonly long _free;

    private delegate int MemGetInfo(out nuint free, out nuint total);

    public DeviceMemory(torch.Device device)
    {
        if (device.type != DeviceType.CUDA) return;
        torch.ones(1, device: device).Dispose(); // what the GPU's context takes is not the step's
        foreach (string name in Runtimes)
            if (NativeLibrary.TryLoad(name, out nint library)
                && NativeLibrary.TryGetExport(library, "cudaMemGetInfo", out nint function))
            {
                _ask = Marshal.GetDelegateForFunctionPointer<MemGetInfo>(function);
                _free = Free() ?? 0;
                return;
            }
    }

    /// <summary>In MB; null where a GPU's runtime does not say.</summary>
    public double? PeakMegabytes(torch.Device device)
    {
        if (device.type == DeviceType.CUDA) return _ask is null ? null : (_free - Free()) / 1048576.0;
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1048576.0;
    }

    private long? Free() => _ask!(out nuint free, out _) == 0 ? (long)free : null;
}
