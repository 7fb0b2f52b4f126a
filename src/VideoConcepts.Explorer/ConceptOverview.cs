using VideoConcepts.Evaluation;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>What a version of a library says of its concepts.</summary>
internal sealed class ConceptOverview
{
    private const int Shown = 6, MostLabelled = 20_000;
    private const double LeastShare = 0.05; // of a class that is named

    private readonly LibraryView _view;
    private readonly int[] _ofClass; // moments

    private ConceptOverview(LibraryView view, ConceptReadings read)
    {
        (_view, _ofClass) = (view, new int[view.Classes.Length]);
        Table = [.. Enumerable.Range(0, read.Concepts).Select(_ => new int[read.Concepts])];
        for (int i = 0; i < view.Moments.Length; i++)
        {
            Table[read.Looks[i]][read.Motions[i]]++;
            if (ClassOf(i) is >= 0 and var c) _ofClass[c]++;
        }
        Looks = [.. view.Looks.Select(its => Of(its, read.LookStrengths))];
        Motions = [.. view.Motions.Select(its => Of(its, read.MotionStrengths))];
        if (view.Classes.Length > 1) Quality = QualityOf(read);
    }

    /// <summary>How many moments have a look with a motion.</summary>
    public int[][] Table { get; }

    public Concept[] Looks { get; }

    public Concept[] Motions { get; }

    /// <summary>Null: there are no classes to compare with.</summary>
    public ConceptQualityAnswer? Quality { get; }

    /// <summary>Null: the model has no concepts.</summary>
    public static ConceptOverview? Of(LibraryView view) => view.Readings is { } read ? new(view, read) : null;

    private Concept Of(int[] moments, float[] strengths) => new(moments.Length,
        (double)moments.Length / _view.Moments.Length, moments.Length == 0 ? 0 : moments.Average(i => strengths[i]),
        [.. Strongest(moments)], Classes(moments));

    // Of as many videos as there are, so that one long video is not all that is seen.
    private IEnumerable<int> Strongest(int[] moments)
    {
        int[] best = [.. moments.DistinctBy(i => _view.VideoOf[i]).Take(Shown)];
        return best.Concat(moments.Take(2 * Shown).Except(best)).Take(Shown);
    }

    private ClassShare[] Classes(int[] moments)
    {
        if (_view.Classes.Length < 2 || moments.Length == 0) return [];
        return [.. moments.Select(ClassOf).Where(c => c >= 0).CountBy(c => c)
            .Select(c => new ClassShare(_view.Classes[c.Key], (double)c.Value / moments.Length,
                (double)c.Value / moments.Length / ((double)_ofClass[c.Key] / _view.Moments.Length)))
            .Where(c => c.Share >= LeastShare).OrderByDescending(c => c.Share * Math.Log(c.Lift)).Take(3)];
    }

    private ConceptQualityAnswer QualityOf(ConceptReadings read)
    {
        int every = Math.Max(1, _view.Moments.Length / MostLabelled);
        int[] some = [.. Enumerable.Range(0, _view.Moments.Length).Where(i => i % every == 0 && ClassOf(i) >= 0)];
        int[] classes = [.. some.Select(ClassOf)];
        return new(Of(read.Looks), Of(read.Motions));

        QualityAnswer Of(ushort[] concepts) => new(ConceptQuality.AdjustedMutualInformation(
            [.. some.Select(i => (int)concepts[i])], classes));
    }

    private int ClassOf(int moment) => _view.ClassOf[_view.VideoOf[moment]];

    /// <summary>One of them.</summary>
    /// <param name="Moments">How many are of it.</param>
    /// <param name="Share">Of all moments.</param>
    /// <param name="Strength">Mean z of its moments.</param>
    /// <param name="Strongest">Places of the moments that show it.</param>
    /// <param name="Classes">More frequent in it than elsewhere.</param>
    internal sealed record Concept(int Moments, double Share, double Strength, int[] Strongest, ClassShare[] Classes);
}
