namespace VideoConcepts.Search;

/// <summary>Where a library is, whether it is there or not.</summary>
internal abstract class LibraryPlace
{
    /// <summary>What people call it, in a word.</summary>
    public abstract string Title { get; }

    /// <summary>Whether a library is there.</summary>
    /// <exception cref="BadInputException">Something else is there.</exception>
    public abstract bool IsThere();

    /// <summary>Opens the library.</summary>
    /// <param name="create">Whether it is made if there is none.</param>
    /// <exception cref="BadInputException">There is none, something else is there, or it is damaged.</exception>
    public abstract IMomentStore Open(bool create);

    /// <summary>Where one that takes this one's place is made.</summary>
    public abstract LibraryPlace Beside();

    /// <summary>Looks at the whole library.</summary>
    /// <exception cref="BadInputException">It is not as it was written.</exception>
    public abstract void Verify(IMomentStore store);

    /// <summary>Keeps other processes from writing to this library while one beside it is made.</summary>
    /// <param name="beside">The store of the one beside it.</param>
    public abstract IDisposable LockBeside(IMomentStore beside);

    /// <summary>Puts a library that was made beside this one in its place, and closes it.</summary>
    public abstract void Replace(IMomentStore beside);

    /// <summary>Closes a library that was made here and got no header, and leaves nothing of it.</summary>
    public abstract void Discard(IMomentStore store);
}
