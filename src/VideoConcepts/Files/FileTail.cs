using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VideoConcepts.Files;

/// <summary>
/// The last bytes of a file by four calls of Linux and nothing else, for a look at a million files.
/// </summary>
internal static partial class FileTail
{
    private const int ReadOnly = 0x80000 | 0x800; // O_CLOEXEC, O_NONBLOCK: a pipe does not hold the program up
    private const int FromEnd = 2; // SEEK_END

    /// <summary>Reads the end of a file; nothing of what is no regular file, or not there.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="bytes">Where it goes.</param>
    /// <returns>How many bytes were read: all of <paramref name="bytes"/> or none; -1: there is nothing to be opened.
    /// </returns>
    public static int Read(string path, Span<byte> bytes) =>
        OperatingSystem.IsLinux() ? ReadRaw(path, bytes) : ReadManaged(path, bytes);

    internal static int ReadManaged(string path, Span<byte> bytes)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            long start = RandomAccess.GetLength(file) - bytes.Length;
            return start >= 0 && RandomAccess.Read(file, bytes, start) == bytes.Length ? bytes.Length : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return -1;
        }
    }

    [SupportedOSPlatform("linux")]
    private static unsafe int ReadRaw(string path, Span<byte> bytes)
    {
        int length = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> name = length <= 1024 ? stackalloc byte[length] : new byte[length];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        int file;
        fixed (byte* start = name) file = Open(start, ReadOnly);
        if (file < 0) return -1;
        long size = Seek(file, -bytes.Length, FromEnd);
        nint read = -1;
        fixed (byte* start = bytes) if (size >= 0) read = Read(file, start, bytes.Length);
        _ = Close(file);
        return read == bytes.Length ? bytes.Length : 0;
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open")]
    private static unsafe partial int Open(byte* path, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int file, long offset, int from);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(int file, byte* bytes, nint count);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
