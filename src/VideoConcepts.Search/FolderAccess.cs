using System.Runtime.InteropServices;
using System.Text;

namespace VideoConcepts.Search;

/// <summary>Whether a file can be written to, or files be made in a folder, without opening it.</summary>
internal static partial class FolderAccess
{
    private const int Write = 2;

    public static bool IsWritable(string path) => Access(Encoding.UTF8.GetBytes(path + '\0'), Write) == 0;

    [LibraryImport("libc", EntryPoint = "access")]
    private static partial int Access(byte[] name, int mode);
}
