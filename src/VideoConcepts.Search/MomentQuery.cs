namespace VideoConcepts.Search;

/// <summary>What is searched for: moments like one of the library, or like a clip.</summary>
public sealed record MomentQuery
{
    /// <summary>A moment of the library, by its number; this or <see cref="Clip"/>.</summary>
    public long? Moment { get; init; }

    /// <summary>A video file.</summary>
    public string? Clip { get; init; }

    /// <summary>Where in the clip to begin, in seconds; null: at its beginning.</summary>
    public double? At { get; init; }

    /// <summary>How much of the clip is meant, in seconds; null: all of it, or from <see cref="At"/> one
    /// moment.</summary>
    public double? Length { get; init; }

    /// <summary>What <see cref="Motion"/> is where none is given.</summary>
    public const double DefaultMotion = 0.5;

    /// <summary>How much motion counts, from 0, look alone, to 1, motion alone; null: <see cref="DefaultMotion"/>, or
    /// look alone in a library that knows nothing of motion.</summary>
    public double? Motion { get; init; }

    /// <summary>Hits.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Whether moments of the query's own video are found, too.</summary>
    public bool Within { get; init; }

    /// <summary>Whether all moments are compared, although there is an index that is faster.</summary>
    public bool Exact { get; init; }

    /// <summary>As a library takes it.</summary>
    /// <exception cref="BadInputException">Motion is asked for where nothing is known of it.</exception>
    internal MomentQuery For(LibraryHeader header) =>
        this with { Motion = OptionRange.Motion(Motion, DefaultMotion, header) };

    /// <exception cref="BadInputException">An option is out of range, or one is given that is not read.</exception>
    internal void Validate()
    {
        if (Moment is null == Clip is null)
            throw new BadInputException("give either ‹query› (a video file) or ‹moment› (a number that search or index "
                + "showed).");
        if (Moment is not null && (At ?? Length) is not null)
            throw new BadInputException("‹at› and ‹length› are read with ‹query› alone: a moment has its own.");
        if (At is not null and not (>= 0 and < 1e9))
            throw new BadInputException($"‹at› is {At}: give seconds from 0, or minutes and seconds such as 1:30.");
        if (Length is not null and not (> 0 and < 1e9))
            throw new BadInputException($"‹length› is {Length}: give seconds above 0.");
        OptionRange.Motion(Motion);
        OptionRange.Top(Top);
    }
}

/// <summary>A part of a video that is like what was searched for.</summary>
/// <param name="Moment">The moment that is most like it.</param>
/// <param name="Video">Its video.</param>
/// <param name="Start">Where it begins, in seconds: moments that overlap and are like the query are one hit.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Similarity">(1 - motion) · <paramref name="Look"/> + motion · <paramref name="Motion"/>.</param>
/// <param name="Look">Cosine of how the two look, -1 to 1.</param>
/// <param name="Motion">Cosine of how things move in the two, -1 to 1; null: nothing is known of it.</param>
/// <param name="Moments">Moments that are in the hit.</param>
/// <param name="File">The video's file.</param>
/// <param name="IsMissing">Whether it is not there.</param>
public sealed record MomentHit(Moment Moment, LibraryVideo Video, double Start, double End, double Similarity,
    double Look, double? Motion, int Moments, string File, bool IsMissing);

/// <summary>What a search found.</summary>
/// <param name="Hits">Most similar first.</param>
/// <param name="Compared">Moments of the library.</param>
/// <param name="Recall">Of an approximate search the share of the true ten nearest that it finds, as it was measured
/// when the index was made; null: all moments were compared.</param>
public sealed record SearchResult(IReadOnlyList<MomentHit> Hits, long Compared, double? Recall)
{
    /// <summary>A strip of pictures of what was searched for, as a JPEG file; null: there is none.</summary>
    public byte[]? Strip { get; init; }
}
