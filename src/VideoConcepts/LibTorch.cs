using System.Runtime.InteropServices;

namespace VideoConcepts;

/// <summary>
/// The libtorch that the program was built with: the one that it brings along, or one of a PyTorch with CUDA.
/// </summary>
internal static class LibTorch
{
    /// <summary>Names torch/lib of a PyTorch, when the program is built.</summary>
    public const string Variable = "VIDEOCONCEPTS_LIBTORCH";

    // Each after those that it needs.
    private static readonly string[] Libraries =
        ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    /// <summary>
    /// Loads a libtorch of elsewhere from where it lies, for it finds the libraries of CUDA from there. To be called
    /// before anything of TorchSharp, which opens the links in the program's folder; the same files are then not loaded
    /// twice.
    /// </summary>
    /// <exception cref="BadInputException">It is gone, or cannot be loaded.</exception>
    public static void Prepare()
    {
        string native = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        if (!Directory.Exists(native)) native = AppContext.BaseDirectory; // published for one kind of machine
        if (new FileInfo(Path.Combine(native, Libraries[1])).LinkTarget is not { } target) return;
        string folder = Path.GetDirectoryName(target)!;
        try
        {
            foreach (string library in Libraries
                .Where(name => new FileInfo(Path.Combine(native, name)).LinkTarget is not null))
                NativeLibrary.Load(Path.Combine(folder, library));
        }
        catch (DllNotFoundException e)
        {
            throw new BadInputException(
                $"the libtorch in {folder}, which this program was built with, cannot be loaded: "
                + $"{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Build it again, with "
                + $"{Variable} or without.", e);
        }
    }
}
