using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>Frames that are there already, to be packed or unpacked.</summary>
public sealed record FramePackingOptions
{
    /// <summary>Lists of the videos; each is written anew, with the new places.</summary>
    public required IReadOnlyList<string> Lists { get; init; }

    /// <summary>What relative paths of the lists are relative to; null: the folder of each list.</summary>
    public string? Root { get; init; }

    /// <summary>Where frames, lists and the report go; made if needed. What is read stays as it is.</summary>
    public required string Output { get; init; }

    /// <summary>Whether ZIP files become folders, instead of folders ZIP files.</summary>
    public bool Unpack { get; init; }

    /// <summary>Videos worked on at a time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether lists that were made from others are replaced.</summary>
    public bool Force { get; init; }
}

/// <summary>What was packed or unpacked.</summary>
/// <param name="Done">Videos of this run.</param>
/// <param name="Skipped">Videos that an earlier run had done.</param>
/// <param name="Failed">Videos that are in no list now, and why.</param>
/// <param name="Lists">The lists that were written.</param>
/// <param name="Report">The report's file.</param>
public sealed record FramePackingResult(int Done, int Skipped, IReadOnlyList<(VideoEntry Video, string Reason)> Failed,
    IReadOnlyList<string> Lists, string Report);

/// <summary>
/// Folders of frames, made by whatever program, ↔ one uncompressed ZIP file a video: frames/NAME.zip, the lists with
/// the new paths, and pack-report.json. Nothing that is read is changed. A second run does what is missing.
/// </summary>
public static class FramePacking
{
    /// <summary>Packs or unpacks the videos of lists.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops; what is done stays for the next run, and no list is written.</param>
    /// <exception cref="BadInputException">A list cannot be read, or something of others is in the way.</exception>
    public static FramePackingResult Run(FramePackingOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        work ??= new WorkContext();
        string name = options.Unpack ? "unpack" : "pack";
        work.RefuseSeveral($"{name}ing of frames");
        if (options.Jobs is < 1 or > 1024) throw new BadInputException($"‹jobs› is {options.Jobs}; give 1 … 1024.");
        if (options.Lists.Count == 0) throw new BadInputException("‹csv_file› is missing: name the lists of videos.");
        VideoList[] lists = [.. options.Lists.Select(file => VideoList.Read(file, options.Root, acrossCuts: true))];
        byte[]? classNames = ClassFile(options, lists).Any() ? Classes(lists[0]) : null;
        OutputFolder.Open(options.Output, "‹out›");
        using IDisposable only = FolderLock.Take(options.Output, ".pack.lock");
        string report = Path.Combine(options.Output, "pack-report.json");
        string[] written =
            [.. lists.Select(list => Path.Combine(options.Output, Path.GetFileName(list.File)))];
        OutputSet files = OutputSet.Claim(
            new Origin($"prepare {name}", [.. lists.Select(list => Source.File("csv_file", list.File))]), report,
            [.. written, .. ClassFile(options, lists)],
            [.. lists.Select(list => new InputFile("‹csv_file›", list.File))], options.Force);

        Dictionary<string, string> places = Places(lists.SelectMany(list => list.Videos), !options.Unpack);
        (int done, var failed) = ConvertAll(places, options, work, stop);
        List<(string Path, byte[] Bytes)> contents =
        [
            .. from pair in lists.Zip(written)
               let rows = Rows(pair.First, places, failed)
               where rows.Length > 0
               select (pair.Second, VideoList.ToBytes(pair.Second, rows)),
        ];
        string[] filled = [.. contents.Select(list => list.Path)];
        foreach (string classes in ClassFile(options, lists))
            contents.Add((classes, classNames!));
        (VideoEntry Video, string Reason)[] faults = [.. lists.SelectMany(list => list.Videos)
            .DistinctBy(video => video.Path).Where(video => failed.ContainsKey(video.Path))
            .Select(video => (video, failed[video.Path]))];
        var result = new FramePackingResult(done, places.Count - done - faults.Length, faults, filled, report);
        files.Write(JsonSerializer.SerializeToNode(new
        {
            result.Done,
            result.Skipped,
            Failed = faults.Select(fault => new { Video = fault.Video.Path, fault.Reason }),
        }, PreparationJson.Options)!.AsObject(), [.. contents]);
        return result;
    }

