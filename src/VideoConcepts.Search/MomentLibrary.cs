using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Text;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>How a library is opened.</summary>
public sealed record LibraryOptions
{
    /// <summary>Where the paths of its videos start; null: where they did when it was made.</summary>
    public string? Root { get; init; }

    /// <summary>Where its model is now; null: where it was.</summary>
    public string? Model { get; init; }

    /// <summary>Where the network computes that describes clips: auto, cpu, cuda or cuda:n.</summary>
    public string Device { get; init; } = ComputeDevice.Default;

    /// <summary>ffmpeg, or the folder that it is in; null: the one on PATH.</summary>
    public string? Ffmpeg { get; init; }
}

/// <summary>
/// A library of moments, to be searched. Vectors are read with the first search and kept; what is added to the library
/// afterwards is seen by the next search. Not safe for several threads at once.
/// </summary>
public sealed class MomentLibrary : IDisposable
{
    // Times as many moments as hits that are found at first, and whose rows are read at once; how many times more are
    // found if those are too few. An index looks at as many as AtLeast for a few, too.
    private const int AtFirst = 8, AtOnce = 4, More = 4, AtLeast = 1000;

    private readonly IMomentStore _store;
    private readonly LibraryOptions _options;
    private readonly WorkContext _work;
    private MomentMatrix? _matrix;
    private ApproximateIndex? _index;
    private Dictionary<long, LibraryVideo> _videos = [];
    private long _version = -1;
    private ClipDescriber? _clips;

    private MomentLibrary(IMomentStore store, LibraryOptions options, WorkContext work) =>
        (_store, _options, _work) = (store, options, work);

    /// <summary>Opens a library.</summary>
    /// <param name="library">Its file.</param>
    /// <param name="options">Where videos and model are.</param>
    /// <param name="work">Who is told how longer work goes.</param>
    /// <exception cref="BadInputException">There is none, it is damaged, or there is nothing in it.</exception>
    public static MomentLibrary Open(string library, LibraryOptions? options = null, WorkContext? work = null) =>
        Open(library, options, work, empty: false);

    /// <summary>The same, where there may be nothing in it yet.</summary>
    internal static MomentLibrary Open(string library, LibraryOptions? options, WorkContext? work, bool empty)
    {
        IMomentStore store = MomentStores.Open(library, work: work);
        bool isEmpty = store.Header is null || (store.Count == 0 && !empty);
        if (!isEmpty && options?.Root is null) return new(store, options ?? new(), work ?? new());
        if (!isEmpty && Directory.Exists(options!.Root)) return new(store, options, work ?? new());
        store.Dispose();
        throw new BadInputException(isEmpty
            ? $"{library}: there is nothing in this library; index says which videos could not be read."
            : $"‹root› {options!.Root}: there is no such folder.");
    }

    /// <summary>How it was made.</summary>
    public LibraryHeader Header => _store.Header!;

    /// <summary>Its videos, in the order in which they were added.</summary>
    public IReadOnlyList<LibraryVideo> Videos => _store.Videos();

    /// <summary>Where the paths of its videos start.</summary>
    public string Root => Path.GetFullPath(_options.Root ?? Header.Root);

    internal IMomentStore Store => _store;

    internal WorkContext Work => _work;

    /// <summary>The path of a video's file.</summary>
    public string FileOf(LibraryVideo video) => Path.Combine(Root, video.Path);

    /// <summary>Whether a video's file is where it was.</summary>
    public bool IsThere(LibraryVideo video) => RawFileOf(video).Status is not null;

    /// <summary>A strip of pictures of a moment, as a JPEG file; null: the library has none.</summary>
    public byte[]? Strip(long moment) => _store.Strip(moment);

    /// <summary>The moments of a video, in order of time.</summary>
    public IReadOnlyList<Moment> MomentsOf(LibraryVideo video) => _store.MomentsOf(video.Id);

    /// <summary>All moments of the library with their vectors, block by block.</summary>
    /// <param name="parts">Which vectors are read.</param>
    /// <param name="stop">Stops between blocks.</param>
    public async IAsyncEnumerable<MomentBlock> BlocksAsync(MomentParts parts,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        using IEnumerator<MomentBlock> blocks = _store.Blocks(parts).GetEnumerator();
        while (await Task.Run(blocks.MoveNext, stop).ConfigureAwait(false)) yield return blocks.Current;
    }

