using System.Diagnostics;
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

    // Its largest part, on each system.
    private static readonly string[] CoreNames = [Libraries[1], "torch_cpu.dll", "libtorch_cpu.dylib"];

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
        // Where the program has none, TorchSharp would gather one from NuGet's folder, beside the program.
        if (TorchSharpIsInTheProgram() && !IsInTheProgram() && LoadedFrom() is null) throw Lack(null);
        try
        {
            RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
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
        return error is NotSupportedException or DllNotFoundException
            && error.Message.Contains("LibTorchSharp", StringComparison.Ordinal) ? Lack(error) : null;
    }

    /// <summary>The folder of the libtorch that is loaded, links resolved; null where that cannot be told.</summary>
    public static string? LoadedFrom()
    {
        using var self = Process.GetCurrentProcess();
        return self.Modules.Cast<ProcessModule>().Select(module => module.FileName)
            .FirstOrDefault(file => CoreNames.Contains(Path.GetFileName(file))) is { } found
            ? Path.GetDirectoryName(found) : null;
    }

    private static BadInputException Lack(Exception? cause)
    {
        string cuda = OperatingSystem.IsWindows() ? "windows" : "linux";
        string text = "there is no libtorch that can be loaded: the program that uses VideoConcepts brings it along; "
            + $"`dotnet add package TorchSharp-cpu` adds it, `dotnet add package TorchSharp-cuda-{cuda}` one for GPUs.";
        return cause is null ? new BadInputException(text) : new BadInputException(text, cause);
    }

    // Not in a notebook or a script, which load it from NuGet's folder.
    private static bool TorchSharpIsInTheProgram() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll"));

    private static bool IsInTheProgram() =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Any(folder => CoreNames.Any(name => File.Exists(Path.Combine(folder, name))));
}
