using VideoConcepts.Learning;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>The library of what was learned from: the moments of a folder's videos by the model that learned from them.
/// </summary>
public static class LearnedLibrary
{
    /// <summary>Its name in the folder of what was learned.</summary>
    public const string FileName = "library.db";

    /// <summary>Looks at the library's place before anything is learned.</summary>
    /// <exception cref="BadInputException">Something else stands there.</exception>
    public static void Claim(LearnOptions options)
    {
        string file = Path.Combine(options.Out, FileName);
        if (Files.FileStatus.Of(file) is not null) SqliteMomentStore.Open(file).Dispose();
    }

    /// <summary>Indexes the videos that were learned from, as far as they are where they were; what was indexed before
    /// stays. A library by an earlier model is made anew.</summary>
    /// <param name="options">What was learned from, and where to.</param>
    /// <param name="learned">What was learned.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches; the next call goes on.</param>
    /// <returns>Null where the folder of the videos is not there any more.</returns>
    /// <exception cref="BadInputException">Something else stands in the library's place.</exception>
    public static IndexResult? Build(LearnOptions options, LearnResult learned, WorkContext? work = null,
        CancellationToken stop = default)
    {
        if (!Directory.Exists(options.Videos)) return null;
        string file = Path.Combine(options.Out, FileName);
        return VideoIndex.Build(new IndexOptions
        {
            Library = file,
            Model = learned.Checkpoint,
            Videos = options.Videos,
            Root = options.Videos,
            Workers = options.Jobs,
            Ffmpeg = options.Ffmpeg,
            Device = options.Given.GetValueOrDefault("device")?.ToString() ?? ComputeDevice.Default,
            Reindex = File.Exists(file) && IsOfAnother(file, learned.Checkpoint),
        }, work, stop);
    }

    private static bool IsOfAnother(string file, string checkpoint)
    {
        using SqliteMomentStore store = SqliteMomentStore.Open(file);
        return store.Header is { } header && header.ModelHash != Files.FileHash.Of(checkpoint);
    }
}
