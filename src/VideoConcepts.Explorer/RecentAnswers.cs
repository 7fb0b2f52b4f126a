namespace VideoConcepts.Explorer;

/// <summary>Keeps the last answers to what takes long; one is computed at a time, and once for all who ask for
/// it.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class RecentAnswers<TAsked, TAnswer>(int most)
    where TAsked : IEquatable<TAsked>
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Queue<(TAsked Asked, TAnswer Answer)> _kept = [];

    /// <summary>The answer that is kept, or that is computed now.</summary>
    public async Task<TAnswer> OfAsync(TAsked asked, Func<TAnswer> compute, CancellationToken stop)
    {
        await _one.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            foreach ((TAsked before, TAnswer kept) in _kept)
                if (before.Equals(asked)) return kept;
            TAnswer answer = await Task.Run(compute, stop).ConfigureAwait(false);
            _kept.Enqueue((asked, answer));
            if (_kept.Count > most) _kept.Dequeue();
            return answer;
        }
        finally
        {
            _one.Release();
        }
    }
}
