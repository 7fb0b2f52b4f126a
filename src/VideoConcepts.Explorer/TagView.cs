using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Which moments have which tags: those whose middle is in a tagged part of their video.</summary>
internal sealed class TagView
{
    private const double Touch = 1e-3; // seconds: a part that ends where a middle is does not hold it

    private readonly Dictionary<int, SortedSet<string>> _ofMoment = [];
    private readonly Dictionary<string, SortedSet<int>> _moments = new(StringComparer.Ordinal);

    public TagView(LibraryView view, IReadOnlyDictionary<long, TagMark> marks, long version)
    {
        (View, Marks, Version) = (view, marks, version);
        var videos = Enumerable.Range(0, view.Videos.Length)
            .ToDictionary(i => view.Videos[i].Path, StringComparer.Ordinal);
        foreach (TagMark mark in marks.Values)
        {
            if (!_moments.TryGetValue(mark.Tag, out SortedSet<int>? its)) _moments[mark.Tag] = its = [];
            if (!videos.TryGetValue(mark.Video, out int video)) continue; // it left the library; its tags stay
            (int first, int end) = view.Span(video);
            for (int i = first; i < end; i++)
            {
                if (!Holds(mark, view.Moments[i])) continue;
                its.Add(i);
                if (!_ofMoment.TryGetValue(i, out SortedSet<string>? names))
                    _ofMoment[i] = names = new(StringComparer.Ordinal);
                names.Add(mark.Tag);
            }
        }
    }

    public LibraryView View { get; }

    public IReadOnlyDictionary<long, TagMark> Marks { get; }

    /// <summary>The notes' version.</summary>
    public long Version { get; }

    /// <summary>All tags.</summary>
    public IEnumerable<string> Tags => _moments.Keys.Order(StringComparer.Ordinal);

    /// <summary>The places of the moments that have a tag.</summary>
    public IReadOnlyCollection<int> MomentsOf(string tag) => _moments.TryGetValue(tag, out var its) ? its : [];

    /// <summary>The tags of a moment.</summary>
    public IReadOnlyCollection<string> Of(int moment) => _ofMoment.TryGetValue(moment, out var names) ? names : [];

    public static bool Holds(TagMark mark, Moment moment)
    {
        double middle = (moment.Start + moment.End) / 2;
        return middle > mark.Start + Touch && middle < mark.End - Touch;
    }
}
