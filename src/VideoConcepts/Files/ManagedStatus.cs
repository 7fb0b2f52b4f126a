using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VideoConcepts.Files;

/// <summary>
/// What .NET says of a path, where there is no statx. A file is known by its real path: hard links count as different
/// files. Pipes are known where they lie among the devices; the time of the last change is one that programs can set.
/// </summary>
internal static class ManagedStatus
{
    /// <summary>As <see cref="FileStatus.Of(string, bool)"/>.</summary>
    public static FileStatus? Of(string path, bool follow)
    {
        try
        {
            string full = Path.GetFullPath(path);
            if (follow && !IsDevice(full)) full = RealPath.Of(full);
            if (IsDevice(full)) return new FileStatus(FileKind.Other, 0, Number(full), 0);
            bool isFolder = File.GetAttributes(full).HasFlag(FileAttributes.Directory);
            FileSystemInfo info = isFolder ? new DirectoryInfo(full) : new FileInfo(full);
            bool isLink = info.LinkTarget is not null;
            if (isLink && follow) return null; // links in a circle
            FileKind kind = isLink ? FileKind.Link : isFolder ? FileKind.Folder : FileKind.Regular;
            DateTime made = info.CreationTimeUtc, written = info.LastWriteTimeUtc;
            long changed = ((made > written ? made : written) - DateTime.UnixEpoch).Ticks;
            return new FileStatus(kind, 0, Number(full), info is FileInfo { LinkTarget: null } file ? file.Length : 0)
            {
                Modified = written,
                Changed = changed * TimeSpan.NanosecondsPerTick,
            };
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsDevice(string full) =>
        full.StartsWith(@"\\.\", StringComparison.Ordinal) || full.StartsWith("/dev/", StringComparison.Ordinal);

    private static ulong Number(string full)
    {
        string one = HostSystem.PathComparison == StringComparison.Ordinal ? full : full.ToUpperInvariant();
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(one)));
    }
}
