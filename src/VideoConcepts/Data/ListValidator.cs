using System.Text.Json.Serialization;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>What to look at in a list.</summary>
public sealed record ListValidationOptions
{
    /// <summary>The list.</summary>
    public required string CsvFile { get; init; }

    /// <summary>A test list, looked at likewise and compared with the first one.</summary>
    public string? TestCsv { get; init; }

    /// <summary>What relative paths are relative to; by default the folder of each list.</summary>
    public string? Root { get; init; }

    /// <summary>Frames of each video to decode, spread over it; null: all.</summary>
    public int? Sample { get; init; }

    /// <summary>Whether clips may reach across cuts: files of cuts beside the frames are not looked at.</summary>
    public bool AcrossCuts { get; init; }

    /// <summary>Videos with fewer frames are too short; two clips of 16 frames need one frame more than 32.</summary>
    public int MinFrames { get; init; } = 33;

    /// <summary>Videos looked at at a time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <exception cref="BadInputException">A value is out of range.</exception>
    public void Validate()
    {
        if (Sample < 0)
            throw new BadInputException(
                $"‹sample› is {Sample}; give 0 or more frames per video, or leave it out to decode all.");
        if (MinFrames < 0) throw new BadInputException($"‹min_frames› is {MinFrames}; give 0 or more.");
        if (Jobs is < 1 or > 1024) throw new BadInputException($"‹jobs› is {Jobs}; give 1 … 1024.");
    }
}

/// <summary>What can be wrong with a list; the last two are no errors.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ListFaultKind>))]
public enum ListFaultKind
{
    /// <summary>A row that cannot be read.</summary>
    MalformedRow,
    /// <summary>A folder of frames that is not there.</summary>
    MissingFolder,
    /// <summary>Another number of frames than the row says.</summary>
    FrameCount,
    /// <summary>A frame that cannot be decoded.</summary>
    UnreadableFrame,
    /// <summary>A file of cuts that cannot be read.</summary>
    UnreadableCuts,
    /// <summary>A video that is in the list twice, under whatever path.</summary>
    Duplicate,
    /// <summary>A video that is in both lists.</summary>
    TrainTestOverlap,

    /// <summary>Training leaves such videos out.</summary>
    TooShort,

    /// <summary>A class without videos, or of the test list alone.</summary>
    ClassCoverage,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Line">Line in the file, from 1; 0: it concerns the list as a whole.</param>
public sealed record ListFault(ListFaultKind Kind, string File, int Line, string Message)
{
    /// <summary>The message with the keys of options, for the command line.</summary>
    internal string Keyed { get; init; } = Message;

    /// <summary>Whether the list cannot be used as it is.</summary>
    public bool IsError => Kind < ListFaultKind.TooShort;
}

/// <summary>What a list holds.</summary>
/// <param name="Classes">Number of different labels; 0 in an unlabelled list.</param>
/// <param name="FramesDecoded">Frames that were decoded to see whether they can be.</param>
public sealed record ListSummary(
    string File,
    int Videos,
    long Frames,
    int Shortest,
    int Longest,
    int Classes,
    int SmallestClass,
    int LargestClass,
    long FramesDecoded);

/// <summary>What was found, faults in the order of kind, file and line.</summary>
public sealed record ListValidation(IReadOnlyList<ListSummary> Lists, IReadOnlyList<ListFault> Faults)
{
    /// <summary>Whether there is no error.</summary>
    public bool IsGood => !Faults.Any(fault => fault.IsError);
}

/// <summary>Looks at a list of videos before a run does: its rows, the folders, the frames.</summary>
public sealed class ListValidator
{
    private readonly ListValidationOptions options;
    private readonly Func<IFrameReader> readerFactory;

    /// <param name="options">What to look at.</param>
    public ListValidator(ListValidationOptions options) : this(options, FrameReaders.Create) { }

    internal ListValidator(ListValidationOptions options, Func<IFrameReader> readerFactory)
    {
        this.options = options;
        this.readerFactory = readerFactory;
    }

    private readonly List<ListFault> _faults = [];

