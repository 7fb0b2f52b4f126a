using System.Runtime.InteropServices;

namespace VideoConcepts.Data;

/// <summary>
/// The functions of libturbojpeg (API 2, which version 3 keeps). They are looked up one by one because the library is
/// optional: Debian's package is libturbojpeg0, Homebrew's jpeg-turbo, that of vcpkg and winget libjpeg-turbo.
/// </summary>
internal sealed unsafe class TurboJpegLibrary
{
    private static readonly Lazy<TurboJpegLibrary?> Loaded = new(Load);

    private TurboJpegLibrary(nint library)
    {
        InitDecompress = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        Destroy = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
        DecompressHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)
            NativeLibrary.GetExport(library, "tjDecompressHeader3");
        Decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)
            NativeLibrary.GetExport(library, "tjDecompress2");
        ErrorText = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
    }

    /// <summary>The library, or null where it is not installed.</summary>
    public static TurboJpegLibrary? Instance => Loaded.Value;

    public delegate* unmanaged[Cdecl]<nint> InitDecompress { get; }

    public delegate* unmanaged[Cdecl]<nint, int> Destroy { get; }

    /// <summary>handle, data, size → width, height, subsampling, colour space.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int> DecompressHeader { get; }

    /// <summary>handle, data, size, destination, width, pitch, height, pixel format, flags.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int> Decompress { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*> ErrorText { get; }

    /// <summary>Where a system has it: by its name where the system looks for libraries, or at its package's place.
    /// </summary>
    internal static IReadOnlyList<string> FileNames(OSPlatform system)
    {
        if (system == OSPlatform.Windows)
            return ["turbojpeg.dll", "libturbojpeg.dll", @"C:\libjpeg-turbo64\bin\turbojpeg.dll"];
        if (system != OSPlatform.OSX) return ["libturbojpeg.so.0", "libturbojpeg.so"];
        string[] names = ["libturbojpeg.0.dylib", "libturbojpeg.dylib"];
        return [.. names, .. ((string[])["/opt/homebrew/lib/", "/usr/local/lib/"])
            .SelectMany(folder => names.Select(name => folder + name))];
    }

    private static TurboJpegLibrary? Load()
    {
        foreach (string name in FileNames(HostSystem.Current))
        {
            if (!NativeLibrary.TryLoad(name, out nint library)) continue;
            try
            {
                return new TurboJpegLibrary(library);
            }
            catch (EntryPointNotFoundException)
            {
                // Older than 1.4: as good as not installed.
            }
        }
        return null;
    }
}
