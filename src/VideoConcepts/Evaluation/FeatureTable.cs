using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>One feature vector per video.</summary>
/// <param name="Values">Row-major (N, D).</param>
/// <param name="Dimension">D.</param>
/// <param name="Videos">The N videos, in the order of the rows.</param>
/// <param name="Dropped">Videos of the list that were too short to have a row.</param>
public sealed record FeatureTable(
    float[] Values, int Dimension, IReadOnlyList<VideoEntry> Videos, IReadOnlyList<VideoEntry> Dropped)
{
    /// <summary>N.</summary>
    public int Rows => Videos.Count;

    /// <summary>The feature of a row, D values.</summary>
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Dimension, Dimension);

    /// <summary>The rows that are most like one of them, the nearest first, itself left out.</summary>
    /// <param name="row">The row that asks.</param>
    /// <param name="count">How many, fewer where there are fewer.</param>
    /// <returns>Videos, and the cosine of features less the table's mean, from -1 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or none is asked for.</exception>
    public IReadOnlyList<(VideoEntry Video, float Cosine)> Nearest(int row, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var query = new FeatureTable(Row(row).ToArray(), Dimension, [Videos[row]], []);
        Neighbours found = Retrieval.SearchAlone(query, this, Math.Min(count, Rows - 1) + 1);
        return [.. found.Indices[0].Zip(found.Cosines[0]).Where(near => near.First != row).Take(count)
            .Select(near => (Videos[near.First], near.Second))];
    }

    /// <summary>Length of the array of a table with a row for each video.</summary>
    /// <exception cref="BadInputException">No array is so long.</exception>
    internal static int Length(IReadOnlyList<VideoEntry> videos, int dimension) =>
        Length(videos.Count, dimension, "videos", videos.Count > 0 ? videos[0].ListFile : "the list");

    /// <summary>Length of an array of so many rows.</summary>
    /// <exception cref="BadInputException">No array is so long; the message says what there is too much of.</exception>
    internal static int Length(long rows, int dimension, string what, string list) =>
        rows * dimension <= Array.MaxLength ? (int)(rows * dimension)
            : throw new BadInputException(
                $"{list}: {rows} {what} of {dimension} numbers do not fit in memory as one table, which holds "
                + $"{Array.MaxLength} numbers at most; use a part of the list (extract alone takes all of it).");

    /// <summary>The class of every row.</summary>
    /// <exception cref="BadInputException">A row of the list has no label, or one that cannot be.</exception>
    public int[] Labels()
    {
        var labels = new int[Rows];
        for (int row = 0; row < Rows; row++)
        {
            labels[row] = Videos[row].Label ?? throw new BadInputException(
                $"{Videos[row].Origin}: the video has no label, and this evaluation needs one in every row.");
            if (VideoEntry.LabelFault(labels[row]) is { } fault)
                throw new BadInputException($"{Videos[row].Origin}: {fault}.");
        }
        return labels;
    }
}

/// <summary>One window of a video.</summary>
/// <param name="Video">The video.</param>
/// <param name="Start">Its first frame, counted from 0.</param>
public readonly record struct ClipOrigin(VideoEntry Video, int Start);

/// <summary>One output vector per window, such as concept scores.</summary>
/// <param name="Values">Row-major (N, D), as the network gave them.</param>
/// <param name="Dimension">D.</param>
/// <param name="Origins">Where the N clips come from, in the order of the rows.</param>
/// <param name="Dropped">Videos of the list that were too short.</param>
public sealed record ClipTable(
    float[] Values, int Dimension, IReadOnlyList<ClipOrigin> Origins, IReadOnlyList<VideoEntry> Dropped);
