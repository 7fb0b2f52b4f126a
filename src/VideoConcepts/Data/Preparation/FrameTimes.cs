using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// When the frames of a video are shown, as ffmpeg tells while it decodes. One thread adds, others wait for what they
/// need. Times never go back, and a frame without a time stamp comes as long after the one before as that one did.
/// </summary>
internal sealed partial class FrameTimes
{
    private const double Assumed = 0.04; // of a video that has one frame, or no time stamps at all

    private readonly List<double> _seconds = [];
    private readonly object _lock = new(); // waited at for more
    private bool _ended;

    /// <summary>How long the video is by what its container says, in seconds; null: it does not tell.</summary>
    public double? Expected { get; set; }

    /// <summary>Frames that were decoded so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _seconds.Count;
        }
    }

    /// <summary>Whether a line of ffmpeg's tells of a frame, or belongs to one that does; adds the frame.</summary>
    public bool Take(string line)
    {
        if (line == VideoFrames.Mark) return true;
        Match match = Frame().Match(line);
        if (!match.Success) return false;
        Add(long.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out long microseconds) ? microseconds / 1e6 : null);
        return true;
    }

    /// <summary>The next frame's time in seconds; null: it has none.</summary>
    public void Add(double? seconds)
    {
        lock (_lock)
        {
            double next = _seconds.Count == 0 ? 0 : _seconds[^1] + Interval(_seconds.Count - 1);
            _seconds.Add(_seconds.Count == 0 ? seconds ?? 0 : Math.Max(seconds ?? next, _seconds[^1]));
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _seconds.Clear();
            _ended = false;
        }
    }

    /// <summary>No more frames come.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>When a frame begins to be shown, and when it ends: with the next one, or after as long as the one
    /// before.</summary>
    /// <param name="position">From 0.</param>
    /// <param name="stop">Ends the wait for a frame that is not decoded yet.</param>
    public (double Start, double End) Of(int position, CancellationToken stop)
    {
        using CancellationTokenRegistration given = stop.Register(() =>
        {
            lock (_lock) Monitor.PulseAll(_lock);
        });
        lock (_lock)
        {
            while (true)
            {
                if (position + 1 < _seconds.Count) return (_seconds[position], _seconds[position + 1]);
                if (_ended)
                {
                    int last = Math.Min(position, _seconds.Count - 1);
                    return last < 0 ? (0, Assumed) : (_seconds[last], _seconds[last] + Interval(last));
                }
                stop.ThrowIfCancellationRequested();
                Monitor.Wait(_lock);
            }
        }
    }

    private double Interval(int position) =>
        position > 0 && _seconds[position] > _seconds[position - 1] ? _seconds[position] - _seconds[position - 1]
            : Assumed;

    // frame:79   pts:3160000 pts_time:3.16
    [GeneratedRegex(@"^frame:\d+\s+pts:(\S+)\s+pts_time:")]
    private static partial Regex Frame();
}
