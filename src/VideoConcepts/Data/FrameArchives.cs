namespace VideoConcepts.Data;

/// <summary>
/// The ZIP files that a thread reads from: the last few stay open, with what is known of their frames. A file that is
/// replaced meanwhile is read as it was when it was opened.
/// </summary>
/// <param name="mostOpen">How many stay open.</param>
/// <param name="mostFrames">Of how many frames, in all, the places are remembered.</param>
internal sealed class FrameArchives(int mostOpen = 8, int mostFrames = 1 << 20) : IDisposable
{
    private readonly LinkedList<(string Path, FrameArchive Archive)> _open = []; // the last used one first
    private long _frames;

    /// <summary>How many files are open.</summary>
    public int Count => _open.Count;

    /// <summary>The open file of a path, this thread's; it stays this object's.</summary>
    /// <exception cref="InvalidDataException">As <see cref="FrameArchive.Open"/>.</exception>
    public FrameArchive Of(string path)
    {
        for (var node = _open.First; node is not null; node = node.Next)
        {
            if (node.Value.Path != path) continue;
            if (node != _open.First)
            {
                _open.Remove(node);
                _open.AddFirst(node);
            }
            return node.Value.Archive;
        }
        FrameArchive archive = FrameArchive.Open(path);
        _open.AddFirst((path, archive));
        _frames += archive.Count;
        while (_open.Count > 1 && (_open.Count > mostOpen || _frames > mostFrames)) CloseLast();
        return archive;
    }

    public void Dispose()
    {
        while (_open.Count > 0) CloseLast();
    }

    private void CloseLast()
    {
        FrameArchive last = _open.Last!.Value.Archive;
        _open.RemoveLast();
        _frames -= last.Count;
        last.Dispose();
    }
}
