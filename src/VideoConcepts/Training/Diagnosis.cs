using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Training;

/// <summary>What the program has to compute with on this machine, and what to do about what it lacks.</summary>
/// <param name="Lines">Names and what is there.</param>
/// <param name="Fault">Why nothing can be computed, or null.</param>
internal sealed record Diagnosis(IReadOnlyList<(string Name, string Value)> Lines, BadInputException? Fault)
{
    /// <summary>Loads libtorch and asks the programs that are used where they are installed.</summary>
    public static async Task<Diagnosis> OfThisMachineAsync(CancellationToken stop = default)
    {
        List<(string, string)> lines = [.. RunDescription.OfTheSystem()];
        BadInputException? fault = null;
        try
        {
            LibTorch.Require();
            string? folder = LibTorch.LoadedFrom();
            bool cuda = torch.cuda.is_available(), canCuda = cuda || HasCuda(folder);
            lines.Add(("libtorch", $"{torch.__version__}, {(canCuda ? "with CUDA" : "for the CPU")}"
                + (folder is null ? "" : $", in {folder}")));
            lines.Add(("devices", Devices(cuda ? torch.cuda.device_count() : 0, canCuda)));
            lines.Add(("processor", $"{RunDescription.Processor}, {torch.get_num_threads()} threads for computing"));
        }
        catch (BadInputException e)
        {
            fault = e;
            lines.Add(("libtorch", "none"));
            lines.Add(("devices", "none: nothing can be computed without libtorch"));
            lines.Add(("processor", RunDescription.Processor));
        }
        lines.Add(("memory", RunDescription.Memory));
        lines.Add(("ffmpeg", await FfmpegAsync(stop).ConfigureAwait(false)));
        lines.Add(("JPEG reader", FrameReaders.Name + (TurboJpegFrameReader.IsAvailable ? ""
            : "; libturbojpeg (Debian package libturbojpeg0) is twice as fast")));
        return new Diagnosis(lines, fault);
    }

    /// <param name="gpus">Those that libtorch can use.</param>
    /// <param name="cuda">Whether libtorch is one for GPUs.</param>
    internal static string Devices(int gpus, bool cuda) =>
        gpus > 0 ? string.Join(", ", Enumerable.Range(0, gpus).Select(gpu => $"cuda:{gpu}").Prepend("cpu"))
        : cuda ? "cpu; libtorch has CUDA and finds no GPU: nvidia-smi says whether driver and GPU are there"
        : $"cpu; GPUs need a libtorch with CUDA: build with -p:Torch=cuda, or with {LibTorch.Variable} naming torch/lib "
            + "of a PyTorch (docs/packages.md)";

    private static bool HasCuda(string? folder) =>
        folder is not null && Directory.EnumerateFiles(folder, "*torch_cuda*").Any();

    private static async Task<string> FfmpegAsync(CancellationToken stop)
    {
        try
        {
            return (await Ffmpeg.FindAsync(cancellation: stop).ConfigureAwait(false)).Version;
        }
        catch (BadInputException e)
        {
            return $"none; {ErrorText.Of(e)}";
        }
    }
}
