using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using SkiaSharp;

namespace VideoConcepts.Data.World;

/// <summary>Where the parts of a procedural world lie.</summary>
/// <param name="Folder">Its folder.</param>
public sealed record WorldFiles(string Folder)
{
    /// <summary>The unlabelled list: path,frames.</summary>
    public string List => Path.Combine(Folder, "world.csv");

    /// <summary>Camera, light, noise and the motion of the largest thing, a row per video, with a header.</summary>
    public string Factors => Path.Combine(Folder, "factors.csv");

    /// <summary>The options; written last.</summary>
    public string Options => Path.Combine(Folder, "world.json");

    /// <summary>The options of a world that is not finished.</summary>
    internal string Unfinished => Path.Combine(Folder, "world.unfinished.json");
}

/// <summary>
/// Videos to begin from: drawn surfaces, things and cameras, no two alike, with speeds over two orders, noise and
/// coding like those of real cameras. No class is behind them.
/// </summary>
public static class WorldDataset
{
    // Raise it when the same options no longer give the same files.
    private const int Version = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>
    /// Writes the videos, the same files for any number of threads. A folder that holds them already is left as it is;
    /// one in which the same was interrupted is completed.
    /// </summary>
    /// <param name="folder">A new or empty folder, or one that was made with the same options.</param>
    /// <param name="options">What to draw.</param>
    /// <param name="jobs">Number of threads.</param>
    /// <param name="progress">Gets the number of videos done so far.</param>
    /// <param name="cancellation">Stops; the next call completes it.</param>
    /// <exception cref="BadInputException">An option is out of range, or the folder holds something else.</exception>
    public static WorldFiles Generate(string folder, WorldOptions options, int jobs, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        options.Validate();
        if (jobs < 1) throw new BadInputException($"‹jobs› {jobs}: must be at least 1.");
        var files = new WorldFiles(Path.GetFullPath(folder));
        string description = JsonSerializer.Serialize(new { version = Version, options }, Indented) + "\n";
        if (IsFinished(files, description)) return files;
        Directory.CreateDirectory(files.Folder);
        File.WriteAllText(files.Unfinished, description);
        WorldVideo[] videos = [.. Enumerable.Range(0, options.Videos).Select(i => WorldVideo.Draw(options, i))];
        Write(files.Folder, videos, options, jobs, progress, cancellation);
        WriteLines(files.List, videos.Select(video => $"{video.RelativePath},{video.Frames}"));
        WriteLines(files.Factors, videos.Select(Factors).Prepend(
            "path,frames,camera,things,motion,radius,speed,noise,quality,grey"));
        File.Move(files.Unfinished, files.Options);
        return files;
    }

    private static void Write(string folder, WorldVideo[] videos, WorldOptions options, int jobs,
        IProgress<int>? progress, CancellationToken cancellation)
    {
        var counting = new Lock();
        int done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        try
        {
            Parallel.ForEach(videos, parallel, video =>
            {
                Write(folder, video, options);
                lock (counting) progress?.Report(++done);
            });
        }
        catch (AggregateException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }
    }

    private static void Write(string root, WorldVideo video, WorldOptions options)
    {
        string folder = Path.Combine(root, video.RelativePath), last = Frame(folder, video.Frames - 1);
        // frames are written in order, the last one aside: of a video that has it nothing is missing
        if (File.Exists(last)) return;
        Directory.CreateDirectory(folder);
        var encoding = new SKJpegEncoderOptions(video.Camera.Quality, SKJpegEncoderDownsample.Downsample420,
            SKJpegEncoderAlphaOption.Ignore);
        using var renderer = new WorldRenderer(video, options);
        for (int frame = 0; frame < video.Frames; frame++)
        {
            using SKPixmap pixels = renderer.Render(frame).PeekPixels();
            using SKData jpeg = pixels.Encode(encoding)
                ?? throw new InvalidOperationException("JPEG encoding failed.");
            string file = Frame(folder, frame), aside = file == last ? last + ".part" : file;
            File.WriteAllBytes(aside, jpeg.AsSpan());
            if (aside != file) File.Move(aside, file);
        }
    }

    private static string Frame(string folder, int index) => Path.Combine(folder, $"image_{index + 1:D5}.jpg");

    private static string Factors(WorldVideo video)
    {
        WorldMotion? first = video.Motions.Count > 0 ? video.Motions[0] : null;
        return string.Create(CultureInfo.InvariantCulture, $"{video.RelativePath},{video.Frames},{video.Camera.Kind},"
            + $"{video.Motions.Count},{first?.Kind ?? WorldMotionKind.Still},{first?.Radius ?? 0:0.####},"
            + $"{first?.Speed ?? 0:0.#####},{video.Camera.Noise:0.####},{video.Camera.Quality},{(video.Grey ? 1 : 0)}");
    }

    private static bool IsFinished(WorldFiles files, string description)
    {
        if (!Directory.Exists(files.Folder)) return false;
        if (File.Exists(files.Options))
        {
            if (File.ReadAllText(files.Options) == description) return true;
            throw new BadInputException(
                $"{files.Folder} holds videos of other options (see {files.Options}); name another folder.");
        }
        bool resumable = File.Exists(files.Unfinished) && File.ReadAllText(files.Unfinished) == description;
        if (!resumable && Directory.EnumerateFileSystemEntries(files.Folder).Any())
            throw new BadInputException($"{files.Folder} is not empty; name a new folder for the videos.");
        return false;
    }

    private static void WriteLines(string file, IEnumerable<string> lines)
    {
        using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (string line in lines) writer.WriteLine(line);
    }
}
