namespace VideoConcepts.Search;

/// <summary>
/// Keeps the moments of a library. Numbers of moments and videos are given in the order in which they are added, and
/// follow each other within a video. One process writes at a time, or several that share it; any number read meanwhile,
/// and what they see is whole: a video is there with all its moments or not at all. An instance is for one thread at a
/// time.
/// </summary>
public interface IMomentStore : IDisposable
{
    /// <summary>The library as messages name it.</summary>
    string Name { get; }

    /// <summary>How the library was made; null: it is empty and has no header yet.</summary>
    LibraryHeader? Header { get; }

    /// <summary>Grows with every change of the videos; what was made from an earlier state is stale.</summary>
    long Version { get; }

    /// <summary>Moments in the library.</summary>
    long Count { get; }

    /// <summary>What tells this library from every other one, also from one of the same name and contents.</summary>
    string Identity { get; }

    /// <summary>A file that may hold an index of the vectors; null: they have one of the store's own, or
    /// none.</summary>
    string? IndexFile { get; }

    /// <summary>Keeps other processes from writing until what is returned is disposed of.</summary>
    /// <exception cref="BadInputException">Another process writes.</exception>
    IDisposable Lock();

    /// <summary>Gives an empty library its header, or changes the root of one that has one.</summary>
    void SetHeader(LibraryHeader header);

    /// <summary>All videos, in the order of their numbers.</summary>
    IReadOnlyList<LibraryVideo> Videos();

    /// <summary>
    /// Begins to write a video. It takes the place of one of the same path when it is committed; until then nothing
    /// of it is to be seen.
    /// </summary>
    IVideoWriter Write();

    /// <summary>Changes what is known of the file of a video whose contents are the same.</summary>
    void Touch(LibraryVideo video);

    /// <summary>Removes videos and their moments.</summary>
    void Remove(IReadOnlyCollection<long> videos);

    /// <summary>The vectors of all moments, in the order of their numbers.</summary>
    /// <param name="parts">What is read; the arrays of the others are empty.</param>
    /// <param name="video">Of one video only; null: of all.</param>
    /// <exception cref="BadInputException">The library is damaged.</exception>
    IEnumerable<MomentBlock> Blocks(MomentParts parts, long? video = null);

    /// <summary>Moments by their numbers, in that order; those that are not there are left out.</summary>
    IReadOnlyList<Moment> Moments(IReadOnlyList<long> ids);

    /// <summary>The moments of a video, in order of time.</summary>
    IReadOnlyList<Moment> MomentsOf(long video);

    /// <summary>The block that a moment is in, or null.</summary>
    MomentBlock? BlockOf(long moment, MomentParts parts);

    /// <summary>A strip of pictures of a moment, as a JPEG file; null: there is none.</summary>
    byte[]? Strip(long moment);

    /// <summary>Whether notes can be changed: neither the file nor the role is one that only reads.</summary>
    bool CanNote { get; }

    /// <summary>Grows with every change of the notes.</summary>
    long NotesVersion { get; }

    /// <summary>What people noted beside the moments, such as tags and names, by keys.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    IReadOnlyDictionary<string, byte[]> Notes(string prefix);

    /// <summary>Changes notes, all or none of them. May be called while another process writes videos.</summary>
    /// <param name="notes">New values by their keys; null removes one.</param>
    /// <exception cref="BadInputException">The library cannot be written to, or another process does for
    /// long.</exception>
    void SetNotes(IReadOnlyDictionary<string, byte[]?> notes);

    /// <summary>
    /// The moments with the largest inner products by an index of the store's own; null: it has none, and the vectors
    /// are to be compared one by one.
    /// </summary>
    /// <param name="query">LookSize + MotionSize numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="withoutVideo">A video that is left out.</param>
    IReadOnlyList<(long Moment, float Product)>? Nearest(float[] query, int count, long? withoutVideo);
}

/// <summary>Adds one video to a library. Disposing without a commit leaves the library as it was.</summary>
public interface IVideoWriter : IDisposable
{
    /// <summary>Adds moments that follow those before, at most 256 at once.</summary>
    /// <param name="moments">First and last frames and times; their numbers are not read.</param>
    /// <param name="strips">A picture of each, or null.</param>
    /// <param name="block">Their vectors; its numbers are not read.</param>
    void Add(IReadOnlyList<Moment> moments, IReadOnlyList<byte[]?> strips, MomentBlock block);

    /// <summary>Everything that was added is in the library, with the video.</summary>
    void Commit(LibraryVideo video);
}
