using System.Globalization;
using System.Text.Json;
using VideoConcepts.Data.Synthetic;

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
        if (SyntheticDataset.IsFinished(files.Folder, files.Options, files.Unfinished, description)) return files;
        Directory.CreateDirectory(files.Folder);
        File.WriteAllText(files.Unfinished, description);
        WorldVideo[] videos = [.. Enumerable.Range(0, options.Videos).Select(i => WorldVideo.Draw(options, i))];
        SyntheticDataset.ForEach(videos.Length, i => Write(files.Folder, videos[i], options), jobs, progress,
            cancellation);
        SyntheticLists.WriteLines(files.List, videos.Select(video => $"{video.RelativePath},{video.Frames}"));
        SyntheticLists.WriteLines(files.Factors, videos.Select(Factors).Prepend(
            "path,frames,camera,things,motion,radius,speed,noise,quality,grey"));
        File.Move(files.Unfinished, files.Options);
        return files;
    }

    private static void Write(string root, WorldVideo video, WorldOptions options)
    {
        string folder = Path.Combine(root, video.RelativePath);
        if (File.Exists(SyntheticVideo.FrameOf(folder, video.Frames - 1))) return; // it was drawn before a stop
        using var renderer = new WorldRenderer(video, options);
        SyntheticVideo.WriteFrames(folder, video.Frames, renderer.Render, video.Camera.Quality);
    }

    private static string Factors(WorldVideo video)
    {
        WorldMotion? first = video.Motions.Count > 0 ? video.Motions[0] : null;
        return string.Create(CultureInfo.InvariantCulture, $"{video.RelativePath},{video.Frames},{video.Camera.Kind},"
            + $"{video.Motions.Count},{first?.Kind ?? WorldMotionKind.Still},{first?.Radius ?? 0:0.####},"
            + $"{first?.Speed ?? 0:0.#####},{video.Camera.Noise:0.####},{video.Camera.Quality},{(video.Grey ? 1 : 0)}");
    }
}
