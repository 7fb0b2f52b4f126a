using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class FrameTimesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static FrameTimes Of(params double?[] seconds)
    {
        var times = new FrameTimes();
        foreach (double? time in seconds) times.Add(time);
        times.End();
        return times;
    }

    [Fact]
    public void Of_AFrame_EndsWithTheNextOneAndTheLastOneAfterAsLongAsTheOneBefore()
    {
        FrameTimes times = Of(2, 2.5, 4);
        Enumerable.Range(0, 3).Select(i => times.Of(i, Stop)).ShouldBe([(2, 2.5), (2.5, 4), (4, 5.5)]);
        times.Of(7, Stop).ShouldBe(times.Of(2, Stop)); // there is none: as the last
    }

    [Fact]
    public void Of_FramesWithoutStamps_FollowEachOther()
    {
        FrameTimes times = Of(null, null, 1, null, null);
        Enumerable.Range(0, 5).Select(i => Math.Round(times.Of(i, Stop).Start, 9)).ShouldBe([0, 0.04, 1, 1.96, 2.92]);
        Of().Of(0, Stop).ShouldBe((0, 0.04));
        Of(3).Of(0, Stop).ShouldBe((3, 3.04));
    }

    [Fact]
    public void Of_StampsThatGoBack_NeverGoesBack()
    {
        FrameTimes times = Of(1, 3, 2, 3, 3.5);
        Enumerable.Range(0, 5).Select(i => times.Of(i, Stop).Start).ShouldBe([1, 3, 3, 3, 3.5]);
        Enumerable.Range(0, 5).ShouldAllBe(i => times.Of(i, Stop).End >= times.Of(i, Stop).Start);
    }

    [Fact]
    public async Task Of_AFrameThatIsToCome_WaitsForItOrForTheEnd()
    {
        var times = new FrameTimes();
        Task<(double, double)> first = Task.Run(() => times.Of(0, Stop), Stop);
        Task<(double, double)> second = Task.Run(() => times.Of(1, Stop), Stop);
        times.Take("frame:0    pts:500000  pts_time:0.5").ShouldBeTrue();
        first.IsCompleted.ShouldBeFalse(); // when it ends is not known
        times.Take(VideoFrames.Mark).ShouldBeTrue();
        times.Take("frame:1    pts:750000  pts_time:0.75").ShouldBeTrue();
        (await first).ShouldBe((0.5, 0.75));
        times.End();
        (await second).ShouldBe((0.75, 1));
        times.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Of_AFrameThatNeverComes_IsGivenUpByItsToken()
    {
        var times = new FrameTimes();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task waiting = Task.Run(() => times.Of(0, stop.Token), Stop);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Take_OtherLines_LeavesThemToTheMessages()
    {
        var times = new FrameTimes();
        times.Take("[error] frame:0 is broken").ShouldBeFalse();
        times.Take("frame:0    pts:NOPTS   pts_time:NOPTS").ShouldBeTrue();
        times.Count.ShouldBe(1);
    }
}
