using System.Collections.Concurrent;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>Windows of one video with what is needed to change them.</summary>
/// <param name="Row">The video.</param>
/// <param name="First">Number of the first of these windows among the video's.</param>
/// <param name="Pixels">(N, T, 3, H, W), 8-bit.</param>
/// <param name="Windows">N.</param>
/// <param name="Own">What stands still behind it.</param>
/// <param name="Foreign">What stands still behind the video that lends its background, (3, H, W).</param>
internal sealed record MaskedWindows(
    int Row, int First, byte[] Pixels, int Windows, StillBackground Own, byte[] Foreign);

/// <summary>
/// Decodes the windows of videos together with the backgrounds that masks need. Two videos that exchange backgrounds
/// are worked on together, so that each of their frames is decoded once; of a video that lends to a third one, the
/// frames of its background are decoded once more. Memory does not grow with the length of a video.
/// </summary>
/// <param name="videos">Long enough ones only.</param>
/// <param name="lenders">Of each video the one whose background it gets.</param>
/// <param name="clips">How videos are cut.</param>
/// <param name="most">Windows that are handed out together.</param>
/// <param name="openReader">Makes a frame reader; called once for each pair.</param>
internal sealed class MaskedVideos(IReadOnlyList<VideoEntry> videos, int[] lenders, ClipOptions clips, int most,
    Func<IFrameReader> openReader)
{
    private const int Ahead = 2; // batches of a pair that are decoded before they are asked for

    /// <summary>Videos that are worked on together: two that exchange, or one.</summary>
    public IEnumerable<int[]> Groups => Enumerable.Range(0, videos.Count)
        .Where(row => !(IsMutual(row) && lenders[row] < row))
        .Select(row => IsMutual(row) ? (int[])[row, lenders[row]] : [row]);

    /// <summary>All windows of some groups, in their order, decoded by several threads.</summary>
    public IEnumerable<MaskedWindows> Windows(IEnumerable<int[]> groups, int workers, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Queue<(BlockingCollection<MaskedWindows> Made, Task Maker)> ahead = [];
        using IEnumerator<int[]> plan = groups.GetEnumerator();
        try
        {
            while (true)
            {
                while (ahead.Count < workers && plan.MoveNext()) ahead.Enqueue(Begin(plan.Current, ended.Token));
                if (!ahead.TryPeek(out var next)) yield break;
                foreach (MaskedWindows windows in next.Made.GetConsumingEnumerable(stop)) yield return windows;
                next.Maker.GetAwaiter().GetResult();
                ahead.Dequeue().Made.Dispose();
            }
        }
        finally
        {
            ended.Cancel();
            foreach ((BlockingCollection<MaskedWindows> made, Task maker) in ahead)
            {
                ((IAsyncResult)maker).AsyncWaitHandle.WaitOne(); // its failure is not of interest any more
                made.Dispose();
            }
        }
    }

    private bool IsMutual(int row) => lenders[lenders[row]] == row;

    private (BlockingCollection<MaskedWindows> Made, Task Maker) Begin(int[] group, CancellationToken ended)
    {
        var made = new BlockingCollection<MaskedWindows>(Ahead);
        return (made, Task.Factory.StartNew(() =>
        {
            try
            {
                Make(group, made, ended);
            }
            finally
            {
                made.CompleteAdding();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    private void Make(int[] group, BlockingCollection<MaskedWindows> made, CancellationToken ended)
    {
        using IFrameReader reader = openReader();
        Dictionary<int, SmallFrames> known = [];
        foreach (int row in group.Concat(group.Select(row => lenders[row])).Distinct())
            known[row] = new SmallFrames(reader, videos[row], clips);
        // first, so that what is known of a shot can be forgotten after it
        Dictionary<int, byte[]> foreigns = group.ToDictionary(row => row,
            row => known[lenders[row]].Background(LongestShot(lenders[row])).Pixels);
        foreach (int row in group)
        {
            byte[] foreign = foreigns[row];
            Shots shots = videos[row].Shots;
            foreach (IGrouping<Shot, (int Start, int Number)> shot in EvaluationClips.WindowStarts(shots, clips)
                .Select((start, number) => (start, number)).GroupBy(w => shots.IsWhole ? new Shot(0, shots.Frames)
                : shots.At(w.start)))
            {
                foreach ((int Start, int Number)[] windows in shot.Chunk(most))
                {
                    ended.ThrowIfCancellationRequested();
                    var pixels = new byte[windows.Length * clips.ClipLength];
                    StillBackground own = known[row].Background(shot.Key);
                    for (int i = 0; i < windows.Length; i++)
                        known[row].Read(windows[i].Start, pixels.AsSpan(i * clips.ClipLength, clips.ClipLength));
                    made.Add(new(row, windows[0].Number, pixels, windows.Length, own, foreign), ended);
                }
                known[row].Forget(shot.Key);
            }
        }
    }

    private Shot LongestShot(int row) => videos[row].Shots is { IsWhole: false } shots
        ? shots.All.MaxBy(shot => shot.Count) : new Shot(0, videos[row].FrameCount);

    /// <summary>One video's frames in the size of windows, as planes; each is decoded once as long as it is kept.
    /// </summary>
    private sealed class SmallFrames(IFrameReader reader, VideoEntry video, ClipOptions clips)
    {
        private readonly FrameImage _decoded = new(), _small = new();
        private readonly Dictionary<int, byte[]> _spread = []; // those of backgrounds
        private readonly Dictionary<int, byte[]> _last = []; // those that the next windows may share
        private readonly Dictionary<Shot, StillBackground> _backgrounds = [];
        private SteadySize _size;

        public StillBackground Background(Shot shot)
        {
            if (_backgrounds.TryGetValue(shot, out StillBackground? known)) return known;
            int[] positions = StillBackground.Positions(shot.First, shot.Count);
            foreach (int position in positions) _spread[position] = Frame(position);
            return _backgrounds[shot] = StillBackground.Of([.. positions.Select(position => _spread[position])]);
        }

        /// <summary>A shot whose windows have been read.</summary>
        public void Forget(Shot shot)
        {
            _backgrounds.Remove(shot);
            foreach (int position in StillBackground.Positions(shot.First, shot.Count)) _spread.Remove(position);
        }

        public void Read(int start, Span<byte> clip)
        {
            Span<int> positions = stackalloc int[clips.Frames];
            EvaluationClips.Positions(video.Shots, start, clips, positions);
            foreach (int old in _last.Keys.Where(position => position < start).ToArray()) _last.Remove(old);
            for (int t = 0; t < positions.Length; t++)
            {
                byte[] frame = _last[positions[t]] = Frame(positions[t]);
                frame.CopyTo(clip[(t * frame.Length)..]);
            }
        }

        private byte[] Frame(int position)
        {
            if (_spread.TryGetValue(position, out byte[]? kept) || _last.TryGetValue(position, out kept)) return kept;
            reader.Read(video, position, _decoded);
            _size.Check(video, position, _decoded.Width, _decoded.Height);
            WindowReader.Shrink(_decoded, TestView.Centre, clips.Size, _small);
            var planes = new byte[_small.Pixels.Length];
            WindowReader.Planes(_small, planes);
            return planes;
        }
    }
}
