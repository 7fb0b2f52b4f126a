namespace VideoConcepts.Search;

/// <summary>
/// Cuts frames that come one after another into windows of T, every <c>step</c> frames, and one more that ends with the
/// last frame. Of a video with fewer than T frames there is one window, padded in front with its first frame; one frame
/// alone shows no motion and gives none. Knows of no more than T frames at a time.
/// </summary>
/// <param name="length">T.</param>
/// <param name="step">From the beginning of a window to that of the next, 1 to T.</param>
internal sealed class MomentCutter<T>(int length, int step)
{
    private readonly Queue<T> _last = new(length);
    private long _count, _done; // frames that came, and up to which one windows reach

    /// <summary>Takes the next frame.</summary>
    /// <returns>The window that it completes, or null.</returns>
    public T[]? Add(T frame)
    {
        if (_last.Count == length) _last.Dequeue();
        _last.Enqueue(frame);
        _count++;
        return _count >= length && (_count - length) % step == 0 ? Window() : null;
    }

    /// <summary>No more frames come.</summary>
    /// <returns>The window that is left, or null.</returns>
    public T[]? End() => _count < 2 || _done == _count ? null : Window();

    private T[] Window()
    {
        _done = _count;
        T[] frames = [.. _last];
        return [.. Enumerable.Repeat(frames[0], length - frames.Length), .. frames];
    }
}