    /// <summary>Finds moments and tells them one by one, most similar first.</summary>
    /// <param name="query">What is searched for.</param>
    /// <param name="stop">Ends the search.</param>
    /// <exception cref="BadInputException">As <see cref="Search"/>.</exception>
    public async IAsyncEnumerable<MomentHit> SearchAsync(MomentQuery query,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        SearchResult found = await Task.Run(() => Search(query, stop), stop).ConfigureAwait(false);
        foreach (MomentHit hit in found.Hits) yield return hit;
    }

    /// <summary>Finds the moments that are most like another one, by look, by motion, or by both.</summary>
    /// <param name="query">What is searched for.</param>
    /// <param name="stop">Ends the search.</param>
    /// <exception cref="BadInputException">There is no such moment, the clip cannot be read, or an option is out of
    /// range.</exception>
    public SearchResult Search(MomentQuery query, CancellationToken stop = default)
    {
        query.Validate();
        query = query.For(Header);
        // a clip first: that takes a while, in which the library may grow
        DescribedQuery? clip = query.Clip is null ? null : OfClip(query, stop);
        Refresh();
        DescribedQuery asked = clip is null ? OfMoment(query.Moment!.Value) : WithItsVideos(clip, query);
        var slider = Slider.At(query.Motion!.Value, Header.Concepts > 0);
        float[] row = slider.Query(asked.Look, asked.Motion, Header.Concepts);
        HashSet<long> own = query.Within ? [] : asked.Videos;
        Func<int, IReadOnlyList<(long Moment, float Product)>> nearest =
            Nearest(row, own.Count == 0 ? null : own.Min(), query.Exact, stop);
        var products = new MomentProducts(_store, row);
        long all = _store.Count;
        for (long count = Math.Max(AtLeast, (long)query.Top * AtFirst); ; count *= More)
        {
            stop.ThrowIfCancellationRequested();
            count = Math.Min(all, count);
            IReadOnlyList<(long Moment, float Product)> found = nearest((int)Math.Max(1, count));
            Dictionary<long, float> similar = found.ToDictionary(hit => hit.Moment, hit => hit.Product);
            IEnumerable<(Moment, float)> ranked = found.Chunk(AtOnce * query.Top)
                .SelectMany(some => _store.Moments([.. some.Select(hit => hit.Moment)]))
                .Where(m => !own.Contains(m.VideoId)).Select(m => (m, similar[m.Id]));
            IReadOnlyList<MergedHit> hits = HitMerging.Of(ranked, query.Top, products.Of);
            if (hits.Count < query.Top && found.Count == count && count < all) continue; // too few of them are hits
            return new([.. hits.Select(hit => Hit(hit, asked, slider, products)).OfType<MomentHit>()], all,
                query.Exact || _index is null ? null : _index.Recall)
            {
                Strip = asked.Strip,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clips?.Dispose();
        _index?.Dispose();
        _store.Dispose();
    }

    /// <summary>The vectors of all moments.</summary>
    internal MomentMatrix Matrix(CancellationToken stop) => _matrix ??= _work.Track("library", _store.Count,
        tick => MomentMatrix.Load(_store, done => tick(done, ""), stop));

    /// <summary>The video of a number.</summary>
    internal LibraryVideo Video(long id) => _videos[id];

    /// <summary>Sees what was added since the last time.</summary>
    internal void Refresh()
    {
        if (_store.Version == _version) return;
        _version = _store.Version;
        (_matrix, _videos) = (null, _store.Videos().ToDictionary(video => video.Id));
        _index?.Dispose();
        _index = ApproximateIndex.Find(_store);
    }

    internal RawFile RawFileOf(LibraryVideo video) => video.RawPath is not { } raw ? new RawFile(FileOf(video))
        : new RawFile(FileOf(video), [.. Encoding.UTF8.GetBytes(SlashPath.Prefix(Root)), .. raw]);

    private Func<int, IReadOnlyList<(long Moment, float Product)>> Nearest(float[] row, long? own, bool exact,
        CancellationToken stop)
    {
        if (!exact && _index is { } index)
            return count => index.Nearest(row, count); // its own moments are left out when their rows are read
        return count => (exact ? null : _store.Nearest(row, count, own)) ?? Matrix(stop).Nearest(row, count, own, stop);
    }

    private DescribedQuery OfMoment(long moment)
    {
        if (_store.BlockOf(moment, MomentParts.Vectors) is not { } block)
            throw new BadInputException($"‹moment› {moment}: the library has no moment of this number.");
        int at = (int)(moment - block.First);
        return new(block.Look[(at * Header.LookSize)..((at + 1) * Header.LookSize)],
            block.Motion[(at * Header.MotionSize)..((at + 1) * Header.MotionSize)], [block.VideoId])
        { Strip = _store.Strip(moment) };
    }

    /// <summary>Whether its model is there, so that clips can be described.</summary>
    internal bool HasModel
    {
        get
        {
            try
            {
                return _options.Model is { } model ? Path.Exists(model)
                    : File.Exists(MomentNetwork.Kept(Header, _store.Name));
            }
            catch (BadInputException)
            {
                return false;
            }
        }
    }

    /// <summary>What the network says of a clip, and which of the library's videos it is.</summary>
    /// <exception cref="BadInputException">The clip cannot be read.</exception>
    internal DescribedQuery Describe(MomentQuery clip, CancellationToken stop)
    {
        DescribedQuery described = OfClip(clip, stop);
        Refresh();
        return WithItsVideos(described, clip);
    }

    /// <summary>Draws where in the picture of a moment a concept is seen, as a PNG.</summary>
    /// <exception cref="BadInputException">Its file cannot be read, or the model is not there.</exception>
    internal byte[] Where(LibraryVideo video, Moment moment, bool isDynamic, int concept, CancellationToken stop)
    {
        _clips ??= new ClipDescriber(_store, _options, _work);
        return _clips.Where(RawFileOf(video), moment, isDynamic, concept, stop);
    }

    private DescribedQuery OfClip(MomentQuery query, CancellationToken stop)
    {
        _clips ??= new ClipDescriber(_store, _options, _work);
        return _clips.Describe(query, stop);
    }

    // The same file may be there under several names.
    private DescribedQuery WithItsVideos(DescribedQuery clip, MomentQuery query)
    {
        long size = new FileInfo(query.Clip!).Length;
        if (query.Within || !_videos.Values.Any(video => video.Size == size)) return clip;
        string hash = FileHash.Of(query.Clip!);
        return clip with { Videos = [.. _videos.Values.Where(v => v.Hash == hash).Select(v => v.Id)] };
    }

    // Null: it was removed meanwhile.
    private MomentHit? Hit(MergedHit hit, DescribedQuery asked, Slider slider, MomentProducts products)
    {
        if (!_videos.TryGetValue(hit.Best.VideoId, out LibraryVideo? video))
        {
            _videos = _store.Videos().ToDictionary(v => v.Id); // it was added meanwhile
            if (!_videos.TryGetValue(hit.Best.VideoId, out video)) return null;
        }
        if (!products.TryRow(hit.Best.Id, out ReadOnlySpan<float> itsLook, out ReadOnlySpan<float> itsMotion))
            return null;
        double look = TensorPrimitives.Dot(itsLook, asked.Look);
        double? motion = slider.Motion(itsMotion, asked.Motion, Header.Concepts);
        return new(hit.Best, video, hit.Start, hit.End, hit.Product, look, motion, hit.Moments, FileOf(video),
            !IsThere(video));
    }
}

/// <summary>How a query looks and how things move in it.</summary>
/// <param name="Look">Unit vector.</param>
/// <param name="Motion">Differences and concepts, each a unit vector.</param>
/// <param name="Videos">The library's videos that it is of.</param>
internal sealed record DescribedQuery(float[] Look, float[] Motion, HashSet<long> Videos)
{
    /// <summary>The strip of a clip's first moment.</summary>
    public byte[]? Strip { get; init; }

    /// <summary>What stands for several moments: the direction of the sum of each of their three parts.</summary>
    public static DescribedQuery OfSum(float[] look, float[] motion, int concepts, HashSet<long> videos)
    {
        Unit(look);
        Unit(motion.AsSpan(0, motion.Length - concepts));
        Unit(motion.AsSpan(motion.Length - concepts));
        return new(look, motion, videos);
    }

    private static void Unit(Span<float> vector) =>
        TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm<float>(vector), 1e-12f), vector);
}
