using System.Runtime.InteropServices;
using System.Text;

namespace VideoConcepts.Search;

/// <summary>Whether files can be made in a folder.</summary>
internal static partial class FolderAccess
{
    private const int Write = 2;

    public static bool IsWritable(string folder) => Access(Encoding.UTF8.GetBytes(folder + '\0'), Write) == 0;

    [LibraryImport("libc", EntryPoint = "access")]
    private static partial int Access(byte[] path, int mode);
}
