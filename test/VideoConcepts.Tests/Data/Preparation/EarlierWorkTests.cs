using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class EarlierWorkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Find_SeveralJobs_LooksAtEachVideoOnceAndAtTwoAtATime()
    {
        using var both = new Barrier(2);
        var looks = new int[100];
        int told = 0, together = 0;
        ExtractionOutcome?[] found = EarlierWork.Find(looks.Length, 2, video =>
        {
            Interlocked.Increment(ref looks[video]);
            // a first one waits until another one is looked at, too
            if (Volatile.Read(ref together) == 0 && both.SignalAndWait(TimeSpan.FromMinutes(1), Stop))
                Volatile.Write(ref together, 1);
            return video % 3 == 0 ? new ExtractionOutcome(ExtractionStatus.Skipped, video, 1, 1, null) : null;
        }, () => Interlocked.Increment(ref told), Stop);
        looks.ShouldAllBe(times => times == 1);
        (told, together).ShouldBe((100, 1));
        for (int video = 0; video < found.Length; video++) found[video]?.Frames.ShouldBe(video);
        found.Count(outcome => outcome is not null).ShouldBe(34);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Find_SeveralBadVideos_NamesTheFirst(int jobs) =>
        Should.Throw<BadInputException>(() => EarlierWork.Find(200, jobs,
            video => video % 50 == 49 ? throw new BadInputException($"video {video}") : null, () => { }, Stop))
            .Message.ShouldBe("video 49");

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
