using System.Runtime.InteropServices;
using TorchSharp;
using VideoConcepts.Models;

namespace VideoConcepts.Training;

/// <summary>
/// PyTorch's <c>torch.backends.cudnn.benchmark</c>: cuDNN tries its algorithms on each new shape of a convolution and
/// keeps the fastest. A float32 step is nearly halved by it (docs/performance.md#gpus). TorchSharp has no switch for
/// it, so libtorch's is called by its C++ name.
/// </summary>
internal static class CudnnBenchmark
{
    private const string Library = "libtorch_cpu.so"; // the one that TorchSharp has loaded
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string Setter = "_ZN2at7Context17setBenchmarkCuDNNEb";
    private const string Getter = "_ZNK2at7Context14benchmarkCuDNNEv";

    private delegate nint ContextFunction();

    private delegate void SetFunction(nint context, byte value);

    private delegate byte GetFunction(nint context);

    /// <summary>
    /// Turns it on where it helps: on a GPU, but in float32 with channels innermost, where the trials of a batch of 96
    /// clips were not over after six minutes.
    /// </summary>
    public static void Choose(torch.Device device, Precision precision) =>
        Enabled = device.type == DeviceType.CUDA && precision != Precision.ChannelsLast;

    /// <summary>Whether it is on; null where libtorch has no such function. Off unless set; without a GPU it does
    /// nothing.</summary>
    public static bool? Enabled
    {
        get => Find<ContextFunction>(GlobalContext) is { } context && Find<GetFunction>(Getter) is { } get
            ? get(context()) != 0 : null;
        set
        {
            if (Find<ContextFunction>(GlobalContext) is { } context && Find<SetFunction>(Setter) is { } set)
                set(context(), value == true ? (byte)1 : (byte)0);
        }
    }

    private static T? Find<T>(string name) where T : Delegate
    {
        torch.InitializeDeviceType(DeviceType.CPU); // loads libtorch
        return NativeLibrary.TryLoad(Library, out nint library)
            && NativeLibrary.TryGetExport(library, name, out nint function)
            ? Marshal.GetDelegateForFunctionPointer<T>(function) : null;
    }
}
