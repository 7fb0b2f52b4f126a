using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>What is exported.</summary>
public sealed record ExportOptions
{
    /// <summary>Names of <see cref="Parts"/>.</summary>
    public const string Look = "look", Motion = "motion", Features = "features", Scores = "scores";

    /// <summary>Names of <see cref="Format"/>.</summary>
    public const string Npy = "npy", Parquet = "parquet";

    /// <summary>The folder for the files.</summary>
    public required string Folder { get; init; }

    /// <summary>Which numbers: look, motion, features, scores; null: look, and motion where it is known.</summary>
    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>npy: a file for each part, float32, beside moments.csv; parquet: all in one file.</summary>
    public string Format { get; init; } = Npy;
}

/// <summary>What was exported.</summary>
/// <param name="Moments">Rows of each file.</param>
/// <param name="Files">The files.</param>
public sealed record ExportResult(long Moments, IReadOnlyList<string> Files);

/// <summary>Writes the vectors and scores of a library for other programs: numpy, pandas, DuckDB. Rows of all files are
/// in the order of the moments' numbers; videos are read one after another, and never more than some thousand moments
/// are held.</summary>
public static class LibraryExport
{
    private const string Table = "moments.csv", ParquetName = "moments.parquet", Record = "export.json";

    /// <summary>Writes them.</summary>
    /// <param name="library">What.</param>
    /// <param name="options">Which parts, and where to.</param>
    /// <param name="stop">Stops between blocks; nothing is written then.</param>
    /// <exception cref="BadInputException">An option is none of the known ones, or something stands in the place of a
    /// file that this program did not make.</exception>
    public static ExportResult Write(MomentLibrary library, ExportOptions options, CancellationToken stop = default)
    {
        LibraryHeader header = library.Header;
        ExportPart[] parts = [.. Asked(options, header).Select(name => ExportPart.Named(name, header))];
        if (parts.Length == 0 || parts.DistinctBy(part => part.Name).Count() < parts.Length)
            throw new BadInputException("‹parts›: give each of look, motion, features and scores once at most, and one "
                + "at least.");
        if (options.Format is not (ExportOptions.Npy or ExportOptions.Parquet))
            throw new BadInputException($"‹format› {options.Format}: choose npy or parquet.");
        bool npy = options.Format == ExportOptions.Npy;
        OutputFolder.Open(options.Folder, "‹out›");
        string[] files = [.. (npy ? parts.Select(part => part.Name + ".npy").Append(Table) : [ParquetName])
            .Select(name => Path.Combine(options.Folder, name))];
        string record = Path.Combine(options.Folder, Record);
        OutputSet set = OutputSet.Claim(new Origin("export", []), record, files, AnalysisFiles.Inputs(library),
            whole: true);
        library.Refresh();
        var json = new JsonObject();
        long moments = 0;
        set.WriteAside(json, npy ? NpyFiles() : [(files[0], aside => Take(
            () => new ParquetRows(aside, parts), files[..1]))]);
        return new(moments, [.. files, record]);

        // one reading of the library writes all files: the first one that is asked for
        IReadOnlyList<(string, Action<string>)> NpyFiles()
        {
            List<string> asides = [];
            return [.. files.Select((file, i) => (file, (Action<string>)(aside =>
            {
                asides.Add(aside);
                if (i == files.Length - 1) Take(() => new NpyRows(asides, parts), files);
            })))];
        }

        void Take(Func<IExportRows> open, string[] written)
        {
            using IExportRows rows = open();
            moments = Copy(library, rows, parts, stop);
            rows.Finish(moments);
            Describe(json, header, parts, moments, written);
        }
    }

    private static IReadOnlyList<string> Asked(ExportOptions options, LibraryHeader header) => options.Parts
        ?? (header.MotionSize > 0 ? [ExportOptions.Look, ExportOptions.Motion] : [ExportOptions.Look]);

    private static long Copy(MomentLibrary library, IExportRows rows, ExportPart[] parts, CancellationToken stop)
    {
        MomentParts read = parts.Aggregate(MomentParts.None, (all, part) => all | part.Read);
        return library.Work.Track("moments", library.Store.Count, tick =>
        {
            long done = 0;
            foreach (LibraryVideo video in library.Videos.Where(video => video.Moments > 0))
            {
                Dictionary<long, Moment> places = library.MomentsOf(video).ToDictionary(moment => moment.Id);
                foreach (MomentBlock block in library.Store.Blocks(read, video.Id))
                {
                    stop.ThrowIfCancellationRequested();
                    Moment[] moments = [.. Enumerable.Range(0, block.Count)
                        .Where(i => places.ContainsKey(block.First + i)).Select(i => places[block.First + i])];
                    if (moments.Length < block.Count) break; // the video was indexed again meanwhile
                    rows.Add(video, moments, block);
                    tick(done += block.Count, "");
                }
            }
            return done;
        });
    }

