namespace VideoConcepts.Tests.Support;

/// <summary>A clock whose timers ring when a test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Alarm> _alarms = [];

    /// <summary>How often a timer was set anew.</summary>
    public int Renewals { get; private set; }

    public void Ring()
    {
        Alarm[] set;
        lock (_alarms) set = [.. _alarms];
        foreach (Alarm alarm in set) alarm.Ring();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        lock (_alarms) _alarms.Add(alarm);
        return alarm;
    }

    private sealed class Alarm(ManualClock clock, Action ring) : ITimer
    {
        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Renewals++;
            return true;
        }

        public void Dispose()
        {
            lock (clock._alarms) clock._alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
