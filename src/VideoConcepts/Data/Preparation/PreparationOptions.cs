namespace VideoConcepts.Data.Preparation;

/// <summary>The datasets whose official lists are understood, and a user's own folder.</summary>
public enum Dataset
{
    /// <summary>Videos of one's own, optionally one sub-folder per class.</summary>
    Folder,

    /// <summary>Kinetics-400, by its annotation files.</summary>
    Kinetics400,

    /// <summary>UCF-101, by its official splits.</summary>
    Ucf101,

    /// <summary>HMDB-51, by its official splits.</summary>
    Hmdb51,

    /// <summary>Diving-48, version 2.</summary>
    Diving48,
}

/// <summary>What preparation is asked to do.</summary>
public sealed record PreparationOptions
{
    /// <summary>Whose lists are read.</summary>
    public Dataset Dataset { get; init; } = Dataset.Folder;

    /// <summary>The folder of the videos.</summary>
    public required string Videos { get; init; }

    /// <summary>The folder of the official lists, or one of them; not for <see cref="Dataset.Folder"/>.</summary>
    public string? Lists { get; init; }

    /// <summary>Where frames, lists and report go; made if needed.</summary>
    public required string Output { get; init; }

    /// <summary>Size, quality and rate of the frames.</summary>
    public FrameOptions Frames { get; init; } = new();

    /// <summary>Videos worked on at a time; each takes one core.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// A classes.txt that fixes the indices, such as the one of the training videos when preparing the test videos;
    /// null takes the order that the dataset itself gives.
    /// </summary>
    public string? ClassList { get; init; }

    /// <summary>Whether lists and frames of other videos or of another dataset are replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether to refuse a start when the frames will probably not fit on the disk.</summary>
    public bool CheckDiskSpace { get; init; } = true;

    /// <summary>Whether the videos are divided with other processes that are given the same, on this machine or on
    /// others that share the folders; each is done by one, those of a process that is gone by another.</summary>
    public bool Share { get; init; }

    /// <summary>The frames are for <c>learn</c>, which has few of these options: messages name no others.</summary>
    internal bool ForLearn { get; init; }

    /// <exception cref="BadInputException">A value is out of range.</exception>
    public void Validate()
    {
        Frames.Validate();
        if (Jobs is < 1 or > 1024) throw new BadInputException($"‹jobs› is {Jobs}; give 1 … 1024.");
        if (File.Exists(Output)) throw new BadInputException($"{Output} is a file; give a folder with ‹out›.");
        if (Dataset != Dataset.Folder && Lists is null)
            throw new BadInputException("‹lists› is missing: name the folder of the dataset's official lists.");
    }
}
