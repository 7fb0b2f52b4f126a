using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>What a library holds at one moment in time; many requests read it at once. Moments have places from 0, in
/// the order of their numbers.</summary>
internal sealed class LibraryView
{
    private readonly Dictionary<long, int> _videoPlaces;
    private readonly Func<MomentMatrix> _readMatrix;
    private readonly Lock _reading = new();
    private readonly Lazy<ConceptOverview?> _concepts;
    private readonly Lazy<byte[]> _points;
    private MomentMatrix? _matrix;

    private LibraryView(long version, LibraryHeader header, LibraryVideo[] videos, Moment[] moments, int[] videoOf,
        ConceptReadings? readings, Func<MomentMatrix> matrix)
    {
        (Version, Header, Videos, Moments, VideoOf, Readings) = (version, header, videos, moments, videoOf, readings);
        _readMatrix = matrix;
        _concepts = new(() => ConceptOverview.Of(this));
        _points = new(() => MapPoints.Of(this));
        _videoPlaces = Enumerable.Range(0, videos.Length).ToDictionary(i => videos[i].Id);
        Classes = [.. videos.Where(v => v.Moments > 0).Select(v => v.Tag).OfType<string>().Distinct()
            .Order(StringComparer.Ordinal)];
        var numbers = Enumerable.Range(0, Classes.Length).ToDictionary(i => Classes[i], StringComparer.Ordinal);
        ClassOf = [.. videos.Select(v => v.Tag is { } tag && numbers.TryGetValue(tag, out int n) ? n : -1)];
        FirstOf = new int[videos.Length];
        Array.Fill(FirstOf, -1);
        for (int i = moments.Length - 1; i >= 0; i--) FirstOf[videoOf[i]] = i;
        if (readings is not null)
        {
            Looks = ByConcept(readings.Looks, readings.LookStrengths, readings.Concepts);
            Motions = ByConcept(readings.Motions, readings.MotionStrengths, readings.Concepts);
        }
    }

    /// <summary>The library's version when it was read.</summary>
    public long Version { get; }

    public LibraryHeader Header { get; }

    /// <summary>In the order of their numbers.</summary>
    public LibraryVideo[] Videos { get; }

    public Moment[] Moments { get; }

    /// <summary>The place of each moment's video.</summary>
    public int[] VideoOf { get; }

    /// <summary>The place of each video's first moment, or -1.</summary>
    public int[] FirstOf { get; }

    /// <summary>Classes of the videos.</summary>
    public string[] Classes { get; }

    /// <summary>The class of each video, or -1.</summary>
    public int[] ClassOf { get; }

    /// <summary>Null: the model has no concepts.</summary>
    public ConceptReadings? Readings { get; }

    /// <summary>The moments of each static concept, the strongest first.</summary>
    public int[][] Looks { get; } = [];

    /// <summary>The moments of each dynamic concept, the strongest first.</summary>
    public int[][] Motions { get; } = [];

    /// <summary>All vectors; read when they are first needed.</summary>
    public MomentMatrix Matrix
    {
        get
        {
            lock (_reading) return _matrix ??= _readMatrix(); // what fails is tried again
        }
    }

    /// <summary>What is said of the concepts; null: there are none.</summary>
    public ConceptOverview? Concepts => _concepts.Value;

    /// <summary>All moments as <see cref="MapPoints"/> writes them.</summary>
    public byte[] Points => _points.Value;

    /// <summary>Reads a library.</summary>
    /// <param name="library">Which.</param>
    /// <param name="matrix">Reads the vectors of a version.</param>
    /// <param name="stop">Stops between videos.</param>
    public static LibraryView Of(MomentLibrary library, Func<long, MomentMatrix> matrix,
        CancellationToken stop = default)
    {
        long version = library.Store.Version;
        LibraryVideo[] videos = [.. library.Videos];
        List<Moment> moments = [];
        List<int> videoOf = [];
        for (int i = 0; i < videos.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (videos[i].Moments == 0) continue;
            IReadOnlyList<Moment> its = library.MomentsOf(videos[i]);
            moments.AddRange(its);
            videoOf.AddRange(Enumerable.Repeat(i, its.Count));
        }
        ConceptReadings? readings = library.Header.Concepts > 0 && moments.Count > 0
            ? ConceptReadings.Of(library.Store, stop) : null;
        return new(version, library.Header, videos, [.. moments], [.. videoOf], readings,
            () => matrix(version));
    }

    /// <summary>The place of a moment, or -1.</summary>
    public int PlaceOf(long moment)
    {
        int low = 0, high = Moments.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (Moments[middle].Id == moment) return middle;
            if (Moments[middle].Id < moment) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /// <summary>The place of a video, or -1.</summary>
    public int PlaceOfVideo(long video) => _videoPlaces.GetValueOrDefault(video, -1);

    /// <summary>The places of the first and of the one behind the last moment of a video.</summary>
    public (int First, int End) Span(int video) => FirstOf[video] < 0 ? (0, 0)
        : (FirstOf[video], FirstOf[video] + Videos[video].Moments);

    private static int[][] ByConcept(ushort[] of, float[] strengths, int concepts)
    {
        List<int>[] lists = [.. Enumerable.Range(0, concepts).Select(_ => new List<int>())];
        for (int i = 0; i < of.Length; i++) lists[of[i]].Add(i);
        return [.. lists.Select(list => list.OrderByDescending(i => strengths[i]).ThenBy(i => i).ToArray())];
    }
}
