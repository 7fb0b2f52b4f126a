using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VideoConcepts.Files;

/// <summary>A file that is read under whatever name it has.</summary>
/// <param name="Path">As text; for display only where the name is not UTF-8.</param>
/// <param name="Bytes">The path in the bytes of the file system, where the text does not tell them; else null.</param>
internal readonly partial record struct RawFile(string Path, byte[]? Bytes = null)
{
    // O_CLOEXEC, O_NONBLOCK: a pipe that took the file's place since it was looked at does not hold the program up.
    private const int ReadOnly = 0x80000 | 0x800;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Null where there is nothing to follow the path to.</summary>
    public FileStatus? Status => FileStatus.Of(Zero());

    /// <exception cref="IOException">It cannot be opened, or is not a regular file.</exception>
    public SafeFileHandle Open()
    {
        if (Status is { Kind: not FileKind.Regular })
            throw new IOException("not a regular file (a pipe, a socket, a device or a folder)");
        return OperatingSystem.IsLinux() ? OpenBytes() : OpenManaged();
    }

    [SupportedOSPlatform("linux")]
    private unsafe SafeFileHandle OpenBytes()
    {
        fixed (byte* path = Zero())
        {
            int file = Open(path, ReadOnly);
            if (file >= 0) return new SafeFileHandle(file, ownsHandle: true);
            throw new IOException(
                $"{Path} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    // Where names are text; who writes to the file goes on, as on Linux.
    internal SafeFileHandle OpenManaged()
    {
        try
        {
            return File.OpenHandle(Bytes is null ? Path : Encoding.UTF8.GetString(Bytes),
                share: FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException($"{Path} cannot be opened: {e.Message}", e);
        }
    }

    private byte[] Zero() => [.. Bytes ?? Encoding.UTF8.GetBytes(Path), 0];

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static unsafe partial int Open(byte* path, int flags);
}