    /// <param name="progress">Told the number of videos looked at, from several threads.</param>
    /// <param name="stop">Stops between two videos.</param>
    /// <param name="comparing">Told the number of videos whose contents were looked at for copies, before.</param>
    /// <exception cref="BadInputException">A list is not there, or holds not one row that can be read.</exception>
    public ListValidation Run(Action<int, int>? progress = null, CancellationToken stop = default,
        Action<int, int>? comparing = null)
    {
        options.Validate();
        _faults.Clear();
        IReadOnlyList<VideoEntry>[] lists =
            [.. ((string?[])[options.CsvFile, options.TestCsv]).OfType<string>().Select(Read)];
        int total = lists.Sum(list => list.Count), done = 0;
        var contents = VideoContents.Of(lists, comparing, stop);
        var summaries = new List<ListSummary>();
        foreach (IReadOnlyList<VideoEntry> list in lists)
        {
            FindDuplicates(list, contents);
            FindEmptyClasses(list);
            long decoded = 0;
            Parallel.ForEach(list,
                new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = stop },
                () => new Inspector(readerFactory),
                (video, _, inspector) =>
                {
                    Interlocked.Add(ref decoded, Inspect(video, inspector));
                    progress?.Invoke(Interlocked.Increment(ref done), total);
                    return inspector;
                },
                inspector => inspector.Dispose());
            summaries.Add(Summary(list, decoded));
        }
        if (lists.Length == 2) Compare(lists[0], lists[1], contents);
        return new ListValidation(summaries,
            [.. _faults.OrderBy(f => f.Kind).ThenBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line)]);
    }

    private IReadOnlyList<VideoEntry> Read(string file) =>
        VideoList.ReadTelling(file, options.Root, requireLabels: false, (line, fault) =>
            Add(ListFaultKind.MalformedRow, file, line, fault.Keyed[$"{file}:{line}: ".Length..])).Videos;

    private int Inspect(VideoEntry video, Inspector inspector)
    {
        int longest = LongestShot(video);
        if (longest < options.MinFrames)
            Add(ListFaultKind.TooShort, video, (longest < video.FrameCount
                ? $"{longest} frames without a cut of {video.FrameCount}" : $"{longest} frames")
                + $", at least {options.MinFrames} are needed");
        if (CountFrames(video) is not { } count) return 0;
        int decoded = 0;
        foreach (int position in Positions(Math.Min(count, video.FrameCount)))
        {
            if (inspector.Fault(video, position) is not { } fault)
            {
                decoded++;
                continue;
            }
            Add(ListFaultKind.UnreadableFrame, video, fault);
            break; // one is enough to know that the video is to be extracted again
        }
        return decoded;
    }

    private int LongestShot(VideoEntry video)
    {
        if (options.AcrossCuts) return video.FrameCount;
        try
        {
            return (video with { Cuts = CutsFile.Read(video.Path) }).Shots.Longest;
        }
        catch (BadInputException fault)
        {
            Add(ListFaultKind.UnreadableCuts, video, fault.Keyed);
            return video.FrameCount;
        }
    }

    private IEnumerable<int> Positions(int frames)
    {
        int wanted = Math.Min(options.Sample ?? frames, frames);
        for (int i = 0; i < wanted; i++)
            yield return wanted == 1 ? frames / 2 : (int)((long)i * (frames - 1) / (wanted - 1));
    }

    /// <summary>How many frames there are; null, and a fault, where they cannot be looked at.</summary>
    private int? CountFrames(VideoEntry video)
    {
        try
        {
            using FrameStore? frames = FrameStore.Open(video.Path);
            if (frames is null)
            {
                Add(ListFaultKind.MissingFolder, video,
                    $"there is no {(FrameArchive.IsNamed(video.Path) ? "file" : "folder")} {video.Path}");
                return null;
            }
            int count = frames.Numbers.Count, last = frames.Numbers.LastOrDefault();
            if (count != video.FrameCount)
                Add(ListFaultKind.FrameCount, video,
                    $"the list says {video.FrameCount} frames, {video.Path} holds {count}");
            else if (last != count)
                Add(ListFaultKind.FrameCount, video,
                    $"{video.Path} holds {count} frames and the last is number {last}; some number is missing");
            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Add(ListFaultKind.UnreadableFrame, video,
                $"{video.Path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            return null;
        }
    }

    private void FindDuplicates(IReadOnlyList<VideoEntry> list, VideoContents contents)
    {
        var first = new Dictionary<string, VideoEntry>(StringComparer.Ordinal);
        foreach (VideoEntry video in list)
        {
            if (first.TryAdd(contents.Of(video), video)) continue;
            VideoEntry before = first[contents.Of(video)];
            string what = before.Path == video.Path ? $"{video.Path} is in line {before.Line} already"
                : $"{video.Path} holds the same video as line {before.Line}, {before.Path}";
            Add(ListFaultKind.Duplicate, video, before.Label == video.Label ? what
                : $"{what}, with label {before.Label} instead of {video.Label}");
        }
    }

    private void FindEmptyClasses(IReadOnlyList<VideoEntry> list)
    {
        if (list[0].Label is null) return;
        var present = list.Select(video => video.Label!.Value).ToHashSet();
        int[] absent = [.. Enumerable.Range(0, present.Max() + 1).Where(label => !present.Contains(label))];
        if (absent.Length > 0)
            Add(ListFaultKind.ClassCoverage, list[0].ListFile, 0,
                $"{absent.Length} of {present.Max() + 1} classes have no video: {Some(absent)}");
    }

    private void Compare(IReadOnlyList<VideoEntry> train, IReadOnlyList<VideoEntry> test, VideoContents contents)
    {
        Dictionary<string, VideoEntry> trained = train.DistinctBy(contents.Of).ToDictionary(contents.Of);
        foreach (VideoEntry video in test)
            if (trained.TryGetValue(contents.Of(video), out VideoEntry? same))
                Add(ListFaultKind.TrainTestOverlap, video, same.Path == video.Path
                    ? $"{video.Path} is in {same.Origin} too"
                    : $"{video.Path} holds the same video as {same.Origin}, {same.Path}");
        if (train[0].Label is null || test[0].Label is null) return;
        int[] unknown = [.. test.Select(video => video.Label!.Value).Distinct()
            .Except(train.Select(video => video.Label!.Value)).Order()];
        if (unknown.Length > 0)
            Add(ListFaultKind.ClassCoverage, test[0].ListFile, 0,
                $"{unknown.Length} classes have no video in {train[0].ListFile}: {Some(unknown)}");
    }

    private static ListSummary Summary(IReadOnlyList<VideoEntry> list, long decoded)
    {
        int[] classes = list[0].Label is null ? []
            : [.. list.CountBy(video => video.Label!.Value).Select(c => c.Value)];
        return new ListSummary(
            list[0].ListFile,
            list.Count,
            list.Sum(video => (long)video.FrameCount),
            list.Min(video => video.FrameCount),
            list.Max(video => video.FrameCount),
            classes.Length,
            classes.DefaultIfEmpty().Min(),
            classes.DefaultIfEmpty().Max(),
            decoded);
    }

    private static string Some(int[] numbers) =>
        string.Join(", ", numbers.Take(10)) + (numbers.Length > 10 ? " …" : "");

    private void Add(ListFaultKind kind, VideoEntry video, string message) =>
        Add(kind, video.ListFile, video.Line, message);

    private void Add(ListFaultKind kind, string file, int line, string message)
    {
        lock (_faults)
        {
            _faults.Add(new ListFault(kind, file, line, OptionKeys.AsProperties(message)) { Keyed = message });
        }
    }

    /// <summary>A reader and a picture for one thread.</summary>
    private sealed class Inspector(Func<IFrameReader> factory) : IDisposable
    {
        private readonly IFrameReader _reader = factory();
        private readonly FrameImage _image = new();

        /// <summary>Why a frame cannot be read, or null.</summary>
        public string? Fault(VideoEntry video, int position)
        {
            try
            {
                _reader.Read(video, position, _image);
                return null;
            }
            catch (BadInputException e)
            {
                return e.Message;
            }
        }

        public void Dispose() => _reader.Dispose();
    }
}
