namespace VideoConcepts.Evaluation;

/// <summary>Scores of concepts as the codes of videos: a column of N videos for each of D concepts.</summary>
internal sealed class ConceptCodes
{
    private const int MostBins = 20;

    private readonly Lazy<int[][]> _order;

    /// <param name="columns">(D, N).</param>
    public ConceptCodes(float[][] columns)
    {
        Columns = columns;
        _order = new(() => [.. columns.Select(Ordered)]);
    }

    /// <summary>(D, N).</summary>
    public float[][] Columns { get; }

    /// <summary>N.</summary>
    public int Videos => Columns[0].Length;

    /// <summary>Of each code the videos, from the lowest value to the highest, (D, N).</summary>
    public int[][] Order => _order.Value;

    /// <summary>The concepts of some heads, in their order.</summary>
    public static ConceptCodes Of(VideoScores scores, IEnumerable<ConceptHead> heads) =>
        new([.. heads.SelectMany(head => Enumerable.Range(head.First, head.Concepts)).Select(column =>
            Enumerable.Range(0, scores.Videos.Count).Select(row => scores.Values[(row * scores.Classes) + column])
                .ToArray())]);

    /// <summary>Some of the videos.</summary>
    public ConceptCodes Of(int[] videos) =>
        new([.. Columns.Select(column => Array.ConvertAll(videos, video => column[video]))]);

    /// <summary>How many bins N videos allow: 20, of fewer than 400 videos √N, at least 2.</summary>
    public static int BinsOf(int videos) => Math.Clamp((int)Math.Sqrt(videos), 2, MostBins);

    /// <summary>
    /// Where bins of equally many videos begin, for each code all but the first: (D, bins - 1). Bin k of B begins at
    /// the value with k N / B values below it; equal values share a bin.
    /// </summary>
    public float[][] Edges(int bins) => [.. Order.Zip(Columns, (order, column) =>
        Enumerable.Range(1, bins - 1)
            .Select(k => column[order[(int)Math.Min(((k * (long)Videos) + bins - 1) / bins, Videos - 1)]]).ToArray())];

    /// <summary>The bin of each value, (D, N): how many edges are not above it.</summary>
    public int[][] Bins(float[][] edges) => [.. Columns.Zip(edges, (column, of) =>
        Array.ConvertAll(column, value => Bin(of, value)))];

    private static int Bin(float[] edges, float value)
    {
        int low = 0, high = edges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (edges[middle] <= value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static int[] Ordered(float[] column)
    {
        int[] rows = [.. Enumerable.Range(0, column.Length)];
        Array.Sort([.. column], rows);
        return rows;
    }
}