    private static (int Done, ConcurrentDictionary<string, string> ReasonOfFailed) ConvertAll(
        Dictionary<string, string> places, FramePackingOptions options, WorkContext work, CancellationToken stop)
    {
        string part = options.Unpack ? "unpack" : "pack";
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = stop };
        (string Video, string Target)[] all =
            [.. places.Select(place => (place.Key, Path.Combine(options.Output, place.Value)))];
        int looked = 0, done = 0;
        bool[] before = work.Track("look", all.Length, tell => EarlierWork.Find(all.Length, options.Jobs,
            i => IsDone(all[i].Video, all[i].Target), () => tell(Interlocked.Increment(ref looked), ""), stop));
        (string Video, string Target)[] open = [.. all.Where((_, i) => !before[i])];
        var failed = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        work.Track(part, open.Length, tell => Parallel.ForEach(open, parallel, place =>
        {
            try
            {
                Convert(place.Video, place.Target, !options.Unpack, stop);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException
                or BadInputException)
            {
                failed[place.Video] = VisibleText.Of(e.Message.ReplaceLineEndings(" "));
            }
            int now = Interlocked.Increment(ref done);
            tell(now, $"{now} of {open.Length} videos, {failed.Count} failed");
        }));
        return (open.Length - failed.Count, failed);
    }

    private static VideoRow[] Rows(VideoList list, Dictionary<string, string> places,
        ConcurrentDictionary<string, string> failed) =>
        [.. list.Videos.Where(video => !failed.ContainsKey(video.Path))
            .Select(video => new VideoRow(places[video.Path], video.FrameCount, video.Label))];

    /// <summary>Where each video's frames go, below the output.</summary>
    /// <param name="videos">The videos; one may be there twice.</param>
    /// <param name="packed">Whether they become ZIP files.</param>
    internal static Dictionary<string, string> Places(IEnumerable<VideoEntry> videos, bool packed)
    {
        string[] paths = [.. videos.Select(video => video.Path).Distinct(StringComparer.Ordinal)];
        string common = Path.GetDirectoryName(paths[0]) ?? paths[0];
        foreach (string path in paths)
            while (!SlashPath.IsBelow(common, path) && Path.GetDirectoryName(common) is { } above) common = above;
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(HostSystem.PathComparer);
        foreach (string path in paths)
        {
            string name = SlashPath.IsBelow(common, path) ? SlashPath.Of(Path.GetRelativePath(common, path))
                : Path.GetFileName(path); // on another drive
            if (FrameArchive.Is(path)) name = name[..^FrameArchive.Extension.Length];
            string place = "frames/" + FrameFolder.NameOf(name, packed);
            for (int number = 2; !taken.Add(place); number++)
                place = "frames/" + FrameFolder.NameOf(
                    string.Create(CultureInfo.InvariantCulture, $"{name}~{number}"), packed);
            places.Add(path, place);
        }
        return places;
    }

    /// <summary>Whether an earlier run has done it.</summary>
    /// <exception cref="BadInputException">Something else is in its place.</exception>
    private static bool IsDone(string video, string target)
    {
        if (!OutputSet.IsTaken(target)) return false;
        try
        {
            using FrameStore? frames = FrameStore.Open(video), there = FrameStore.Open(target);
            if (frames is not null && there?.IsSame(frames) == true
                && there.ReadText(CutsFile.Name) == frames.ReadText(CutsFile.Name)) return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // no frames, or none that can be compared
        }
        throw new BadInputException(
            $"{target}: is there already, with other frames than {video}; move it away or choose another ‹out›.");
    }

    private static void Convert(string video, string target, bool pack, CancellationToken stop)
    {
        using FrameStore frames = FrameStore.Open(video)
            ?? throw new FileNotFoundException("there are no frames of that name");
        if (frames.Numbers.Count == 0) throw new InvalidDataException("there is no image_00001.jpg in it");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (pack)
        {
            FramePack.Write(frames, target, FrameFolder.Texts, stop);
            return;
        }
        var folder = new FrameFolder(target);
        folder.DeletePartial();
        try
        {
            FramePack.Extract(frames, folder.PartialPath, FrameFolder.Texts, stop);
            Directory.Move(folder.PartialPath, folder.FinalPath);
        }
        finally
        {
            folder.DeletePartial();
        }
    }

    private static byte[] Classes(VideoList list)
    {
        _ = ClassTitles.ReadLines(ClassesBeside(list)); // or says what is wrong with it
        return File.ReadAllBytes(ClassesBeside(list));
    }

    private static string ClassesBeside(VideoList list) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(list.File))!, "classes.txt");

    /// <summary>Names of classes go with the lists where one file says them for all.</summary>
    private static IEnumerable<string> ClassFile(FramePackingOptions options, VideoList[] lists) =>
        lists.Any(list => list.Videos[0].Label is not null)
        && lists.Select(ClassesBeside).Distinct().Count() == 1 && File.Exists(ClassesBeside(lists[0]))
            ? [Path.Combine(options.Output, "classes.txt")] : [];
}
