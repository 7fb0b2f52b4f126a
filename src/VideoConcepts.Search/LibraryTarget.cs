using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// The library that an indexing writes to, held against others. One that is made anew is made beside the old one, and
/// takes its place when it is done.
/// </summary>
internal sealed class LibraryTarget : IDisposable
{
    private readonly string _path;
    private readonly string? _replaced;
    private IMomentStore? _store;
    private readonly IDisposable _lock, _both;

    private LibraryTarget(string path, string? replaced, IMomentStore store, IDisposable held, IDisposable both) =>
        (_path, _replaced, _store, _lock, _both) = (path, replaced, store, held, both);

    public IMomentStore Store => _store!;

    /// <exception cref="BadInputException">Something else stands there, or another process writes.</exception>
    public static LibraryTarget Open(IndexOptions options)
    {
        string path = Path.GetFullPath(options.Library);
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new BadInputException($"‹out› {options.Library}: there is no folder for it; make it first.");
        string? replaced = null;
        if (options.Reindex && FileStatus.Of(path) is not null)
        {
            SqliteMomentStore.Open(path).Dispose(); // a library, and none of the user's other files
            replaced = path;
            path += ".new";
        }
        SqliteMomentStore store = SqliteMomentStore.Open(path, create: true);
        IDisposable? held = null;
        try
        {
            held = store.Lock();
            store.Verify();
            return new(path, replaced, store, held, replaced is null ? held : LockOld(replaced));
        }
        catch
        {
            held?.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Puts a library that was made anew in the place of the old one.</summary>
    public void Finish(WorkContext work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_replaced is null) return;
        _store!.Dispose(); // leaves one file
        _store = null;
        File.Move(_path, _replaced, overwrite: true);
        work.Say($"{_replaced}: made anew");
    }

    public void Dispose()
    {
        bool empty = _store is { Header: null };
        _store?.Dispose();
        if (empty) File.Delete(_path); // nothing came of it: it was made here
        _lock.Dispose();
        _both.Dispose();
    }

    private static IDisposable LockOld(string path)
    {
        using SqliteMomentStore old = SqliteMomentStore.Open(path);
        return old.Lock();
    }
}
