using VideoConcepts.Distributed;

namespace VideoConcepts.Tests.Distributed;

public sealed class MessageWatchTests
{
    private readonly Clock _clock = new();
    private readonly List<string> _lost = [];

    [Fact]
    public void Message_ThatTakesLongerThanThePatience_IsTold()
    {
        using MessageWatch watch = Watch();
        using (watch.Begin("a sum"))
        {
            _clock.Advance(9);
            _lost.ShouldBeEmpty();
            _clock.Advance(2);
            _lost.ShouldBe(["a sum 10"]);
        }
    }

    [Fact]
    public void Time_BetweenMessages_DoesNotCount()
    {
        using MessageWatch watch = Watch();
        for (int i = 0; i < 3; i++)
        {
            using (watch.Begin("a sum")) _clock.Advance(9);
            _clock.Advance(100); // as when rank 0 saves, and no message is under way here
        }
        _lost.ShouldBeEmpty();
    }

    private MessageWatch Watch() => new(TimeSpan.FromSeconds(10), _clock,
        (call, patience) => _lost.Add($"{call} {patience.TotalSeconds}"));

    private sealed class Clock : TimeProvider
    {
        private readonly List<TimerCallback> _timers = [];
        private long _ticks = 1;

        public void Advance(int seconds)
        {
            _ticks += seconds * TimeSpan.TicksPerSecond;
            foreach (TimerCallback timer in _timers) timer(null);
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add(callback);
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
