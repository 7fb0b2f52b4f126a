namespace VideoConcepts.Search;

/// <summary>
/// Changes tags: parts of one tag that overlap in a video are one. A part's number follows from what it says, so two
/// who tag at once never write over each other, and a part that comes back has the number that it had.
/// </summary>
internal sealed class TagChanges
{
    private const double Touch = 1e-3; // seconds

    private readonly Dictionary<long, TagMark> _marks = [];
    private readonly Dictionary<(string Tag, string Video), HashSet<long>> _ofVideo = [];
    private readonly Dictionary<string, byte[]?> _changed = [];
    private readonly HashSet<long> _kept;

    public TagChanges(IReadOnlyDictionary<long, TagMark> marks)
    {
        foreach ((long number, TagMark mark) in marks) Put(number, mark);
        _kept = [.. marks.Keys];
    }

    /// <summary>The notes that are others now.</summary>
    public IReadOnlyDictionary<string, byte[]?> Changed => _changed;

    /// <summary>Gives parts a tag.</summary>
    /// <returns>How many.</returns>
    public int Add(IEnumerable<TagMark> parts)
    {
        int added = 0;
        foreach (TagMark part in parts.OrderBy(part => part.Start))
        {
            TagMark whole = part;
            foreach ((long number, TagMark mark) in Of(part.Tag, part.Video))
            {
                if (mark.Start >= whole.End - Touch || mark.End <= whole.Start + Touch) continue;
                whole = whole with { Start = Math.Min(mark.Start, whole.Start), End = Math.Max(mark.End, whole.End) };
                Set(number, null);
            }
            Put(whole);
            added++;
        }
        return added;
    }

    /// <summary>Takes a tag away from parts by their numbers; null: from all.</summary>
    public int Remove(string tag, long[]? numbers)
    {
        long[] gone = [.. _marks.Where(mark => mark.Value.Tag == tag && numbers?.Contains(mark.Key) != false)
            .Select(mark => mark.Key)];
        foreach (long number in gone) Set(number, null);
        return gone.Length;
    }

    /// <summary>Takes a tag away from moments: what is left of their parts keeps it.</summary>
    public int Remove(string tag, string video, IEnumerable<Moment> moments)
    {
        int removed = 0;
        foreach (Moment moment in moments)
        {
            // a quarter on either side of the middle: half of the way to the middles beside it, at the usual step
            double middle = (moment.Start + moment.End) / 2, reach = (moment.End - moment.Start) / 4;
            foreach ((long number, TagMark mark) in Of(tag, video))
            {
                if (mark.Start >= middle || mark.End <= middle) continue;
                removed++;
                Set(number, null);
                TagMark[] rest = [mark with { End = middle - reach }, mark with { Start = middle + reach }];
                foreach (TagMark left in rest)
                    if (left.End - left.Start > (2 * reach) + Touch) // else no moment's middle is in it
                        Put(left);
            }
        }
        return removed;
    }

    /// <summary>Calls a tag otherwise.</summary>
    public int Rename(string from, string to)
    {
        TagMark[] parts = [.. _marks.Values.Where(mark => mark.Tag == from)];
        Remove(from, (long[]?)null);
        Add(parts.Select(part => part with { Tag = to }));
        return parts.Length;
    }

    private KeyValuePair<long, TagMark>[] Of(string tag, string video) =>
        _ofVideo.TryGetValue((tag, video), out HashSet<long>? numbers)
            ? [.. numbers.Select(number => KeyValuePair.Create(number, _marks[number]))] : [];

    private void Put(TagMark mark)
    {
        long number = LibraryNotes.NumberOf(mark);
        while (_marks.TryGetValue(number, out TagMark? other) && other != mark) number++;
        Set(number, mark);
    }

    private void Put(long number, TagMark mark)
    {
        _marks[number] = mark;
        if (!_ofVideo.TryGetValue((mark.Tag, mark.Video), out HashSet<long>? numbers))
            _ofVideo[(mark.Tag, mark.Video)] = numbers = [];
        numbers.Add(number);
    }

    private void Set(long number, TagMark? mark)
    {
        if (mark is not null) Put(number, mark);
        else if (_marks.Remove(number, out TagMark? gone)) _ofVideo[(gone.Tag, gone.Video)].Remove(number);
        (string key, byte[]? value) = LibraryNotes.Of(number, mark);
        if (mark is null && !_kept.Contains(number)) _changed.Remove(key); // it was never kept
        else _changed[key] = value;
    }
}
