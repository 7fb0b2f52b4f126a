using System.IO.Compression;
using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>A folder of frames ↔ one ZIP file of the same files, uncompressed, for <see cref="FrameArchive"/>.
/// </summary>
internal static class FramePack
{
    // The earliest that a ZIP can hold: the same frames give the same bytes, whenever they are packed.
    private static readonly DateTimeOffset s_noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs frames; the file appears complete or not at all.</summary>
    /// <param name="frames">Those of a folder, or of another ZIP.</param>
    /// <param name="file">The ZIP, which is replaced.</param>
    /// <param name="texts">Names of texts beside the frames that are packed too, those of them that are there.</param>
    /// <param name="stop">Stops between two frames.</param>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public static void Write(FrameStore frames, string file, IReadOnlyList<string> texts,
        CancellationToken stop = default) =>
        AsideFile.Write(file, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (int number in frames.Numbers)
            {
                stop.ThrowIfCancellationRequested();
                Add(zip, FrameFile.NameOf(number), frames.Read(number));
            }
            List<string> names = [.. frames.Numbers.Select(FrameFile.NameOf)];
            foreach (string name in texts)
            {
                if (frames.ReadText(name) is not { } text) continue;
                Add(zip, name, Encoding.UTF8.GetBytes(text));
                names.Add(name);
            }
            if (!names.Contains(CutsFile.Name)) zip.Comment = NoCuts.Comment(names);
        });

    /// <summary>Writes frames into a folder, which is made.</summary>
    /// <param name="frames">Those of a ZIP, or of another folder.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="texts">Names of texts beside the frames that are written too.</param>
    /// <param name="stop">Stops between two frames.</param>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public static void Extract(FrameStore frames, string folder, IReadOnlyList<string> texts,
        CancellationToken stop = default)
    {
        Directory.CreateDirectory(folder);
        foreach (int number in frames.Numbers)
        {
            stop.ThrowIfCancellationRequested();
            File.WriteAllBytes(FrameFile.PathOf(folder, number), frames.Read(number));
        }
        foreach (string name in texts)
            if (frames.ReadText(name) is { } text) File.WriteAllText(Path.Combine(folder, name), text);
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = s_noTime;
        using Stream stream = entry.Open();
        stream.Write(bytes);
    }
}
