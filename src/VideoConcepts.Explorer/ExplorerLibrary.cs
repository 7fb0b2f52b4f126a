using System.Collections.Concurrent;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>
/// A library as many browsers use it at once: connections to it, what it holds, its notes, the changes that can be
/// undone, and the clips that were sent.
/// </summary>
internal sealed class ExplorerLibrary : IDisposable
{
    private const int MostChanges = 1000, MostClips = 50, MostRequests = 24;
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1); // how old what is shown may be

    private readonly ExplorerOptions _options;
    private readonly WorkContext _work;
    private readonly TimeProvider _clock;
    private readonly ConcurrentBag<MomentLibrary> _idle = [];
    private readonly SemaphoreSlim _reading = new(1), _writing = new(1), _network = new(1);
    private readonly SemaphoreSlim _requests = new(MostRequests);
    private readonly Lock _gate = new();
    private readonly Dictionary<long, NoteChange[]> _undo = [];
    private readonly Queue<long> _changes = [];
    private readonly Dictionary<string, SentClip> _clips = [];
    private readonly Queue<string> _clipOrder = [];
    private MomentLibrary? _describing;
    private LibraryView? _view;
    private TagView? _tags;
    private IReadOnlyDictionary<(string Kind, int Index), ConceptNote>? _concepts;
    private long _conceptVersion = -1, _lastChange, _seen = long.MinValue;
    private bool _ended;

    public ExplorerLibrary(ExplorerOptions options, WorkContext work, TimeProvider clock)
    {
        (_options, _work, _clock) = (options, work, clock);
        using Lease lease = Rent();
        Name = MomentStores.At(options.Library, work).Title;
        Identity = lease.Library.Store.Identity;
        CanDescribe = lease.Library.HasModel;
        Maps = new MapMaker(this);
        IsReadOnly = options.ReadOnly || !lease.Library.Store.CanNote;
        if (IsReadOnly && !options.ReadOnly)
            work.Say("The library cannot be written to: names and tags stay as they are.");
    }

    /// <summary>The library's name for people.</summary>
    public string Name { get; }

    /// <summary>What tells it from others.</summary>
    public string Identity { get; }

    /// <summary>Whether clips can be described by its network.</summary>
    public bool CanDescribe { get; }

    /// <summary>Whether names and tags stay as they are.</summary>
    public bool IsReadOnly { get; }

    public MapMaker Maps { get; }

    public WorkContext Work => _work;

    /// <summary>A connection for one request; of those so many work at once, the others wait.</summary>
    public async Task<Lease> RentAsync(CancellationToken stop)
    {
        await _requests.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return Rent(_requests);
        }
        catch
        {
            _requests.Release();
            throw;
        }
    }

    /// <summary>A connection for work of the explorer's own, which does not wait for requests.</summary>
    public Lease Rent(SemaphoreSlim? place = null)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        while (_idle.TryTake(out MomentLibrary? library))
        {
            if (Answers(library)) return new(this, place, library);
            library.Dispose();
        }
        return new(this, place, MomentLibrary.Open(_options.Library, _options.Opening, _work, empty: true));

        // a server may have ended the connection
        static bool Answers(MomentLibrary library)
        {
            try
            {
                return library.Store.NotesVersion >= 0;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Lets the library's network work, which does one thing at a time.</summary>
    public async Task<T> DescribeAsync<T>(Func<MomentLibrary, T> work, CancellationToken stop)
    {
        await _network.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            _describing ??= MomentLibrary.Open(_options.Library, _options.Opening, _work, empty: true);
            return await Task.Run(() => work(_describing), stop).ConfigureAwait(false);
        }
        finally
        {
            _network.Release();
        }
    }

    /// <summary>What the library holds now, at most a second old.</summary>
    public async Task<LibraryView> ViewAsync(CancellationToken stop)
    {
        LibraryView? view = _view;
        long now = _clock.GetTimestamp();
        if (view is not null && _clock.GetElapsedTime(Interlocked.Read(ref _seen), now) < s_fresh) return view;
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            using Lease lease = Rent();
            if (_view is null || _view.Version != lease.Library.Store.Version)
                _view = await Task.Run(() => LibraryView.Of(lease.Library, ReadMatrix, stop), stop)
                    .ConfigureAwait(false);
            Interlocked.Exchange(ref _seen, _clock.GetTimestamp());
            return _view;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Who has which tag now.</summary>
    public TagView Tags(LibraryView view, Lease lease)
    {
        long version = lease.Library.Store.NotesVersion;
        TagView? tags = _tags;
        if (tags is not null && tags.Version == version && tags.View == view) return tags;
        return _tags = new TagView(view, new LibraryNotes(lease.Library.Store).Marks(), version);
    }

    /// <summary>What people say of concepts now.</summary>
    public IReadOnlyDictionary<(string Kind, int Index), ConceptNote> Concepts(Lease lease)
    {
        long version = lease.Library.Store.NotesVersion;
        lock (_gate)
        {
            if (_concepts is not null && _conceptVersion == version) return _concepts;
            _conceptVersion = version;
            return _concepts = new LibraryNotes(lease.Library.Store).Concepts();
        }
    }

    /// <summary>Changes notes as one change that can be undone.</summary>
    /// <param name="make">Notes as they are → what changes.</param>
    /// <param name="stop">Ends the wait for other changes.</param>
    /// <returns>The change's number.</returns>
    public async Task<long> ChangeAsync(Func<Lease, IReadOnlyDictionary<string, byte[]?>> make, CancellationToken stop)
    {
        if (IsReadOnly) throw new RefusedException(403, "The library is shown read-only: nothing is changed in it.");
        await _writing.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            using Lease lease = Rent();
            IMomentStore store = lease.Library.Store;
            IReadOnlyDictionary<string, byte[]?> notes = make(lease);
            Dictionary<string, byte[]> there = Kept(store, notes.Keys);
            NoteChange[] changed = [.. notes.Select(note => new NoteChange(note.Key,
                there.GetValueOrDefault(note.Key), note.Value))];
            if (notes.Count > 0) store.SetNotes(notes);
            lock (_gate)
            {
                _undo[++_lastChange] = changed;
                _changes.Enqueue(_lastChange);
                if (_changes.Count > MostChanges) _undo.Remove(_changes.Dequeue());
                return _lastChange;
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Takes a change back.</summary>
    /// <exception cref="RefusedException">It is not known, or the same was changed again since.</exception>
    public async Task UndoAsync(long change, CancellationToken stop)
    {
        NoteChange[]? changed;
        lock (_gate)
            if (!_undo.TryGetValue(change, out changed))
                throw new RefusedException(404, "This change can no longer be undone.");
        await ChangeAsync(lease =>
        {
            Dictionary<string, byte[]> there = Kept(lease.Library.Store, changed.Select(note => note.Key));
            if (changed.Any(note => !Equal(there.GetValueOrDefault(note.Key), note.After)))
                throw new RefusedException(409,
                    "This was changed again since, perhaps in another window: undo that first.");
            return changed.ToDictionary(note => note.Key, note => note.Before);
        }, stop).ConfigureAwait(false);
        lock (_gate) _undo.Remove(change);

        static bool Equal(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
    }

    /// <summary>Keeps a clip that was sent.</summary>
    public string Keep(SentClip clip)
    {
        string id = Guid.NewGuid().ToString("N");
        lock (_gate)
        {
            _clips[id] = clip;
            _clipOrder.Enqueue(id);
            if (_clipOrder.Count > MostClips) _clips.Remove(_clipOrder.Dequeue());
        }
        return id;
    }

    /// <summary>A clip that was sent.</summary>
    public SentClip Clip(string id)
    {
        lock (_gate)
            return _clips.GetValueOrDefault(id)
                ?? throw new RefusedException(404, "This clip is no longer known; send it again.");
    }

    public void Dispose()
    {
        _ended = true;
        Maps.Dispose();
        while (_idle.TryTake(out MomentLibrary? library)) library.Dispose();
        _describing?.Dispose();
        _network.Dispose();
        _reading.Dispose();
        _writing.Dispose();
    }

    // The notes of the same kinds as these keys.
    private static Dictionary<string, byte[]> Kept(IMomentStore store, IEnumerable<string> keys) => keys
        .Select(key => key[..(key.IndexOf(':', StringComparison.Ordinal) + 1)]).Distinct().SelectMany(store.Notes)
        .ToDictionary();

    private MomentMatrix ReadMatrix(long version)
    {
        using Lease lease = Rent();
        MomentMatrix matrix = MomentMatrix.Load(lease.Library.Store);
        return lease.Library.Store.Version == version ? matrix
            : throw new RefusedException(503, "The library grows just now; try again in a moment.");
    }

    /// <summary>A connection that goes back when it is disposed of.</summary>
    internal sealed class Lease(ExplorerLibrary owner, SemaphoreSlim? place, MomentLibrary library) : IDisposable
    {
        public MomentLibrary Library => library;

        public void Dispose()
        {
            if (owner._ended) library.Dispose();
            else owner._idle.Add(library);
            place?.Release();
        }
    }
}

/// <summary>A note before and after a change; null: there is none.</summary>
internal sealed record NoteChange(string Key, byte[]? Before, byte[]? After);

/// <summary>A clip that was sent to be searched for.</summary>
internal sealed record SentClip(string Name, DescribedQuery Query);

/// <summary>Says to whoever asked why it is not done.</summary>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    /// <summary>Of HTTP.</summary>
    public int Status => status;
}
