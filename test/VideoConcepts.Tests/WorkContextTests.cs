using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests;

public sealed class WorkContextTests
{
    private readonly List<WorkProgress> _told = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Track_APart_BeginsWithZeroAndEndsOnceWithItsTotal()
    {
        Work(_told.Add).Track("part", 4, tell =>
        {
            foreach (double done in (double[])[1, 3, 2, 3, 4, 5]) tell(done, $"at {done}");
            return "result";
        }).ShouldBe("result");
        _told.ShouldBe([new("part", 0, 4), new("part", 1, 4, "at 1"), new("part", 3, 4, "at 3"),
            new("part", 3, 4, "at 3"), new("part", 4, 4)]);
    }

    /// <summary>Each takes the next number and tells it, so that what is told last may not be the largest.</summary>
    [Fact]
    public void Track_SeveralThreads_AreHeardOneAtATimeAndNeverGoBack()
    {
        const int threads = 4, each = 500;
        int taken = 0, hearing = 0;
        bool together = false;
        Work(at =>
        {
            if (Interlocked.Increment(ref hearing) > 1) together = true;
            Thread.SpinWait(200); // others come in here, if they can
            _told.Add(at);
            Interlocked.Decrement(ref hearing);
        }).Track("part", threads * each, tell =>
        {
            using var start = new Barrier(threads);
            Task.WaitAll([.. Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait(Stop);
                for (int i = 0; i < each; i++) tell(Interlocked.Increment(ref taken), "");
            }, Stop, TaskCreationOptions.LongRunning, TaskScheduler.Default))], Stop);
            return taken;
        }).ShouldBe(threads * each);
        together.ShouldBeFalse();
        _told.Count.ShouldBeGreaterThan(2);
        _told.Zip(_told.Skip(1)).ShouldAllBe(pair => pair.First.Done <= pair.Second.Done);
        _told[^1].ShouldBe(new("part", threads * each, threads * each));
    }

    [Fact]
    public void RefuseSeveral_OfSeveralProcesses_SaysWhatIsMadeByOne()
    {
        new WorkContext().RefuseSeveral("a report");
        Should.Throw<BadInputException>(() =>
            new WorkContext { Communicator = new SecondOfTwo() }.RefuseSeveral("a report")).Message
            .ShouldBe("a report is made in one process, not in several.");
    }

    private static WorkContext Work(Action<WorkProgress> told) =>
        new() { Progress = new InlineProgress<WorkProgress>(told) };
}
