using System.Runtime.InteropServices;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Computes maps once, one after another, and keeps them in the library.</summary>
internal sealed class MapMaker(ExplorerLibrary library) : IDisposable
{
    private readonly Dictionary<string, Making> _maps = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _ended = new();

    /// <summary>The three maps, and how much motion counts in them.</summary>
    public static readonly IReadOnlyDictionary<string, double> Kinds = new Dictionary<string, double>
    {
        ["look"] = 0,
        ["both"] = 0.5,
        ["motion"] = 1,
    };

    /// <summary>A map, or how much of it is done; what fails is thrown once, and then tried again.</summary>
    public (DrawnMap? Map, double Done) Of(string by, LibraryView view)
    {
        Making? making;
        lock (_gate)
        {
            if (!_maps.TryGetValue(by, out making) || making.Version < view.Version)
            {
                making?.End(); // of moments that are no longer all
                _maps[by] = making = new Making(this, by, view.Version);
            }
            if (making.Task.IsFaulted) _maps.Remove(by);
        }
        if (making.Version > view.Version)
            throw new RefusedException(503, "The library grows just now; try again in a moment.");
        return making.Task.IsCompleted ? (making.Task.GetAwaiter().GetResult(), 1) : (null, making.Done);
    }

    public void Dispose()
    {
        _ended.Cancel();
        Making[] all;
        lock (_gate) all = [.. _maps.Values];
        foreach (Making making in all) Task.WhenAny(making.Task).GetAwaiter().GetResult();
        _one.Wait(); // for one that was given up
        _one.Dispose();
        _ended.Dispose();
    }

    private async Task<DrawnMap> MakeAsync(string by, long version, Action<double> progress, CancellationToken stop)
    {
        await _one.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            MapLayout map = await Task.Run(() => Make(by, version, progress, stop), stop).ConfigureAwait(false);
            return new(map.Embedded, MemoryMarshal.AsBytes(map.Places.AsSpan()).ToArray());
        }
        finally
        {
            _one.Release();
        }
    }

    private MapLayout Make(string by, long version, Action<double> progress, CancellationToken stop)
    {
        using ExplorerLibrary.Lease lease = library.Rent();
        var notes = new LibraryNotes(lease.Library.Store);
        if (notes.Map(by) is { } kept && kept.Version == version) return kept;
        MapLayout map = MomentMap.Of(lease.Library, Kinds[by], progress, stop);
        if (map.Version != version)
            throw new RefusedException(503, "The library grew meanwhile; the map is laid out anew.");
        if (!library.IsReadOnly)
            try
            {
                notes.Write(LibraryNotes.Of(by, map));
            }
            catch (Exception e) when (e is BadInputException or IOException)
            {
                library.Work.Say($"The map is not kept: {e.Message}");
            }
        return map;
    }

    private sealed class Making
    {
        private readonly CancellationTokenSource _stop;

        public Making(MapMaker maker, string by, long version)
        {
            Version = version;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(maker._ended.Token);
            Task = maker.MakeAsync(by, version, done => Done = done, _stop.Token);
        }

        public long Version { get; }

        public Task<DrawnMap> Task { get; }

        public double Done { get; private set; }

        public void End() => _stop.Cancel();
    }
}

/// <summary>A map as it is sent.</summary>
/// <param name="Embedded">How many moments were laid out together.</param>
/// <param name="Places">x and y of each moment, as float32.</param>
internal sealed record DrawnMap(int Embedded, byte[] Places);
