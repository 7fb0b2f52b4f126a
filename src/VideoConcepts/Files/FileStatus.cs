using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace VideoConcepts.Files;

internal enum FileKind
{
    Regular,
    Folder,
    Link,

    /// <summary>A pipe, a socket or a device: reading it may never end.</summary>
    Other,
}

/// <summary>
/// What Linux's statx says of a path: the kind of a file, and which file it is, whatever its name. On other systems it
/// is what <see cref="ManagedStatus"/> says.
/// </summary>
/// <param name="Device">Of the file system.</param>
/// <param name="Inode">Of the file, on that device.</param>
/// <param name="Length">In bytes.</param>
internal readonly partial record struct FileStatus(FileKind Kind, ulong Device, ulong Inode, long Length)
{
    /// <summary>When the contents last changed, UTC, to 100 nanoseconds.</summary>
    public DateTime Modified { get; init; }
    /// <summary>
    /// When its contents or what is said of it last changed, in nanoseconds since 1970; no program can set it.
    /// </summary>
    public long Changed { get; init; }

    private const int CurrentFolder = -100, NoFollow = 0x100; // AT_FDCWD, AT_SYMLINK_NOFOLLOW
    private const uint BasicStatus = 0x7ff; // STATX_BASIC_STATS

    /// <summary>Null if there is nothing of that name, or it cannot be looked at.</summary>
    /// <param name="path">Any path.</param>
    /// <param name="follow">Whether a link stands for what it points to.</param>
    public static FileStatus? Of(string path, bool follow = true) => OperatingSystem.IsLinux()
        ? OfBytes(Encoding.UTF8.GetBytes(path + '\0'), follow) : ManagedStatus.Of(path, follow);

    /// <param name="path">Bytes as the file system has them, zero at the end: names need not be UTF-8.</param>
    /// <param name="follow">Whether a link stands for what it points to.</param>
    public static FileStatus? Of(ReadOnlySpan<byte> path, bool follow = true) => OperatingSystem.IsLinux()
        ? OfBytes(path, follow) : ManagedStatus.Of(Encoding.UTF8.GetString(path[..^1]), follow);

    [SupportedOSPlatform("linux")]
    private static unsafe FileStatus? OfBytes(ReadOnlySpan<byte> path, bool follow)
    {
        // struct statx has one layout on all architectures: mode at 28, inode at 32, size at 40, times of change of all
        // and of the contents at 96 and 112, device at 136.
        byte* status = stackalloc byte[256];
        fixed (byte* name = path)
            if (StatX(CurrentFolder, name, follow ? 0 : NoFollow, BasicStatus, status) != 0) return null;
        ulong device = ((ulong)*(uint*)(status + 136) << 32) | *(uint*)(status + 140);
        FileKind kind = (*(ushort*)(status + 28) & 0xf000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0xa000 => FileKind.Link,
            _ => FileKind.Other
        };
        return new FileStatus(kind, device, *(ulong*)(status + 32), (long)*(ulong*)(status + 40))
        {
            Modified = Time(*(long*)(status + 112), *(uint*)(status + 120)),
            Changed = (*(long*)(status + 96) * 1_000_000_000) + *(uint*)(status + 104),
        };
    }

    /// <summary>Whether two paths lead to one file or folder, through links and hard links too.</summary>
    public static bool IsSame(string a, string b) =>
        Of(a) is { } first && Of(b) is { } second ? (first.Device, first.Inode) == (second.Device, second.Inode)
            : RealPath.IsSame(a, b);

    private static DateTime Time(long seconds, uint nanoseconds)
    {
        long most = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond - 1;
        return DateTime.UnixEpoch.AddTicks((Math.Clamp(seconds, -most / 8, most) * TimeSpan.TicksPerSecond)
            + (nanoseconds / TimeSpan.NanosecondsPerTick));
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int StatX(int folder, byte* path, int flags, uint mask, byte* status);
}
