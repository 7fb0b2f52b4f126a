using System.Text;

namespace VideoConcepts.Files;

/// <summary>
/// Writes a file so that it appears complete or not at all: aside, flushed to the disk, then renamed.
/// </summary>
internal static class AsideFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Where a file is written before it gets its name: hidden, beside it.</summary>
    public static string PathOf(string path)
    {
        string full = Path.GetFullPath(path);
        return Path.Combine(Path.GetDirectoryName(full)!, FileNames.Shortened($".{Path.GetFileName(full)}.partial"));
    }

    /// <summary>Writes a file; if anything fails, what stood there before stays and nothing is left aside.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Gets the stream to write to.</param>
    public static void Write(string path, Action<FileStream> write)
    {
        // A rename would take the place of a pipe or a device, too.
        if (FileStatus.Of(path) is { Kind: not FileKind.Regular }) throw new IOException($"{path} is no regular file");
        string aside = PathOf(path);
        try
        {
            using (var stream = new FileStream(aside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }

    /// <summary>Writes a text in UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Utf8.GetBytes(text)));
}
