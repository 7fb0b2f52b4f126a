using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// The frames of one video, in a folder or packed in a ZIP file. A folder is filled under another name and renamed, or
/// packed, when everything in it is right, so what has its own name is finished; the record in it says from what and
/// how it was made.
/// </summary>
/// <param name="path">The folder; a ZIP has the same name with an ending.</param>
/// <param name="packed">Whether it is a ZIP.</param>
internal sealed partial class FrameFolder(string path, bool packed = false)
{
    /// <summary>A name that ends so belongs to unfinished work.</summary>
    public const string PartialSuffix = ".partial-extraction";

    private const string RecordName = "frames.json";

    // Changes when all pictures would be others: all are then made anew. What only some videos are treated with stands
    // in their own records.
    private const int RecipeVersion = 1;

    /// <summary>Names of the texts beside the frames.</summary>
    public static IReadOnlyList<string> Texts { get; } = [CutsFile.Name, RecordName];

    public string FinalPath { get; } = Path.GetFullPath(NameOf(path, packed));

    /// <summary>Path of a video's frames.</summary>
    /// <param name="path">Of their folder.</param>
    /// <param name="packed">Whether they are in a ZIP.</param>
    public static string NameOf(string path, bool packed)
    {
        if (!packed) return path;
        int name = path.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1;
        return path[..name] + FileNames.Shortened(path[name..], FileNames.LongestName - FrameArchive.Extension.Length)
            + FrameArchive.Extension;
    }

