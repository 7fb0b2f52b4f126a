namespace VideoConcepts.Search;

/// <summary>A store that several processes may write to at the same time, each its own videos.</summary>
internal interface ISharedStore : IMomentStore
{
    /// <summary>
    /// Keeps out who wants to write alone, and lets this process take videos. The store's writers then commit those
    /// that it has taken, and no others.
    /// </summary>
    /// <exception cref="BadInputException">Another process writes alone.</exception>
    IVideoLeases Share(TimeProvider clock);

    /// <summary>Gives an empty library its header, unless another process has just done so.</summary>
    /// <returns>The one that the library has.</returns>
    LibraryHeader AgreeOn(LibraryHeader header);
}

/// <summary>Videos that processes have taken to do, so that each is done by one. To be called from any
/// thread.</summary>
internal interface IVideoLeases : IDisposable
{
    /// <summary>Takes the first videos of these that nobody has taken.</summary>
    /// <param name="videos">Paths in the library.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>What was taken.</returns>
    IReadOnlySet<string> Take(IReadOnlyList<string> videos, int count);

    /// <summary>What the library has of these videos now.</summary>
    IReadOnlyList<LibraryVideo> Known(IReadOnlyCollection<string> videos);

    /// <summary>Leaves a video to others.</summary>
    void GiveBack(string video);
}

/// <summary>A video that this process had taken was taken by another, as if this one were gone.</summary>
internal sealed class LeaseLostException : Exception;
