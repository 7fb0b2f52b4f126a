using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// The library that an indexing writes to, held against others. One that is made anew is made beside the old one, and
/// takes its place when it is done.
/// </summary>
internal sealed class LibraryTarget : IDisposable
{
    private readonly LibraryPlace _place;
    private readonly LibraryPlace? _replaced;
    private readonly List<IDisposable> _held;
    private readonly string _name;
    private IMomentStore? _store;

    private LibraryTarget(string name, LibraryPlace place, LibraryPlace? replaced, IMomentStore store,
        List<IDisposable> held) => (_name, _place, _replaced, _store, _held) = (name, place, replaced, store, held);

    public IMomentStore Store => _store!;

    /// <summary>What this process has taken of what several do; null: it writes alone.</summary>
    public IVideoLeases? Leases { get; private init; }

    /// <summary>How the library that is made anew was made; null: none is.</summary>
    public LibraryHeader? Before { get; private init; }

    /// <exception cref="BadInputException">Something else stands there, or another process writes.</exception>
    public static LibraryTarget Open(IndexOptions options, WorkContext work, TimeProvider? clock = null)
    {
        LibraryPlace place = MomentStores.At(options.Library, work);
        LibraryPlace? replaced = null;
        LibraryHeader? before = null;
        if (options.Reindex && place.IsThere())
        {
            using (IMomentStore old = place.Open(create: false)) before = old.Header;
            (place, replaced) = (place.Beside(), place);
        }
        IMomentStore store = place.Open(create: true);
        List<IDisposable> held = [];
        try
        {
            IVideoLeases? leases = options.Share ? Sharing(store).Share(clock ?? TimeProvider.System) : null;
            held.Add(leases ?? store.Lock());
            place.Verify(store);
            if (replaced is not null) held.Add(replaced.LockBeside(store));
            return new(options.Library, place, replaced, store, held) { Before = before, Leases = leases };
        }
        catch
        {
            Release(held);
            store.Dispose();
            throw;
        }
    }

    /// <summary>Gives the library its header.</summary>
    /// <exception cref="BadInputException">Another process gave it another one.</exception>
    public void SetHeader(LibraryHeader header)
    {
        if (Store.Header == header) return;
        if (Leases is null) Store.SetHeader(header);
        else if (Sharing(Store).AgreeOn(header) != header)
            throw new BadInputException($"{_name}: another process that shares it has other options or another "
                + "‹root›; give all the same.");
    }

    /// <summary>What was made of a library anew is by another model or with other options: it is begun again.</summary>
    public void Restart()
    {
        _place.Discard(_store!);
        _store = null;
        _store = _place.Open(create: true);
    }

    /// <summary>Puts a library that was made anew in the place of the old one.</summary>
    public void Finish(WorkContext work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_replaced is null) return;
        RefuseLoss(_replaced);
        using (IMomentStore old = _replaced.Open(create: false)) LibraryNotes.Carry(old, _store!);
        _replaced.Replace(_store!);
        _store = null;
        work.Say($"{_name}: made anew");
    }

    // A library takes the place of another one only if it has moments of all its videos that are still there.
    private void RefuseLoss(LibraryPlace replaced)
    {
        using IMomentStore old = replaced.Open(create: false);
        HashSet<string> now = [.. _store!.Videos().Where(video => video.Moments > 0).Select(video => video.Path)];
        string root = old.Header?.Root ?? "";
        LibraryVideo[] lost = [.. old.Videos().Where(video => video.Moments > 0 && !now.Contains(video.Path)
            && (now.Count == 0 || FileStatus.Of(Path.Combine(root, video.Path)) is not null))];
        if (lost.Length > 0)
            throw new BadInputException($"{_name}: {lost.Length} of its videos, such as {lost[0].Path}, have no "
                + "moments in the library that was made anew: they could not be read, or are not below ‹videos›. It "
                + "stays as it is; mend that and do it again, or make another library.");
    }

    public void Dispose()
    {
        // nothing came of it: it was made here, unless others begin it, too
        if (_store is { Header: null } && Leases is null) _place.Discard(_store);
        else _store?.Dispose();
        Release(_held);
    }

    private static ISharedStore Sharing(IMomentStore store) => store as ISharedStore
        ?? throw new BadInputException($"{store.Name}: a file is written by one process; with ‹share› give a library "
            + "in a database, postgresql://host/database.");

    private static void Release(List<IDisposable> held)
    {
        foreach (IDisposable one in held) one.Dispose();
    }
}
