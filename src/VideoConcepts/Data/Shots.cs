using System.Collections.Immutable;

namespace VideoConcepts.Data;

/// <summary>Frames of a video between two cuts.</summary>
/// <param name="First">Position of the first one, from 0.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct Shot(int First, int Count)
{
    /// <summary>Position after the last one.</summary>
    public int End => First + Count;
}

/// <summary>
/// How many frames a video has, and where a new shot begins: no clip is taken across a cut, whose difference would
/// drown all others. A number of frames stands for a video without cuts.
/// </summary>
/// <param name="Frames">Frames of the video.</param>
/// <param name="Cuts">Positions from 1 of the first frames of the second and later shots, rising.</param>
public readonly record struct Shots(int Frames, ImmutableArray<int> Cuts)
{
    /// <summary>A video of so many frames without cuts.</summary>
    public static implicit operator Shots(int frames) => new(frames, []);

    /// <summary>The shots, in order; one of all frames without cuts.</summary>
    public IEnumerable<Shot> All
    {
        get
        {
            int first = 0;
            foreach (int cut in Within)
            {
                yield return new Shot(first, cut - first);
                first = cut;
            }
            yield return new Shot(first, Frames - first);
        }
    }

    /// <summary>Whether there is but one shot.</summary>
    public bool IsWhole => !Within.Any();

    /// <summary>Frames of the longest shot.</summary>
    public int Longest => IsWhole ? Frames : All.Max(shot => shot.Count);

    /// <summary>The shot that shows a frame.</summary>
    public Shot At(int position) => All.First(shot => position < shot.End);

    /// <summary>
    /// Draws a shot of more than so many frames, each as likely as it is long; of a single one nothing is drawn.
    /// </summary>
    /// <param name="frames">How many are too few; where all shots have no more, the longest one is taken.</param>
    /// <param name="random">The sample's own stream.</param>
    internal Shot Draw(int frames, ref RandomStream random)
    {
        if (IsWhole) return new Shot(0, Frames);
        Shot[] fit = [.. All.Where(shot => shot.Count > frames)];
        if (fit.Length == 0) return All.MaxBy(shot => shot.Count);
        int at = fit.Length == 1 ? 0 : random.NextInt(0, fit.Sum(shot => shot.Count) - 1);
        foreach (Shot shot in fit)
        {
            if (at < shot.Count) return shot;
            at -= shot.Count;
        }
        throw new InvalidOperationException("Shots are as long as they are together.");
    }

    // A list may name fewer frames than there are.
    private IEnumerable<int> Within
    {
        get
        {
            if (Cuts.IsDefaultOrEmpty) yield break;
            foreach (int cut in Cuts)
                if (cut < Frames)
                    yield return cut;
        }
    }
}
