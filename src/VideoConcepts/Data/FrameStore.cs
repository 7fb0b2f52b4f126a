using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// The frame files of a video, to be looked at as files: those of a folder, or those inside a ZIP. Pictures are read by
/// <see cref="IFrameReader"/>.
/// </summary>
internal abstract class FrameStore : IDisposable
{
    /// <summary>Numbers of the frames, from 1, rising.</summary>
    public abstract IReadOnlyList<int> Numbers { get; }

    /// <summary>What a row of a list names; null if nothing is there.</summary>
    /// <param name="path">A folder or a ZIP file.</param>
    /// <exception cref="InvalidDataException">It is no ZIP of frames; the message has no path.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FrameStore? Open(string path) => FrameArchive.Is(path) ? new InArchive(FrameArchive.Open(path))
        : Directory.Exists(path) ? new InFolder(path) : null;

    /// <summary>Bytes of a frame's file; null if it is no regular file.</summary>
    public abstract long? LengthOf(int number);

    /// <summary>The bytes of a frame's file.</summary>
    public abstract byte[] Read(int number);

    /// <summary>A text beside the frames, such as cuts.txt; null without it.</summary>
    public abstract string? ReadText(string name);

    /// <summary>Whether another one holds the same frames: as many, of the same lengths, and three of the same bytes.
    /// </summary>
    public bool IsSame(FrameStore other)
    {
        if (!Numbers.SequenceEqual(other.Numbers) || Numbers.Any(n => LengthOf(n) != other.LengthOf(n))) return false;
        return Numbers.Count == 0 || ((int[])[Numbers[0], Numbers[Numbers.Count / 2], Numbers[^1]])
            .All(number => Read(number).AsSpan().SequenceEqual(other.Read(number)));
    }

    public virtual void Dispose()
    {
    }

    private sealed class InFolder(string folder) : FrameStore
    {
        public override IReadOnlyList<int> Numbers { get; } =
            [.. Directory.EnumerateFiles(folder)
                .Select(file => FrameFile.NumberOf(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(file))))
                .OfType<int>().Order()];

        public override long? LengthOf(int number) =>
            FileStatus.Of(FrameFile.PathOf(folder, number)) is { Kind: FileKind.Regular } file ? file.Length : null;

        public override byte[] Read(int number)
        {
            string path = FrameFile.PathOf(folder, number);
            ReadableFile.Check(path);
            return File.ReadAllBytes(path);
        }

        public override string? ReadText(string name)
        {
            string path = Path.Combine(folder, name);
            return FileStatus.Of(path) is { Kind: FileKind.Regular } ? File.ReadAllText(path) : null;
        }
    }

    private sealed class InArchive(FrameArchive archive) : FrameStore
    {
        public override IReadOnlyList<int> Numbers => archive.Numbers;

        public override long? LengthOf(int number) => archive.LengthOf(number);

        public override byte[] Read(int number)
        {
            byte[] buffer = [];
            return archive.Read(number, ref buffer).ToArray();
        }

        public override string? ReadText(string name) => archive.ReadText(name);

        public override void Dispose() => archive.Dispose();
    }
}
