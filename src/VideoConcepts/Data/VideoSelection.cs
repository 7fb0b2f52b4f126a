using System.Collections;

namespace VideoConcepts.Data;

/// <summary>Some rows of a list, by their places: the rows themselves are not held twice.</summary>
internal sealed class VideoSelection : IReadOnlyList<VideoEntry>, IShots
{
    private readonly IReadOnlyList<VideoEntry> _list;
    private readonly int[] _places;

    /// <param name="list">The list.</param>
    /// <param name="places">Places in it, in the order of the selection.</param>
    public VideoSelection(IReadOnlyList<VideoEntry> list, int[] places) => (_list, _places) = (list, places);

    public int Count => _places.Length;

    public VideoEntry this[int index] => _list[_places[index]];

    /// <summary>Where the rows are in the list.</summary>
    public IReadOnlyList<int> Places => _places;

    /// <summary>
    /// The rows that are wanted, the list itself if all are, and the others, both in the list's order.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="isWanted">Asked of each place in it, in order.</param>
    public static (IReadOnlyList<VideoEntry> Wanted, IReadOnlyList<VideoEntry> Others) Divide(
        IReadOnlyList<VideoEntry> list, Func<int, bool> isWanted)
    {
        var wanted = new BitArray(list.Count);
        int others = 0;
        for (int place = 0; place < list.Count; place++)
        {
            wanted[place] = isWanted(place);
            if (!wanted[place]) others++;
        }
        return others == 0 ? (list, [])
            : (Of(list, wanted, true, list.Count - others), Of(list, wanted, false, others));
    }

    /// <summary>As above, those with a shot of more than a number of frames.</summary>
    public static (IReadOnlyList<VideoEntry> Longer, IReadOnlyList<VideoEntry> Others) Longer(
        IReadOnlyList<VideoEntry> list, int frames) => Divide(list, row => Shots(list, row).Longest > frames);

    /// <summary>A row's frames and shots, without an entry where that can be.</summary>
    public static Shots Shots(IReadOnlyList<VideoEntry> list, int row) =>
        list is IShots shots ? shots.ShotsAt(row) : list[row].Shots;

    public Shots ShotsAt(int row) => Shots(_list, _places[row]);

    public IEnumerator<VideoEntry> GetEnumerator()
    {
        foreach (int place in _places) yield return _list[place];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static VideoSelection Of(IReadOnlyList<VideoEntry> list, BitArray wanted, bool value, int count)
    {
        var places = new int[count];
        for (int place = 0, at = 0; at < count; place++)
            if (wanted[place] == value) places[at++] = place;
        return new VideoSelection(list, places);
    }
}
