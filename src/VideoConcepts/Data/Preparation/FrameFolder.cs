using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// A folder with the frames of one video. It is filled under another name and renamed when everything in it is right,
/// so a folder with its own name is a finished one; the record in it says from what and how it was made.
/// </summary>
internal sealed partial class FrameFolder(string path)
{
    /// <summary>A name that ends so belongs to unfinished work.</summary>
    public const string PartialSuffix = ".partial-extraction";

    private const string RecordName = "frames.json";

    // Changes when the same options would give other pictures; all folders are then made anew.
    private const int RecipeVersion = 1;

    public string FinalPath { get; } = Path.GetFullPath(path);

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
        return record == expected && CountFrames(FinalPath) == record.Frames
            ? new ExtractionOutcome(ExtractionStatus.Skipped, record.Frames, record.Width, record.Height, null)
            {
                Cuts = CountCuts() ?? record.Cuts?.Count ?? 0,
                CutsUnknown = record.Cuts is null && !File.Exists(Path.Combine(FinalPath, CutsFile.Name)),
            }
            : null;
    }

    /// <summary>
    /// A file or folder here that preparation did not make, or null: in a folder without its record nothing is its own.
    /// </summary>
    public string? ForeignEntry()
    {
        if (OutputSet.IsTaken(FinalPath) && !Directory.Exists(FinalPath)) return FinalPath;
        if (!Directory.Exists(FinalPath) || ReadRecord() is { Version: > 0, Video: not null }
            || IsBlank(Path.Combine(FinalPath, RecordName))) return null;
        return Directory.EnumerateFileSystemEntries(FinalPath).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>Whether the frames are those of the video as it is now.</summary>
    private bool IsOf(Record record, RawFile video)
    {
        if (video.Status is not { Kind: FileKind.Regular } now
            || (record.Video, record.VideoBytes) != (video.Name, now.Length)) return false;
        // Of an earlier version: nothing is known of the contents but that they are older than their frames.
        if (record.VideoChanged is null)
            return now.Modified <= File.GetLastWriteTimeUtc(Path.Combine(FinalPath, RecordName));
        // A copied dataset has new times, and is not to be extracted again for nothing.
        return record.VideoChanged == now.Modified || record.VideoSample == VideoSample.Of(video);
    }

    /// <summary>Makes room: unfinished work and frames of other options or of another video go.</summary>
    /// <exception cref="IOException">The folder holds files that preparation did not write.</exception>
    public void Clear()
    {
        DeletePartial();
        if (!Directory.Exists(FinalPath)) return;
        string? foreign = Directory.EnumerateFileSystemEntries(FinalPath)
            .Select(Path.GetFileName)
            .FirstOrDefault(name => name != RecordName && !IsOwnCuts(name!) && !FrameName().IsMatch(name!));
        foreign ??= Path.GetFileName(ForeignEntry());
        if (foreign is not null)
            throw new IOException(
                $"{FinalPath} holds {foreign}, which prepare did not make; move it or choose another ‹out›");
        Directory.Delete(FinalPath, recursive: true);
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
        && ReadRecord()?.Cuts is { } cuts && File.ReadAllText(Path.Combine(FinalPath, name)) == CutsFile.Text(cuts);

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
        int framesReported)
    {
        int frames = CountFrames(PartialPath);
        if (frames != framesReported)
            throw new InvalidDataException($"ffmpeg reported {framesReported} frames and {frames} are there");
        for (int i = 1; i <= frames; i++)
        {
            string name = NameOf(i);
            if (!JpegFile.IsComplete(Path.Combine(PartialPath, name)))
                throw new InvalidDataException($"{name} was not written in full; is the disk full?");
        }
        IReadOnlyList<int>? cuts = CutDetection.TakeLogs(PartialPath, frames);
        if (cuts is not null) CutsFile.Write(PartialPath, cuts);
        (int width, int height) = JpegFile.ReadSize(Path.Combine(PartialPath, NameOf(1)));
        var record = new Record(
            RecipeVersion, video.Name, before.Length, options.ShortSide, options.JpegQuality, frames, width, height,
                ffmpegVersion,
            options.FpsLimit, before.Modified, VideoSample.Of(video), cuts);
        if (video.Status != before)
            throw new InvalidDataException(
                "the video changed while its frames were taken; start again when it is finished");
        File.WriteAllText(Path.Combine(PartialPath, RecordName),
            JsonSerializer.Serialize(record, PreparationJson.Options) + "\n");
        Directory.Move(PartialPath, FinalPath);
        return new ExtractionOutcome(ExtractionStatus.Done, frames, width, height, null)
        { Cuts = cuts?.Count ?? 0, CutsUnknown = cuts is null };
    }

    private static string NameOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"image_{number:D5}.jpg");

    private static int CountFrames(string folder) =>
        Directory.EnumerateFiles(folder).Count(file => FrameName().IsMatch(Path.GetFileName(file)));

    // What a loss of power can make of a record: a file of the right length, or of none, without its content.
    private static bool IsBlank(string file) => File.Exists(file) && File.ReadAllBytes(file).All(b => b == 0);

    private Record? ReadRecord()
    {
        string file = Path.Combine(FinalPath, RecordName);
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize<Record>(File.ReadAllText(file), PreparationJson.Options) : null;
        }
        catch (JsonException)
        {
            return null; // not ours or damaged: the video is done anew
        }
    }

    [GeneratedRegex(@"^image_\d{5,}\.jpg$")]
    private static partial Regex FrameName();

    /// <summary>
    /// The video is known by name, length, time of change and, where that differs, by its contents. These two and the
    /// cuts, positions from 0, are not in the records of earlier versions.
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
        IReadOnlyList<int>? Cuts = null);
}
