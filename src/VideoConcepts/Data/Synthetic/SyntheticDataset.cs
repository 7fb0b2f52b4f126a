using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

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
        if (IsFinished(files.Folder, files.Options, files.UnfinishedOptions, description)) return files;

        Directory.CreateDirectory(files.Folder);
        File.WriteAllText(files.UnfinishedOptions, description);
        var train = Shuffled(DrawTrain(options), RandomStream.For(options.Seed, Streams.TrainOrder));
        SyntheticVideo[] test = ListedTest(options);
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

    /// <summary>The test videos, in the order of the lists.</summary>
    internal static SyntheticVideo[] ListedTest(SyntheticOptions options) =>
        Shuffled(DrawTest(options), RandomStream.For(options.Seed, Streams.TestOrder));

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
        ForEach(videos.Length, i => boxes[i] = videos[i].Write(folder, options), jobs, progress, cancellation);
        return boxes;
    }

    /// <summary>Does something for each of several videos, on several threads.</summary>
    internal static void ForEach(
        int videos, Action<int> write, int jobs, IProgress<int>? progress, CancellationToken cancellation)
    {
        var counting = new Lock();
        int done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        try
        {
            Parallel.For(0, videos, parallel, i =>
            {
                write(i);
                lock (counting) progress?.Report(++done);
            });
        }
        catch (AggregateException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        }
    }

    /// <summary>Whether a folder holds all videos of a description; false where they can be written.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="finished">The file of the description, written last.</param>
    /// <param name="unfinished">The same while videos are written.</param>
    /// <param name="description">What is to be there.</param>
    /// <exception cref="BadInputException">Something else is there.</exception>
    internal static bool IsFinished(string folder, string finished, string unfinished, string description)
    {
        if (!Directory.Exists(folder))
        {
            if (File.Exists(folder))
                throw new BadInputException($"{folder} is a file; name a folder for the synthetic videos.");
            return false;
        }

        if (File.Exists(finished))
        {
            if (IsSame(File.ReadAllText(finished), description)) return true;
            throw new BadInputException(
                $"{folder} holds synthetic videos of other options (see {finished}); name another folder.");
        }

        bool resumable = File.Exists(unfinished) && IsSame(File.ReadAllText(unfinished), description);
        if (!resumable && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new BadInputException($"{folder} is not empty; name a new folder for the synthetic videos.");
        return false;
    }

    // 0.07 + 0.02 is not 0.09 to the last bit: what the demo draws by its own numbers is what they say on a command
    // line.
    private static bool IsSame(string recorded, string description)
    {
        try
        {
            return recorded == description
                || JsonNode.DeepEquals(Rounded(JsonNode.Parse(recorded)), Rounded(JsonNode.Parse(description)));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonNode? Rounded(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Rounded(m.Value)))),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
            Math.Round(value.GetValue<double>(), 9).ToString("R", CultureInfo.InvariantCulture),
        _ => node?.DeepClone(),
    };

    private static SyntheticVideo[] Shuffled(SyntheticVideo[] videos, RandomStream random) =>
        [.. random.NextPermutation(videos.Length).Select(i => videos[i])];
}
