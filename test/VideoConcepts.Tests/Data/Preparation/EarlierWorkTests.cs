using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class EarlierWorkTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2); // of a test that fails

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Find_SeveralJobs_LooksAtEachVideoOnceAndAtTwoAtATime()
    {
        using var both = new Barrier(2);
        var looks = new int[100];
        int started = 0, told = 0, together = 0;
        ExtractionOutcome?[] found = EarlierWork.Find(looks.Length, 2, video =>
        {
            Interlocked.Increment(ref looks[video]);
            // the first two wait for each other
            if (Interlocked.Increment(ref started) <= 2 && both.SignalAndWait(s_patience, Stop))
                Interlocked.Increment(ref together);
            return video % 3 == 0 ? new ExtractionOutcome(ExtractionStatus.Skipped, video, 1, 1, null) : null;
        }, () => Interlocked.Increment(ref told), Stop);
        looks.ShouldAllBe(times => times == 1);
        (told, together).ShouldBe((100, 2));
        for (int video = 0; video < found.Length; video++) found[video]?.Frames.ShouldBe(video);
        found.Count(outcome => outcome is not null).ShouldBe(34);
    }

    [Fact]
    public void Find_FirstBadVideoIsFoundLast_IsNamedAllTheSame()
    {
        using var another = new ManualResetEventSlim();
        int thrower = 0;
        Should.Throw<BadInputException>(() => EarlierWork.Find<ExtractionOutcome?>(200, 2, video =>
        {
            if (video == 2) another.Wait(s_patience, Stop); // until a later one has ended
            if (video < 3) return null;
            Volatile.Write(ref thrower, Environment.CurrentManagedThreadId);
            throw new BadInputException($"video {video}");
        }, () =>
        {
            if (Volatile.Read(ref thrower) == Environment.CurrentManagedThreadId) another.Set();
        }, Stop)).Message.ShouldBe("video 3");
    }

    [Theory]
    [InlineData(1_999, 0)]
    [InlineData(2_000, 3)]
    public void Look_Progress_IsToldOnceItTakesTwoSeconds(int milliseconds, int reports)
    {
        var told = new List<PreparationProgress>();
        var clock = new SteppedClock();
        var counter = new ProgressCounter(3, new Listener(told), clock);
        clock.Now = milliseconds;
        for (int i = 0; i < 3; i++) counter.Look();
        told.Select(p => (p.LookedAt, p.Total, p.Ended)).ShouldBe(
            Enumerable.Range(1, reports).Select(i => (i, 3, (PreparedVideo?)null)));
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Now;
    }

    private sealed class Listener(List<PreparationProgress> told) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value) => told.Add(value);
    }
}