    private static void Describe(JsonObject json, LibraryHeader header, ExportPart[] parts, long moments,
        string[] files)
    {
        json["moments"] = moments;
        json["model"] = header.Model;
        json["model_sha256"] = header.ModelHash;
        json["features"] = header.FeatureSize;
        json["concepts"] = header.Concepts;
        json["parts"] = new JsonObject(parts.Select(part => KeyValuePair.Create(part.Name, (JsonNode?)new JsonObject
        {
            ["numbers"] = part.Size,
            ["meaning"] = part.Meaning,
        })));
        json["files"] = new JsonArray([.. files.Select(file => (JsonNode)Path.GetFileName(file))]);
    }
}

/// <summary>A part of what is known of moments.</summary>
/// <param name="Name">As the option has it.</param>
/// <param name="Read">What is read for it.</param>
/// <param name="Size">Numbers of a moment.</param>
/// <param name="Meaning">What they are, in order.</param>
/// <param name="Of">The numbers of a block.</param>
internal sealed record ExportPart(string Name, MomentParts Read, int Size, string Meaning,
    Func<MomentBlock, float[]> Of)
{
    /// <exception cref="BadInputException">There is no such part.</exception>
    public static ExportPart Named(string name, LibraryHeader header)
    {
        int d = header.MotionSize - header.Concepts, k = header.Concepts;
        string[]? outputs = header.Input?.Outputs?.Split(',');
        return name switch
        {
            ExportOptions.Look => new(name, MomentParts.Vectors, header.LookSize,
                $"{(outputs is null ? "feature of the still" : $"output {outputs[0]}")}, a unit vector",
                block => block.Look),
            ExportOptions.Motion when header.MotionSize == 0 =>
                throw new BadInputException($"‹parts› {name}: the library's model tells nothing of motion."),
            ExportOptions.Motion when outputs is not null => new(name, MomentParts.Vectors, header.MotionSize,
                $"output {outputs[1]}, a unit vector", block => block.Motion),
            ExportOptions.Motion => new(name, MomentParts.Vectors, header.MotionSize,
                $"feature of frame differences ({d})" + (k > 0 ? $", then shares of dynamic concepts ({k}); each a "
                    + "unit vector" : ", a unit vector"), block => block.Motion),
            ExportOptions.Features => new(name, MomentParts.Features, header.FeatureSize,
                outputs is null ? "feature of the backbone" : $"output {outputs[0]}", block => block.Features),
            ExportOptions.Scores when k > 0 => new(name, MomentParts.Scores, 4 * k, $"cosines with concepts, {k} each: "
                + "static and dynamic of the clip, static of the still, dynamic of differences", block => block.Scores),
            ExportOptions.Scores =>
                throw new BadInputException($"‹parts› {name}: the library's model has no concepts."),
            _ => throw new BadInputException($"‹parts› {name}: choose among look, motion, features and scores."),
        };
    }
}

/// <summary>Takes the rows of an export.</summary>
internal interface IExportRows : IDisposable
{
    /// <summary>Takes moments of a video that follow each other, with their numbers.</summary>
    void Add(LibraryVideo video, IReadOnlyList<Moment> moments, MomentBlock block);

    /// <summary>There are no more.</summary>
    /// <param name="count">Rows.</param>
    void Finish(long count);
}

/// <summary>Rows as float32 matrices for numpy, and a table.</summary>
internal sealed class NpyRows : IExportRows
{
    private readonly ExportPart[] _parts;
    private readonly FileStream[] _files;
    private readonly CsvText _table = new("id", "video", "tag", "first_frame", "last_frame", "start", "end");

    /// <param name="paths">A matrix for each part, and the table.</param>
    /// <param name="parts">Of each row.</param>
    public NpyRows(IReadOnlyList<string> paths, ExportPart[] parts)
    {
        _parts = parts;
        _files = [.. paths.Select(path =>
            new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))];
        for (int i = 0; i < parts.Length; i++) _files[i].Write(NpyFile.Header(0, parts[i].Size));
    }

    public void Add(LibraryVideo video, IReadOnlyList<Moment> moments, MomentBlock block)
    {
        for (int i = 0; i < _parts.Length; i++) _files[i].Write(MemoryMarshal.AsBytes<float>(_parts[i].Of(block)));
        foreach (Moment m in moments)
            _table.Row(m.Id, video.Path, video.Tag, m.FirstFrame, m.LastFrame, m.Start, m.End);
        _files[^1].Write(Encoding.UTF8.GetBytes(_table.Take()));
    }

    public void Finish(long count)
    {
        _files[^1].Write(Encoding.UTF8.GetBytes(_table.Take()));
        for (int i = 0; i < _parts.Length; i++)
        {
            _files[i].Position = 0;
            _files[i].Write(NpyFile.Header(count, _parts[i].Size)); // now their number is known
        }
        foreach (FileStream file in _files) file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        foreach (FileStream file in _files) file.Dispose();
    }
}
