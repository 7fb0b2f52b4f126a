using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

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

    /// <summary>Loads TorchSharp and libtorch, as the first tensor would.</summary>
    /// <exception cref="BadInputException">There is no libtorch, or it cannot be loaded.</exception>
    public static void Require()
    {
        try
        {
            RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
            _ = torch.get_num_threads();
        }
        catch (Exception e) when (Lacking(e) is { } lacking)
        {
            throw lacking;
        }
    }

    /// <summary>What to do about an exception that says that libtorch is not there; null for any other.</summary>
    public static BadInputException? Lacking(Exception error)
    {
        while (error is TypeInitializationException { InnerException: { } cause }) error = cause;
        if (error is not (NotSupportedException or DllNotFoundException)
            || !error.Message.Contains("torch", StringComparison.OrdinalIgnoreCase)) return null;
        string cuda = OperatingSystem.IsWindows() ? "windows" : "linux";
        return new BadInputException("no libtorch can be loaded: the program that uses VideoConcepts brings it along; "
            + $"`dotnet add package TorchSharp-cpu` adds it, `dotnet add package TorchSharp-cuda-{cuda}` one for GPUs "
            + "(docs/packages.md).", error);
    }
}
