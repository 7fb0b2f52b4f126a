namespace VideoConcepts.Search;

/// <summary>The largest products that were seen, in no order. Of equal ones the moment with the smaller number counts
/// more, so that the same moments are found whatever the number of threads.</summary>
internal sealed class TopMoments(int count)
{
    private readonly PriorityQueue<(long Moment, float Product), (float Product, long Moment)> _found = new(count);

    /// <summary>What a moment must reach to be among them.</summary>
    public float Least { get; private set; } = float.NegativeInfinity;

    public void Add(long moment, float product)
    {
        if (_found.Count < count) _found.Enqueue((moment, product), (product, -moment));
        else _found.EnqueueDequeue((moment, product), (product, -moment));
        if (_found.Count == count && _found.TryPeek(out _, out (float Product, long Moment) least))
            Least = least.Product;
    }

    public void Add(TopMoments others)
    {
        foreach (((long moment, float product), _) in others._found.UnorderedItems) Add(moment, product);
    }

    /// <summary>Largest first.</summary>
    public IReadOnlyList<(long Moment, float Product)> Ordered() =>
        [.. _found.UnorderedItems.Select(item => item.Element).OrderByDescending(item => item.Product)
            .ThenBy(item => item.Moment)];
}
