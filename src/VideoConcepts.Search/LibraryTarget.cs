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

    /// <summary>How the library that is made anew was made; null: none is.</summary>
    public LibraryHeader? Before { get; private init; }

    /// <exception cref="BadInputException">Something else stands there, or another process writes.</exception>
    public static LibraryTarget Open(IndexOptions options)
    {
        string path = RealPath.Of(options.Library); // what a link leads to, never the link
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new BadInputException($"‹out› {options.Library}: there is no folder for it; make it first.");
        string? replaced = null;
        LibraryHeader? before = null;
        if (options.Reindex && FileStatus.Of(path) is not null)
        {
            using (SqliteMomentStore old = SqliteMomentStore.Open(path)) before = old.Header; // none of the user's files
            replaced = path;
            path += ".new";
        }
        SqliteMomentStore store = SqliteMomentStore.Open(path, create: true);
        IDisposable? held = null;
        try
        {
            held = store.Lock();
            store.Verify();
            return new(path, replaced, store, held, replaced is null ? held : LockOld(replaced))
            {
                Before = before,
            };
        }
        catch
        {
            held?.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>What was made of a library anew is by another model or with other options: it is begun again.</summary>
    public void Restart()
    {
        _store!.Dispose();
        _store = null;
        DeleteWhole(_path);
        _store = SqliteMomentStore.Open(_path, create: true);
    }

    /// <summary>Puts a library that was made anew in the place of the old one.</summary>
    public void Finish(WorkContext work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_replaced is null) return;
        _store!.Dispose(); // leaves one file
        _store = null;
        File.Move(_path, _replaced, overwrite: true);
        DeleteLogs(_replaced); // those of the old one, which a reader may hold: they are not the new one's
        work.Say($"{_replaced}: made anew");
    }

    public void Dispose()
    {
        bool empty = _store is { Header: null };
        _store?.Dispose();
        if (empty) DeleteWhole(_path); // nothing came of it: it was made here
        _lock.Dispose();
        _both.Dispose();
    }

    private static void DeleteWhole(string path)
    {
        File.Delete(path);
        DeleteLogs(path);
    }

    private static void DeleteLogs(string path)
    {
        foreach (string end in (string[])["-wal", "-shm", "-journal"]) File.Delete(path + end);
    }

    private static IDisposable LockOld(string path)
    {
        using SqliteMomentStore old = SqliteMomentStore.Open(path);
        return old.Lock();
    }
}
