using System.Collections.Concurrent;

namespace VideoConcepts.Augmentation;

/// <summary>Working memory that threads take in turns, as much as ever was in use at once.</summary>
/// <param name="create">Makes more where all is taken.</param>
internal sealed class ScratchPool<T>(Func<T> create)
{
    private readonly ConcurrentBag<T> _idle = [];

    /// <summary>Takes one, which is given back when the lease is disposed.</summary>
    public Lease Take() => new(this, _idle.TryTake(out T? idle) ? idle : create());

    public readonly struct Lease(ScratchPool<T> pool, T value) : IDisposable
    {
        public T Value => value;

        public void Dispose() => pool._idle.Add(value);
    }
}
