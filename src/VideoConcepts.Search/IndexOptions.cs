using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>What is indexed, by which model, and where the library goes.</summary>
public sealed record IndexOptions
{
    /// <summary>The library: a file.</summary>
    public required string Library { get; init; }

    /// <summary>The model: a run's folder, a checkpoint, an ONNX file, or weights that come with the program; null: the
    /// library's, or of a new one <see cref="PretrainedWeights.World"/>.</summary>
    public string? Model { get; init; }

    /// <summary>Of an ONNX model: how it takes moments, as far as its file does not tell.</summary>
    public ModelInput? Input { get; init; }

    /// <summary>A folder whose video files are indexed; this or <see cref="Lists"/>.</summary>
    public string? Videos { get; init; }

    /// <summary>Lists of frames as <c>prepare</c> writes them.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>The folder that paths in the library start from; null: the library's, or of a new one the folder of the
    /// videos or of the first list. A library whose videos were moved gets its new one by it.</summary>
    public string? Root { get; init; }

    /// <summary>Distance of the frames of a moment; null: the middle of those that the model was trained
    /// with.</summary>
    public int? FrameStride { get; init; }

    /// <summary>Frames from moment to moment, a multiple of the stride; null: half a moment.</summary>
    public int? Step { get; init; }

    /// <summary>Height of the frames in strips of pictures, in pixels; 0: no strips; null: 72.</summary>
    public int? Strip { get; init; }

    /// <summary>Whether vectors are kept as float32 instead of float16; null: as the library, no.</summary>
    public bool? Float32 { get; init; }

    /// <summary>Frames a second of lists of frames, which have no time stamps; null: as the library, 25.</summary>
    public double? Fps { get; init; }

    /// <summary>Moments per forward pass, of one video; null: as the library, 16.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Numbers that the network computes with: auto, full, channels-last or bfloat16; null: as the library,
    /// auto (what is fast here).</summary>
    public string? Precision { get; init; }

    /// <summary>Where the network computes: auto, cpu, cuda or cuda:n.</summary>
    public string Device { get; init; } = ComputeDevice.Default;

    /// <summary>Videos that are decoded at a time; null: one more than there are cores.</summary>
    public int? Workers { get; init; }

    /// <summary>From how many moments on a file gets an approximate index beside it; 0: never; null: a million. Not
    /// for a library in a database, which has an index of its own.</summary>
    public int? Approximate { get; init; }

    /// <summary>Whether videos that are no longer there are removed from the library.</summary>
    public bool Prune { get; init; }

    /// <summary>Whether the library is made anew, by another model or with other options. The old one stays as it is
    /// until the new one is done.</summary>
    public bool Reindex { get; init; }

    /// <summary>Whether the videos are divided with other processes that are given the same, on this machine or on
    /// others; each is done by one, those of a process that is gone by another. For a library in a database.</summary>
    public bool Share { get; init; }

    /// <summary>ffmpeg, or the folder that it is in; null: the one on PATH.</summary>
    public string? Ffmpeg { get; init; }

    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal void Validate()
    {
        if (Videos is null == (Lists.Count == 0))
            throw new BadInputException("give either ‹videos› (a folder of video files) or ‹csv_file› (lists of "
                + "frames).");
        Require(FrameStride is null or (>= 1 and <= 4096), $"‹stride› is {FrameStride}: give 1 to 4096 frames.");
        Require(Step is null or >= 1, $"‹step› is {Step}: give a number of frames from 1 on.");
        Require(Strip is null or 0 or (>= 16 and <= 512), $"‹strip› is {Strip}: give 16 to 512 pixels, or 0 for none.");
        Require(BatchSize is null or (>= 1 and <= 256), $"‹batch› is {BatchSize}: give 1 to 256 moments.");
        Require(Workers is null or (>= 1 and <= 256), $"‹workers› is {Workers}: give 1 to 256.");
        Require(Ffmpeg is null || Videos is not null, "‹ffmpeg› is not read with ‹csv_file›: frames are there.");
        Require(Approximate is null or >= 0,
            $"‹approximate› is {Approximate}: give a number of moments, or 0 for never.");
        Require(!Share || !Reindex, "‹share› and ‹reindex› exclude each other: let several make a library of another "
            + "name, such as one with ?schema=….");
        Require(!Share || !Prune, "‹share› and ‹prune› exclude each other: prune by one process when all are done.");
        Require(Fps is null or (> 0 and <= 1000), $"‹fps› is {Fps}: give above 0 to 1000 frames a second.");
        Require(Fps is null || Videos is null, "‹fps› is not read with ‹videos›: files have time stamps.");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new BadInputException(otherwise);
    }
}

/// <summary>What became of a video.</summary>
public enum IndexOutcome
{
    /// <summary>Its moments are in the library.</summary>
    Indexed,

    /// <summary>It was in the library already.</summary>
    Unchanged,

    /// <summary>It could not be read; the library remembers why, and tries again when the file changes.</summary>
    Failed,

    /// <summary>There is no video in the file.</summary>
    NoVideo,

    /// <summary>It has fewer than two frames at the stride.</summary>
    TooShort,

    /// <summary>Another process did it meanwhile, see <see cref="IndexOptions.Share"/>.</summary>
    ByAnother,
}

/// <summary>A video that was looked at.</summary>
/// <param name="Video">What the library knows of it.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record IndexedVideo(LibraryVideo Video, IndexOutcome Outcome);

/// <summary>What an indexing did.</summary>
public sealed record IndexResult
{
    /// <summary>The library.</summary>
    public required string Library { get; init; }

    /// <summary>How it is made.</summary>
    public required LibraryHeader Header { get; init; }

    /// <summary>Videos that were added or done again.</summary>
    public int Indexed { get; init; }

    /// <summary>Videos that were there already.</summary>
    public int Unchanged { get; init; }

    /// <summary>Videos that other processes did meanwhile.</summary>
    public int ByOthers { get; init; }

    /// <summary>Videos that could not be read, with the reason.</summary>
    public IReadOnlyList<LibraryVideo> Failed { get; init; } = [];

    /// <summary>Files without a video, and videos of fewer than two frames, with the reason.</summary>
    public IReadOnlyList<LibraryVideo> LeftOut { get; init; } = [];

    /// <summary>Videos of the library that are no longer where they were.</summary>
    public IReadOnlyList<LibraryVideo> Vanished { get; init; } = [];

    /// <summary>Whether those were removed from it.</summary>
    public bool Pruned { get; init; }

    /// <summary>Moments of the whole library.</summary>
    public long Moments { get; init; }

    /// <summary>The first moment of the library; null: it has none.</summary>
    public long? FirstMoment { get; init; }

    /// <summary>Share of the true ten nearest moments that the approximate index finds; null: there is none.</summary>
    public double? Recall { get; init; }

    /// <summary>Seconds of video that were indexed now.</summary>
    public double VideoSeconds { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; init; }
}
