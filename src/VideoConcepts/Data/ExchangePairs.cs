namespace VideoConcepts.Data;

/// <summary>Which videos lend each other something, such as their backgrounds.</summary>
internal static class ExchangePairs
{
    /// <summary>
    /// Videos are paired at random as far as the first wish allows, and lend to each other. Who is left over borrows of
    /// one that lends to another already, by the first wish that any video fulfils.
    /// </summary>
    /// <param name="count">Number of videos.</param>
    /// <param name="wishes">Whether the second video may lend to the first; what is wished most comes first. The first
    /// wish is the same either way round.</param>
    /// <param name="random">Decides among all that fit.</param>
    /// <returns>Of each video the one that lends to it; -1 where no wish is fulfilled by any.</returns>
    public static int[] Of(int count, IReadOnlyList<Func<int, int, bool>> wishes, RandomStream random)
    {
        var lender = new int[count];
        Array.Fill(lender, -1);
        var open = new LinkedList<int>(random.NextPermutation(count));
        List<int> left = [];
        while (open.First is { } first)
        {
            open.RemoveFirst();
            LinkedListNode<int>? other = open.First;
            while (other is not null && !wishes[0](first.Value, other.Value)) other = other.Next;
            if (other is null)
            {
                left.Add(first.Value);
                continue;
            }

            open.Remove(other);
            (lender[first.Value], lender[other.Value]) = (other.Value, first.Value);
        }

        foreach (int video in left)
        {
            int start = random.NextInt(0, count - 1);
            lender[video] = wishes.Select(wish => Enumerable.Range(0, count).Select(i => (start + i) % count)
                .FirstOrDefault(other => other != video && wish(video, other), -1)).FirstOrDefault(i => i >= 0, -1);
        }

        return lender;
    }
}
