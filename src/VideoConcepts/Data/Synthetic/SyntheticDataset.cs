using System.Runtime.ExceptionServices;
using System.Text.Json;
using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// Videos with two known, independent factors: what is seen (<see cref="AppearanceClass"/>) and how it moves
/// (<see cref="MotionClass"/>). Everything else is drawn at random and tells nothing about either.
/// </summary>
public static class SyntheticDataset
{
    // Raise it when the same options no longer give the same files.
    private const int Version = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>
    /// Writes the data set, the same files for any number of threads. A folder that holds it already is left as it
    /// is; one in which the same generation was interrupted is completed.
    /// </summary>
    /// <param name="folder">A new or empty folder, or one that was generated with the same options.</param>
    /// <param name="options">What to generate.</param>
    /// <param name="jobs">Number of threads.</param>
    /// <param name="progress">Gets the number of videos done so far, of TrainVideos + TestVideos.</param>
    /// <param name="cancellation">Stops the generation; the next call completes it.</param>
    /// <exception cref="BadInputException">An option is out of range, or the folder holds something else.</exception>
    public static SyntheticFiles Generate(
        string folder, SyntheticOptions options, int jobs, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        options.Validate();
        if (jobs < 1) throw new BadInputException($"Synthetic videos: jobs is {jobs}; it must be at least 1.");
        var files = new SyntheticFiles(Path.GetFullPath(folder));
        string description = JsonSerializer.Serialize(new { version = Version, options }, Indented) + "\n";
        if (IsFinished(files, description)) return files;

        Directory.CreateDirectory(files.Folder);
        File.WriteAllText(files.UnfinishedOptions, description);
        var train = Shuffled(DrawTrain(options), RandomStream.For(options.Seed, Streams.TrainOrder));
        var test = Shuffled(DrawTest(options), RandomStream.For(options.Seed, Streams.TestOrder));
        SyntheticVideo[] videos = [.. train, .. test];
        var boxes = WriteVideos(files.Folder, videos, options, jobs, progress, cancellation);
        // The first videos, not the first rows: they hold every class equally often.
        var labelled = train.Where(video => video.Index < options.LabelledCount).ToArray();
        SyntheticLists.Write(files, train, labelled, test);
        SyntheticLists.WriteBoxes(files.Boxes, videos.Zip(boxes));
        File.Move(files.UnfinishedOptions, files.Options);
        return files;
    }

    /// <summary>The training videos, in the order of their numbers.</summary>
    internal static SyntheticVideo[] DrawTrain(SyntheticOptions options) =>
        Draw(options, "train", Streams.Train, options.TrainVideos, Streams.TrainPairs, withHeldOut: false);

    /// <summary>The test videos, in the order of their numbers.</summary>
    internal static SyntheticVideo[] DrawTest(SyntheticOptions options) =>
        Draw(options, "test", Streams.Test, options.TestVideos, Streams.TestPairs, withHeldOut: true);

    private static SyntheticVideo[] Draw(
        SyntheticOptions options, string split, long stream, int count, long pairStream, bool withHeldOut)
    {
        var plan = new PairPlan(options.Seed, options.HeldOutPairs);
        var pairs = plan.Assign(count, withHeldOut, RandomStream.For(options.Seed, pairStream));
        var videos = new SyntheticVideo[count];
        for (int i = 0; i < count; i++)
        {
            var (appearance, motion) = pairs[i];
            var scene = SceneDraw.Draw(options, appearance, motion, RandomStream.For(options.Seed, stream, i));
            videos[i] = new SyntheticVideo(split, i, plan.IsHeldOut(appearance, motion), scene);
        }

        return videos;
    }

    private static IReadOnlyList<SKRectI>[][] WriteVideos(
        string folder, SyntheticVideo[] videos, SyntheticOptions options, int jobs, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        var boxes = new IReadOnlyList<SKRectI>[videos.Length][];
        var counting = new Lock();
        int done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        try
        {
            Parallel.For(0, videos.Length, parallel, i =>
            {
                boxes[i] = videos[i].Write(folder, options);
                lock (counting) progress?.Report(++done);
            });
        }
        catch (AggregateException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }

        return boxes;
    }

    private static bool IsFinished(SyntheticFiles files, string description)
    {
        if (!Directory.Exists(files.Folder))
        {
            if (File.Exists(files.Folder))
                throw new BadInputException($"{files.Folder} is a file; name a folder for the synthetic videos.");
            return false;
        }

        if (File.Exists(files.Options))
        {
            if (File.ReadAllText(files.Options) == description) return true;
            throw new BadInputException(
                $"{files.Folder} holds synthetic videos of other options (see {files.Options}); name another folder.");
        }

        bool resumable = File.Exists(files.UnfinishedOptions)
            && File.ReadAllText(files.UnfinishedOptions) == description;
        if (!resumable && Directory.EnumerateFileSystemEntries(files.Folder).Any())
            throw new BadInputException($"{files.Folder} is not empty; name a new folder for the synthetic videos.");
        return false;
    }

    private static SyntheticVideo[] Shuffled(SyntheticVideo[] videos, RandomStream random) =>
        [.. random.NextPermutation(videos.Length).Select(i => videos[i])];
}
