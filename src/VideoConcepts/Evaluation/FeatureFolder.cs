using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VideoConcepts.Data;
using VideoConcepts.Files;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What features were computed with; a folder goes on only with the same.</summary>
/// <param name="Model">Name of the checkpoint, or of the net and the seed of its random weights.</param>
/// <param name="ModelHash">SHA-256 of the checkpoint; empty for random weights.</param>
/// <param name="List">The list of videos.</param>
/// <param name="ListHash">Its SHA-256.</param>
/// <param name="Clips">How videos were cut.</param>
/// <param name="Windows">Rows of features.npy.</param>
/// <param name="Dimension">Its columns.</param>
/// <param name="Origin">The record of origin; null in folders of earlier versions.</param>
/// <param name="FirstVideo">
/// The folder of the list's first video: a list that says the same names other videos with another root, or in another
/// folder. Null in folders of earlier versions.
/// </param>
/// <param name="Precision">What the network computed with, as <c>--precision</c> has it; null in folders of earlier
/// versions.</param>
/// <param name="View">What they are of, as <c>--view</c> has it; null: clips.</param>
internal sealed record FeatureDescription(
    string Model, string ModelHash, string List, string ListHash, ClipOptions Clips,
    long Windows, int Dimension, Origin? Origin = null, string? FirstVideo = null,
    string? Precision = null, string? View = null)
{
    /// <summary>What is written of a view: folders of earlier versions know clips alone, and name none.</summary>
    public static string? ViewOf(string view) => view == FeatureViews.Clips ? null : view;

    /// <summary>Whether the features are the same numbers: names of files play no part.</summary>
    public bool IsSame(FeatureDescription other) =>
        WithoutPlaces() == other.WithoutPlaces() && (ModelHash.Length > 0 || Model == other.Model)
            && (Precision ?? other.Precision) == (other.Precision ?? Precision) && IsOfSameVideos(other);

    /// <summary>
    /// Whether the other are features of the same sources in the same cut: those of a run that was trained on since,
    /// for one.
    /// </summary>
    internal bool Replaces(FeatureDescription other) =>
        Clips == other.Clips && Dimension == other.Dimension && View == other.View
            && Origin is not null && other.Origin is not null && OutputSet.Objection(Origin, other.Origin) is null
        && IsOfSameVideos(other);

    /// <summary>Whether the first video is where it was, was moved (it is not there any more), or was copied.</summary>
    internal bool IsOfSameVideos(FeatureDescription other) =>
        FirstVideo is not { } here || other.FirstVideo is not { } there || FileStatus.IsSame(here, there)
        || FirstFrame(there) is not { } before
            || (FirstFrame(here) is { } now && now.AsSpan().SequenceEqual(before));

    /// <summary>The bytes of the first frame, of a folder or a ZIP; null where there is none to be read.</summary>
    private static byte[]? FirstFrame(string video)
    {
        try
        {
            using FrameStore? frames = FrameStore.Open(video);
            return frames is { Numbers: { Count: > 0 } numbers } ? frames.Read(numbers[0]) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private FeatureDescription WithoutPlaces() => this with
    {
        Origin = null,
        Model = "",
        List = "",
        FirstVideo = null,
        Precision = null,
    };
}

/// <summary>
/// Features on disk: features.npy (float32, one row per window, as the network gave them), rows.csv (path, frames,
/// label and first frame of each row) and extract.json (<see cref="FeatureDescription"/>).
/// </summary>
internal static class FeatureFolder
{
    private const int NothingToDo = -1;
    private const string PartialSuffix = ".partial";
    public const string MatrixName = "features.npy", RowsName = "rows.csv", DescriptionName = "extract.json";

    /// <summary>The files of a folder of features.</summary>
    public static readonly IReadOnlyList<string> FileNames = [MatrixName, RowsName, DescriptionName];
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>
    /// Computes what is missing. Windows are appended as they are done, in batches; a folder that was left unfinished
    /// goes on after its last whole batch and ends with the same bytes. Of several processes the first one writes.
    /// Returns the videos that were too short.
    /// </summary>
    /// <exception cref="BadInputException">The folder holds features of something else, or files that extract did not
    /// make.</exception>
    public static IReadOnlyList<VideoEntry> Write(string folder, FeatureDescription what, FeatureExtractor extractor,
        int batchSize, IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network,
        IProgress<long>? progress = null, CancellationToken stop = default, bool force = false)
    {
        if (extractor.Communicator.Rank > 0) return Follow(extractor, videos, network, stop);
        OutputFolder.Open(folder, "‹out›");
        string path = Path.Combine(folder, MatrixName), partial = path + PartialSuffix,
            description = Path.Combine(folder, DescriptionName);
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) = extractor.Split(videos);
        if (!Claim(folder, what, force))
            // before their description goes
            foreach (string old in (string[])[path, partial, Path.Combine(folder, RowsName)]) File.Delete(old);
        bool finished = File.Exists(path);
        // Where the list or the videos were moved, the paths are other ones.
        if (finished && Describe(folder) is var before && (before.List, before.FirstVideo) != (what.List,
            what.FirstVideo)) WriteRows(Path.Combine(folder, RowsName), kept, what.Clips);
        WriteDescription(description, what);
        if (finished)
        {
            extractor.Communicator.OfFirst(NothingToDo);
            return dropped;
        }
        using (var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1 << 16))
        {
            long row = what.Dimension * sizeof(float);
            long done = Math.Max(0, file.Length - NpyFile.HeaderLength) / row / batchSize * batchSize;
            file.SetLength(NpyFile.HeaderLength + (done * row));
            file.Write(NpyFile.Header(what.Windows, what.Dimension));
            file.Position = NpyFile.HeaderLength + (done * row);
            extractor.Communicator.OfFirst(done);
            extractor.Visit(kept, network, (_, _, output) => file.Write(MemoryMarshal.AsBytes(output)), done,
                progress, stop);
            file.Flush(flushToDisk: true);
        }
        WriteRows(Path.Combine(folder, RowsName), kept, what.Clips);
        File.Move(partial, path);
        return dropped;
    }

    /// <summary>Looks at what is in a folder before features are written to it; writes nothing.</summary>
    /// <returns>False if there are features, which have to go.</returns>
    /// <exception cref="BadInputException">As <see cref="Write"/>.</exception>
    public static bool Claim(string folder, FeatureDescription what, bool force = false)
    {
        string matrix = Path.Combine(folder, MatrixName), description = Path.Combine(folder, DescriptionName);
        string[] targets = [description, matrix, matrix + PartialSuffix, Path.Combine(folder, RowsName)];
        OutputSet.RefuseInputs(targets, [new InputFile("the list of videos", what.List), .. what.ModelHash.Length > 0
            ? [new InputFile("the checkpoint", what.Model)] : (InputFile[])[]]);
        if (targets.FirstOrDefault(OutputSet.IsTaken) is not { } taken) return true;
        if (!OutputSet.IsTaken(description)) throw OutputSet.Foreign(taken, "extract");
        FeatureDescription before = TryDescribe(description) ?? throw OutputSet.Foreign(description, "extract");
        if (before.IsSame(what)) return true;
        if (force || what.Replaces(before)) return false;
        if (before.ListHash == what.ListHash && !what.IsOfSameVideos(before))
            throw new BadInputException(
                $"‹out› {folder}: holds features of other videos, the first in {before.FirstVideo}, not "
                + $"{what.FirstVideo}; choose another folder, or replace them with ‹force›.");
        throw new BadInputException(
            $"‹out› {folder}: holds features of another model, list or cut; choose another folder, or replace them "
            + "with ‹force›.");
    }

    /// <summary>Writes a description aside and renames it.</summary>
    internal static void WriteDescription(string path, FeatureDescription what) =>
        AsideFile.WriteText(path, JsonSerializer.Serialize(what, Json));

    /// <summary>Reads one; null where the file is none.</summary>
    internal static FeatureDescription? TryDescribe(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FeatureDescription>(File.ReadAllText(path),
                Json) is { ModelHash: not null, ListHash: not null, Clips: not null } found
                ? found with
                {
                    FirstVideo = found.FirstVideo
                    ?? FirstRow(Path.Combine(Path.GetDirectoryName(path)!, RowsName))
                } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The first video of a folder of an earlier version; null where it is not finished.</summary>
    private static string? FirstRow(string rows) =>
        File.Exists(rows) ? Rows(rows).Select(row => row.Video).FirstOrDefault() : null;

    /// <summary>
    /// The part of a process that does not write: it helps to compute, from where the first one goes on.
    /// </summary>
    private static IReadOnlyList<VideoEntry> Follow(FeatureExtractor extractor, IReadOnlyList<VideoEntry> videos,
        Func<Tensor, Tensor> network, CancellationToken stop)
    {
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) = extractor.Split(videos);
        long done = extractor.Communicator.OfFirst(0);
        if (done != NothingToDo) extractor.Visit(kept, network, (_, _, _) => { }, done, null, stop);
        return dropped;
    }

    /// <summary>What a folder says of itself.</summary>
    /// <exception cref="BadInputException">Not a folder of features.</exception>
    public static FeatureDescription Describe(string folder)
    {
        string path = Path.Combine(folder, DescriptionName);
        try
        {
            if (File.Exists(path)) ReadableFile.Check(path);
            return JsonSerializer.Deserialize<FeatureDescription>(File.ReadAllText(path), Json)
                ?? throw new BadInputException($"{path}: is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new BadInputException(
                $"{folder}: not a folder that extract wrote ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}).", e);
        }
    }

    /// <summary>Per video the mean over its windows of the L2-normalised features.</summary>
    public static FeatureTable Read(string folder)
    {
        _ = Describe(folder);
        (FileStream stream, long windows, int dimension) = NpyFile.Open(Path.Combine(folder, MatrixName));
        using (stream)
        {
            string file = Path.Combine(folder, RowsName), last = "";
            var packed = new PackedVideos.Builder(file, "");
            List<int> counts = []; // windows of each video
            long read = 0;
            foreach ((string video, int frames, int? label) in Rows(file))
            {
                if (++read > windows) break;
                if (counts.Count == 0 || last != video)
                {
                    packed.Add(last = video, frames, label, (int)read + 1);
                    counts.Add(0);
                }
                counts[^1]++;
            }
            if (read != windows)
                throw new BadInputException(
                    $"{folder}: {RowsName} has not as many rows as {MatrixName}; extract the features again.");
            PackedVideos videos = packed.Build();
            var means = new VideoMeans(videos, unit: true);
            var window = new float[dimension];
            for (int row = 0; row < videos.Count; row++)
                for (int i = 0; i < counts[row]; i++)
                {
                    NpyFile.ReadRow(stream, window);
                    means.Add(row, window);
                }
            means.Finish();
            return new FeatureTable(means.Values, dimension, videos, []);
        }
    }

    private static void WriteRows(string path, IReadOnlyList<VideoEntry> videos, ClipOptions clips) =>
        AsideFile.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        text.WriteLine("path,frames,label,start");
        foreach (VideoEntry video in videos)
            foreach (int start in EvaluationClips.WindowStarts(video.Shots, clips))
                text.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"\"{video.Path.Replace("\"", "\"\"")}\",{video.FrameCount},{video.Label},{start}"));
    });

    private static IEnumerable<(string Video, int Frames, int? Label)> Rows(string path)
    {
        if (!File.Exists(path))
            throw new BadInputException($"{path}: there is no such file; extract the features again.");
        ReadableFile.Check(path);
        using var csv = new CsvHelper.CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            string? video = csv.GetField(0), label = csv.Parser.Count > 2 ? csv.GetField(2) : null;
            if (string.IsNullOrEmpty(video) || !int.TryParse(csv.Parser.Count > 1 ? csv.GetField(1) : "",
                CultureInfo.InvariantCulture, out int frames))
                throw new BadInputException(
                    $"{path}:{csv.Parser.RawRow}: not path,frames,label,start; extract the features again.");
            int number = 0;
            string? fault = string.IsNullOrEmpty(label) ? null : int.TryParse(label, CultureInfo.InvariantCulture,
                out number) ? VideoEntry.LabelFault(number) : $"\"{label}\" is not a label";
            if (fault is not null) throw new BadInputException($"{path}:{csv.Parser.RawRow}: {fault}.");
            yield return (video, frames, string.IsNullOrEmpty(label) ? null : number);
        }
    }
}
