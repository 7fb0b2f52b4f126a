using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Which gallery rows a query does not search because they show its own video: itself, or a copy under another row or
/// path.
/// </summary>
internal sealed class OwnVideo
{
    private readonly int[] _queries, _gallery; // number of each row's video
    private readonly Dictionary<int, int[]> _rows; // gallery rows of a video

    private OwnVideo(int[] queries, int[] gallery)
    {
        (_queries, _gallery) = (queries, gallery);
        _rows = Enumerable.Range(0, gallery.Length).GroupBy(row => gallery[row]).ToDictionary(g => g.Key,
            g => g.ToArray());
        int itself = ReferenceEquals(queries, gallery) ? 1 : 0;
        Copied = queries.Count(video => LeftOut(video).Length > itself);
        Searched = gallery.Length - queries.Select(video => LeftOut(video).Length).DefaultIfEmpty().Max();
    }

    /// <summary>Queries with a copy in the gallery; a query that is in it itself is none.</summary>
    public int Copied { get; }

    /// <summary>Rows that the query with the most copies searches, the fewest of all.</summary>
    public int Searched { get; }

    /// <summary>By the contents of the videos.</summary>
    /// <param name="queries">Videos of the queries' rows.</param>
    /// <param name="gallery">Videos of the gallery's rows; the same list if the queries search among
    /// themselves.</param>
    /// <param name="contents">What is the same.</param>
    public static OwnVideo Of(IReadOnlyList<VideoEntry> queries, IReadOnlyList<VideoEntry> gallery,
        VideoContents contents)
    {
        bool within = ReferenceEquals(queries, gallery);
        int[][] numbers = within ? contents.Numbers(queries) : contents.Numbers(queries, gallery);
        return new OwnVideo(numbers[0], numbers[^1]);
    }

    /// <summary>Rows that search among themselves, no two of one video.</summary>
    public static OwnVideo Alone(int rows)
    {
        int[] each = [.. Enumerable.Range(0, rows)];
        return new OwnVideo(each, each);
    }

    /// <summary>Whether a gallery row shows the query's video.</summary>
    public bool Is(int query, int row) => _queries[query] == _gallery[row];

    /// <summary>The gallery rows that a query does not search.</summary>
    public IReadOnlyList<int> LeftOutOf(int query) => LeftOut(_queries[query]);

    private int[] LeftOut(int video) => _rows.TryGetValue(video, out int[]? rows) ? rows : [];
}
