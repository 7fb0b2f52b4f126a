using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp;
using VideoConcepts.Distributed;

namespace VideoConcepts.Training;

/// <summary>Where networks compute.</summary>
internal static class ComputeDevice
{
    /// <summary>The option that says it.</summary>
    public const string Option = "--device", Default = "auto";

    public const string Description = "where networks compute: auto (a GPU if there is one), cpu, cuda (of several "
        + "processes on a machine, each takes the GPU of its number there) or cuda:n";

    /// <summary>Whether a text is one that the option takes.</summary>
    public static bool IsChoice(string choice) => choice is Default or "cpu" or "cuda" || Number(choice) is not null;

    /// <summary>The device of this process. Float32 is float32 on it: <see cref="Tf32"/> is off.</summary>
    /// <param name="choice">See <see cref="Description"/>.</param>
    /// <exception cref="BadInputException">There is no such GPU, or no libtorch.</exception>
    public static torch.Device Choose(string choice)
    {
        if (!IsChoice(choice)) throw new BadInputException($"‹device› {choice}: choose auto, cpu, cuda or cuda:n.");
        LibTorch.Require();
        return Choosing(choice);
    }

    // Apart from the above: the runtime loads libtorch where a method that names the class torch begins.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static torch.Device Choosing(string choice)
    {
        Tf32.Allowed = false;
        return choice == "cpu" ? torch.CPU
            : Choose(choice, torch.cuda.is_available() ? torch.cuda.device_count() : 0, Launch.LocalRank);
    }

    /// <param name="choice">As above, not cpu.</param>
    /// <param name="gpus">GPUs of this machine that libtorch can use.</param>
    /// <param name="localRank">Number of this process on this machine.</param>
    public static torch.Device Choose(string choice, int gpus, int localRank)
    {
        if (choice == Default && gpus == 0) return torch.CPU;
        if (gpus == 0)
            throw new BadInputException(
                $"‹device› {choice}: there is no GPU that this libtorch can use; compute with ‹device› cpu, or build "
                + $"the program with {LibTorch.Variable} naming torch/lib of a PyTorch with CUDA.");
        int number = Number(choice) ?? localRank;
        if (number >= gpus)
            throw new BadInputException($"‹device› {choice}: "
                + (choice.Contains(':')
                    ? "there is no such GPU"
                    : $"process {localRank} of this machine has no GPU of its own")
                + $", it has {gpus}; start at most {gpus} on it.");
        return new torch.Device(DeviceType.CUDA, number);
    }

    private static int? Number(string choice) =>
        choice.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(choice.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
