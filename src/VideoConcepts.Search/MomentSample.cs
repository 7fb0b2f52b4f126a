using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>How a sample is drawn.</summary>
public sealed record SampleOptions
{
    /// <summary>How many moments.</summary>
    public required int Count { get; init; }

    /// <summary>What <see cref="Motion"/> is where none is given.</summary>
    public const double DefaultMotion = 0.5;

    /// <summary>How much motion counts, from 0, look alone, to 1, motion alone; null: <see cref="DefaultMotion"/>, or
    /// look alone in a library that knows nothing of motion.</summary>
    public double? Motion { get; init; }

    /// <summary>Whether at most one moment of each video is taken.</summary>
    public bool OnePerVideo { get; init; }

    /// <summary>Decides which moment is the first one.</summary>
    public long Seed { get; init; }

    /// <summary>As a library takes it.</summary>
    /// <exception cref="BadInputException">Motion is asked for where nothing is known of it.</exception>
    internal SampleOptions For(LibraryHeader header) =>
        this with { Motion = OptionRange.Motion(Motion, DefaultMotion, header) };

    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal void Validate()
    {
        OptionRange.Motion(Motion);
        if (Count is < 1 or > 100_000) throw new BadInputException($"‹diverse› is {Count}: give 1 to 100000 moments.");
    }
}

/// <summary>A moment of a sample.</summary>
/// <param name="Part">Where it is.</param>
/// <param name="Distance">1 - its similarity to the nearest of those before it; of the first one 0.</param>
/// <param name="Covers">Moments of the library that are nearer to it than to any other one of the sample, itself among
/// them.</param>
public sealed record SampledMoment(MomentPart Part, double Distance, long Covers);

/// <summary>A sample of a library.</summary>
/// <param name="Moments">In the order in which they were chosen: the first ones are a smaller sample.</param>
/// <param name="Compared">Moments of the library.</param>
/// <param name="Radius">1 - the least similarity of any moment of the library to the nearest one of the sample.</param>
/// <param name="MeanDistance">1 - the mean one.</param>
public sealed record SampleResult(IReadOnlyList<SampledMoment> Moments, long Compared, double Radius,
    double MeanDistance);

/// <summary>
/// A subset that covers a library: each moment that is taken is the one that those before are least similar to
/// (farthest-point traversal: its radius is at most twice the least possible where distances are a metric; Gonzalez
/// 1985). The seed decides the first one; of equal ones the earlier one in the library is taken.
/// </summary>
public static class MomentSample
{
    /// <summary>Draws a sample; of a library with fewer moments, or videos, all of them.</summary>
    /// <param name="library">Of what.</param>
    /// <param name="options">How many, and what counts.</param>
    /// <param name="stop">Stops between two moments.</param>
    /// <exception cref="BadInputException">An option is out of range.</exception>
    public static SampleResult Draw(MomentLibrary library, SampleOptions options, CancellationToken stop = default)
    {
        options.Validate();
        options = options.For(library.Header);
        library.Refresh();
        var slider = Slider.At(options.Motion!.Value, library.Header.Concepts > 0);
        MomentPairs pairs = MomentPairs.Load(library, slider, stop);
        if (pairs.Count == 0) return new([], 0, 0, 0);
        float[][] nearest = [.. pairs.Videos.Select(video => Filled(video.Count))];
        int[][] owner = [.. pairs.Videos.Select(video => new int[video.Count])];
        var taken = new bool[pairs.Videos.Count];
        List<(int Video, int Moment, double Distance)> chosen = [];
        long wanted = Math.Min(options.Count, options.OnePerVideo ? pairs.Videos.Count : pairs.Count);
        (int Video, int Moment) next = At(pairs, RandomStream.For(options.Seed).NextDouble());
        library.Work.Track("sample", wanted, tick =>
        {
            while (chosen.Count < wanted)
            {
                stop.ThrowIfCancellationRequested();
                chosen.Add((next.Video, next.Moment, chosen.Count == 0 ? 0
                    : Math.Max(0, 1 - nearest[next.Video][next.Moment])));
                taken[next.Video] = options.OnePerVideo;
                next = Spread(pairs, next, chosen.Count - 1, nearest, owner, taken);
                tick(chosen.Count, "");
            }
            return 0;
        });
        foreach (float[] of in nearest) TensorPrimitives.Min(of, 1, of); // those that were taken, and rounding
        long[] covers = new long[chosen.Count];
        foreach (int[] of in owner)
            foreach (int one in of) covers[one]++;
        SampledMoment[] moments = [.. chosen.Select((m, i) =>
        {
            VideoRows rows = pairs.Videos[m.Video];
            Moment moment = library.Store.Moments([rows.First + m.Moment])[0];
            return new SampledMoment(MomentPart.Of(library, rows.Video, moment, moment.Start, moment.End), m.Distance,
                covers[i]);
        })];
        return new(moments, pairs.Count, Math.Max(0, 1 - nearest.Min(of => TensorPrimitives.Min<float>(of))),
            Math.Max(0, 1 - (nearest.Sum(of => (double)TensorPrimitives.Sum<float>(of)) / pairs.Count)));
    }

    // Holds all moments against the last one that was taken; the one that is farthest from all is the next. One that
    // was taken is infinitely near: it is not taken again, though all are equal.
    private static (int Video, int Moment) Spread(MomentPairs pairs, (int Video, int Moment) last, int number,
        float[][] nearest, int[][] owner, bool[] taken)
    {
        float[] from = pairs.Row(last.Video, last.Moment);
        var farthest = new (float Similarity, int Moment)[pairs.Videos.Count];
        Parallel.For(0, farthest.Length, video =>
        {
            VideoRows rows = pairs.Videos[video];
            (float, int) least = (float.PositiveInfinity, 0);
            for (int i = 0; i < rows.Count; i++)
            {
                float similarity = (video, i) == last ? float.PositiveInfinity
                    : TensorPrimitives.Dot(rows.Rows.AsSpan(i * from.Length, from.Length), from);
                if (similarity > nearest[video][i]) (nearest[video][i], owner[video][i]) = (similarity, number);
                if (nearest[video][i] < least.Item1) least = (nearest[video][i], i);
            }
            farthest[video] = least;
        });
        int next = 0;
        float lowest = float.PositiveInfinity;
        for (int video = 0; video < farthest.Length; video++)
            if (!taken[video] && farthest[video].Similarity < lowest)
                (next, lowest) = (video, farthest[video].Similarity);
        return (next, farthest[next].Moment);
    }

    private static float[] Filled(int count)
    {
        var values = new float[count];
        values.AsSpan().Fill(float.NegativeInfinity);
        return values;
    }

    private static (int Video, int Moment) At(MomentPairs pairs, double place)
    {
        long at = (long)(place * pairs.Count);
        for (int video = 0; ; video++)
        {
            if (at < pairs.Videos[video].Count) return (video, (int)at);
            at -= pairs.Videos[video].Count;
        }
    }
}
