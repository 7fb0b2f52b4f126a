using System.Runtime.Intrinsics.X86;
using TorchSharp;
using VideoConcepts.Distributed;
using VideoConcepts.Models;

namespace VideoConcepts.Training;

/// <summary>The texts of <c>--precision</c>.</summary>
internal static class PrecisionChoice
{
    /// <summary>What is fast here: see <see cref="Resolve(string, DeviceType)"/>.</summary>
    public const string Auto = "auto";

    /// <summary>float32 throughout, which extraction and evaluation compute in unless told otherwise.</summary>
    public const string Float32 = "channels-last";

    /// <summary>float32 throughout, in the layout that is safe.</summary>
    public const string Full = "full";

    private const string Bfloat16 = "bfloat16";

    /// <summary>What convolutions compute with; auto as on the CPU of this process.</summary>
    /// <exception cref="BadInputException">There is no such choice.</exception>
    public static Precision Parse(string choice) => choice switch
    {
        Auto => Parse(Resolve(choice, DeviceType.CPU)),
        Full => Precision.Full,
        Float32 => Precision.ChannelsLast,
        Bfloat16 => Precision.Bfloat16,
        _ => throw new BadInputException($"‹precision› {choice}: choose {Auto}, {Full}, {Float32} or {Bfloat16}."),
    };

    /// <summary>
    /// What <see cref="Auto"/> stands for on a device: bfloat16 on a GPU and on a CPU that multiplies such numbers
    /// (AVX512-BF16 or AMX), else float32 with channels last. Other choices stay what they are.
    /// </summary>
    public static string Resolve(string choice, DeviceType device) =>
        Resolve(choice, device, ProcessorHasBfloat16);

    internal static string Resolve(string choice, DeviceType device, bool processorHasBfloat16) =>
        choice != Auto ? choice
            : device != DeviceType.CPU || processorHasBfloat16 ? Bfloat16 : Float32;

    /// <summary>As above, on all of several processes as on the first one; all call it.</summary>
    public static string Resolve(string choice, DeviceType device, ICommunicator ranks)
    {
        if (choice != Auto) return choice;
        string[] choices = [Float32, Bfloat16];
        return choices[ranks.OfFirst(Array.IndexOf(choices, Resolve(choice, device)))];
    }

    /// <summary>Whether the processor has instructions for products of bfloat16 numbers.</summary>
    private static bool ProcessorHasBfloat16
    {
        get
        {
            if (!X86Base.IsSupported) return false;
            const int Features = 7;
            // CPUID.7.0: EDX bit 22 is AMX-BF16; CPUID.7.1: EAX bit 5 is AVX512_BF16.
            bool amx = (X86Base.CpuId(Features, 0).Edx & (1 << 22)) != 0;
            bool avx512 = Avx512F.IsSupported && (X86Base.CpuId(Features, 1).Eax & (1 << 5)) != 0;
            return amx || avx512;
        }
    }
}