    /// <summary>Beside it; of a long name its beginning and a hash.</summary>
    public string PartialPath { get; } = Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path))!,
        FileNames.Shortened(Path.GetFileName(Path.GetFullPath(path)), FileNames.LongestName - PartialSuffix.Length)
            + PartialSuffix);

    /// <summary>The finished work of an earlier run, if it fits the video and the options.</summary>
    public ExtractionOutcome? FindFinished(RawFile video, FrameOptions options)
    {
        Record? record = ReadRecord();
        if (record is null || !IsOf(record, video)) return null;
        Record expected = record with
        {
            Version = RecipeVersion,
            ShortSide = options.ShortSide,
            JpegQuality = options.JpegQuality,
            FpsLimit = options.FpsLimit,
        };
        // One frame is a video's only where a limit left it.
        return record == expected && CountFrames() == record.Frames
            && (record.Frames > 1 || options.FpsLimit is not null) && VideoColours.IsCurrent(record.Colours)
            && (record.Damaged ?? 0) <= (options.Tolerate * record.Frames) + 1e-9
            ? new ExtractionOutcome(ExtractionStatus.Skipped, record.Frames, record.Width, record.Height, null)
            {
                Damaged = record.Damaged ?? 0,
                Filled = record.Filled ?? 0,
                Cuts = CountCuts() ?? record.Cuts?.Count ?? 0,
                CutsUnknown = record.Cuts is null && ReadText(CutsFile.Name) is null,
            }
            : null;
    }

    /// <summary>
    /// A file or folder here that preparation did not make, or null: in a folder without its record nothing is its own.
    /// </summary>
    public string? ForeignEntry()
    {
        if (OutputSet.IsTaken(FinalPath) && !IsThere) return FinalPath;
        if (!IsThere || ReadRecord() is { Version: > 0, Video: not null }) return null;
        if (packed) return IsBlank(FinalPath) ? null : FinalPath;
        if (IsBlank(Path.Combine(FinalPath, RecordName))) return null;
        return Directory.EnumerateFileSystemEntries(FinalPath).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>Whether the frames are those of the video as it is now.</summary>
    private bool IsOf(Record record, RawFile video)
    {
        if (video.Status is not { Kind: FileKind.Regular } now
            || (record.Video, record.VideoBytes) != (video.Name, now.Length)) return false;
        // Of an earlier version: nothing is known of the contents but that they are older than their frames.
        if (record.VideoChanged is null)
            return !packed && now.Modified <= File.GetLastWriteTimeUtc(Path.Combine(FinalPath, RecordName));
        // A copied dataset has new times, and is not to be extracted again for nothing.
        return record.VideoChanged == now.Modified || record.VideoSample == VideoSample.Of(video);
    }

    /// <summary>Makes room: unfinished work and frames of other options or of another video go.</summary>
    /// <exception cref="IOException">The folder holds files that preparation did not write.</exception>
    public void Clear()
    {
        DeletePartial();
        if (!IsThere) return;
        if (FirstForeign() is { } foreign)
            throw new IOException(packed && foreign == Path.GetFileName(FinalPath)
                ? $"prepare did not make {FinalPath}; move it or choose another ‹out›"
                : $"{FinalPath} holds {foreign}, which prepare did not make; move it or choose another ‹out›");
        if (packed) File.Delete(FinalPath);
        else Directory.Delete(FinalPath, recursive: true);
    }

    /// <summary>Name of something in what is there that preparation did not write, or null.</summary>
    private string? FirstForeign() => Entries().FirstOrDefault(name =>
        name != RecordName && !IsOwnCuts(name) && FrameFile.NumberOf(Encoding.UTF8.GetBytes(name)) is null)
        ?? Path.GetFileName(ForeignEntry());

    private IEnumerable<string> Entries()
    {
        if (!packed) return Directory.EnumerateFileSystemEntries(FinalPath).Select(path => Path.GetFileName(path));
        if (ForeignEntry() is not null || ReadRecord() is null) return [];
        using FrameArchive archive = FrameArchive.Open(FinalPath);
        return archive.Others;
    }

    // Also of a file that was written by hand; null of one that is no list of cuts, which training will name.
    private int? CountCuts()
    {
        try
        {
            return CutsFile.Read(FinalPath).Length;
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    // Not one that was written or changed by hand.
    private bool IsOwnCuts(string name) => name == CutsFile.Name
        && ReadRecord()?.Cuts is { } cuts && ReadText(name) == CutsFile.Text(cuts);

    /// <summary>
    /// Packs what an earlier run left as a folder, or unpacks its ZIP, instead of decoding the video again; then
    /// removes that.
    /// </summary>
    /// <returns>Null where there is nothing that fits.</returns>
    public ExtractionOutcome? TakeOver(RawFile video, FrameOptions options, CancellationToken stop)
    {
        var other = new FrameFolder(path, !packed);
        if (!other.IsThere || other.FirstForeign() is not null
            || other.FindFinished(video, options) is not { } found) return null;
        using (FrameStore frames = FrameStore.Open(other.FinalPath)!)
        {
            if (packed)
            {
                FramePack.Write(frames, FinalPath, Texts, stop);
            }
            else
            {
                FramePack.Extract(frames, PartialPath, Texts, stop);
                Directory.Move(PartialPath, FinalPath);
            }
        }
        other.Clear();
        return found with { Status = ExtractionStatus.Done };
    }

    /// <summary>
    /// Removes what a run that was killed left beside finished frames: what they were packed from, or the other form.
    /// </summary>
    public void Tidy(RawFile video, FrameOptions options)
    {
        DeletePartial();
        File.Delete(AsideFile.PathOf(NameOf(Path.GetFullPath(path), packed: true)));
        var other = new FrameFolder(path, !packed);
        if (other.IsThere && other.FirstForeign() is null && other.FindFinished(video, options) is not null)
            other.Clear();
    }

    /// <summary>
    /// An ffmpeg whose parent was killed writes on until its next progress report, half a second: that is waited for.
    /// </summary>
    public void DeletePartial()
    {
        for (int attempt = 1; Directory.Exists(PartialPath); attempt++)
        {
            try
            {
                Directory.Delete(PartialPath, recursive: true);
            }
            catch (IOException) when (attempt < 40)
            {
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>Checks every frame of the partial folder, writes the record and gives the folder its name.</summary>
    /// <exception cref="InvalidDataException">The frames are not what ffmpeg said it wrote.</exception>
    public ExtractionOutcome Finish(RawFile video, FileStatus before, FrameOptions options, string ffmpegVersion,
        int framesReported, FrameTreatment treatment)
    {
        int frames = CountFiles(PartialPath);
        if (frames != framesReported)
            throw new InvalidDataException($"ffmpeg reported {framesReported} frames and {frames} are there");
        for (int i = 1; i <= frames; i++)
        {
            string name = FrameFile.NameOf(i);
            if (!JpegFile.IsComplete(Path.Combine(PartialPath, name)))
                throw new InvalidDataException($"{name} was not written in full; is the disk full?");
        }
        IReadOnlyList<int>? cuts = CutDetection.TakeLogs(PartialPath, frames);
        if (cuts is not null) CutsFile.Write(PartialPath, cuts);
        (int width, int height) = JpegFile.ReadSize(FrameFile.PathOf(PartialPath, 1));
        var record = new Record(
            RecipeVersion, video.Name, before.Length, options.ShortSide, options.JpegQuality, frames, width, height,
                ffmpegVersion,
            options.FpsLimit, before.Modified, VideoSample.Of(video), cuts, treatment.Colours,
            treatment.Damaged > 0 ? options.Tolerate : null, treatment.Damaged > 0 ? treatment.Damaged : null,
            treatment.Damaged > 0 ? treatment.Filled : null);
        if (video.Status != before)
            throw new InvalidDataException(
                "the video changed while its frames were taken; start again when it is finished");
        File.WriteAllText(Path.Combine(PartialPath, RecordName),
            JsonSerializer.Serialize(record, PreparationJson.Options) + "\n");
        using (FrameStore made = FrameStore.Open(PartialPath)!)
            if (packed) FramePack.Write(made, FinalPath, Texts);
        if (!packed) Directory.Move(PartialPath, FinalPath);
        return new ExtractionOutcome(ExtractionStatus.Done, frames, width, height, null)
        {
            Cuts = cuts?.Count ?? 0,
            CutsUnknown = cuts is null,
            Damaged = treatment.Damaged,
            Filled = treatment.Filled,
        };
    }

    private bool IsThere => packed ? FileStatus.Of(FinalPath) is { Kind: FileKind.Regular }
        : Directory.Exists(FinalPath);

    private int CountFrames()
    {
        if (!packed) return CountFiles(FinalPath);
        using FrameArchive archive = FrameArchive.Open(FinalPath);
        return archive.Count;
    }

    private static int CountFiles(string folder) =>
        Directory.EnumerateFiles(folder).Count(file => FrameName().IsMatch(Path.GetFileName(file)));

    // What a loss of power can make of a file: one of the right length, or of none, without its content.
    private static bool IsBlank(string file)
    {
        if (!File.Exists(file)) return false;
        using FileStream stream = File.OpenRead(file);
        var piece = new byte[1 << 16];
        for (int read = stream.Read(piece); read > 0; read = stream.Read(piece))
            if (piece.AsSpan(0, read).ContainsAnyExcept((byte)0)) return false;
        return true;
    }

    private Record? ReadRecord()
    {
        try
        {
            return ReadText(RecordName) is { } text
                ? JsonSerializer.Deserialize<Record>(text, PreparationJson.Options) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return null; // not ours or damaged: the video is done anew
        }
    }

    private string? ReadText(string name)
    {
        if (packed) return IsThere ? FrameArchive.ReadText(FinalPath, name) : null;
        string file = Path.Combine(FinalPath, name);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }

    [GeneratedRegex(@"^image_\d{5,}\.jpg$")]
    private static partial Regex FrameName();

    /// <summary>
    /// The video is known by name, length, time of change and, where that differs, by its contents. These two and the
    /// cuts, positions from 0, are not in the records of earlier versions. Colours: what was done beyond what the
    /// video says of them, if anything. What was tolerated stands there only where there is damage.
    /// </summary>
    private sealed record Record(
        int Version,
        string Video,
        long VideoBytes,
        int ShortSide,
        int JpegQuality,
        int Frames,
        int Width,
        int Height,
        string Ffmpeg,
        double? FpsLimit = null,
        DateTime? VideoChanged = null,
        string? VideoSample = null,
        IReadOnlyList<int>? Cuts = null,
        string? Colours = null,
        double? Tolerated = null,
        int? Damaged = null,
        int? Filled = null);
}

/// <summary>What was done to frames beyond taking them as the video says.</summary>
/// <param name="Colours">As <see cref="VideoColours.Treatment"/> has it.</param>
/// <param name="Damaged">Frames that were decoded with errors or not at all.</param>
/// <param name="Filled">Those of them that are copies of a frame beside them.</param>
internal sealed record FrameTreatment(string? Colours, int Damaged = 0, int Filled = 0);
