using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>Whether a file can be written to, or files be made in a folder; on Linux and macOS without opening it.
/// </summary>
internal static partial class FolderAccess
{
    private const int Write = 2;

    public static bool IsWritable(string path) => OperatingSystem.IsWindows() ? CanOpen(path)
        : Access(Encoding.UTF8.GetBytes(path + '\0'), Write) == 0;

    // Locks of Windows belong to what was opened: closing it takes none from SQLite.
    internal static bool CanOpen(string path)
    {
        try
        {
            if (Directory.Exists(path))
                new FileStream(Path.Combine(path, $".{Guid.NewGuid():N}.probe"), FileMode.CreateNew, FileAccess.Write,
                    FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            else
                File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)
                    .Dispose();
            return true;
        }
        catch (IOException e) when (FileInUse.Says(e))
        {
            return true; // it is no matter of rights
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "access")]
    private static partial int Access(byte[] name, int mode);
}
