using VideoConcepts.Files;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Processes that index into one library divide its videos.</summary>
public sealed class SharedJobsTests
{
    private readonly ManualClock _clock = new();
    private readonly Taken _taken = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(0.3, 0.3)]
    public void Next_OfTwoProcesses_GivesEachVideoToOne(double first, double second)
    {
        string[] paths = [.. Enumerable.Range(0, 150).Select(i => $"{i}.mp4")];
        SharedJobs[] processes = [Jobs("a", first, paths), Jobs("b", second, paths)];
        List<string>[] done = [[], []], byOthers = [[], []];
        bool[] ended = [false, false];
        while (ended.Contains(false))
            for (int i = 0; i < 2; i++)
            {
                if (processes[i].Next(_ => throw new InvalidOperationException("nothing is to be waited for"), Stop)
                    is not { } next) ended[i] = true;
                else if (next.ByAnother is not null) byOthers[i].Add(next.Job.Path);
                else
                {
                    done[i].Add(next.Job.Path);
                    _taken.Finish(next.Job.Path);
                }
            }
        done[0].Concat(done[1]).Order().ShouldBe(paths.Order());
        byOthers[0].Order().ShouldBe(done[1].Order());
        byOthers[1].Order().ShouldBe(done[0].Order());
        done[0].Count.ShouldBeInRange(30, 120);
        done[0][0].ShouldBe($"{(int)(150 * first)}.mp4");
    }

    [Fact]
    public async Task Next_AtTheEnd_WaitsForOthers_AndTakesWhatOneThatIsGoneLeft()
    {
        SharedJobs gone = Jobs("gone", 0, "a", "b", "c"), there = Jobs("there", 0, "a", "b", "c");
        gone.Next(_ => { }, Stop)!.Value.Job.Path.ShouldBe("a");
        foreach (string path in (string[])["b", "c"])
        {
            there.Next(_ => { }, Stop)!.Value.Job.Path.ShouldBe(path);
            _taken.Finish(path);
        }
        // what follows is not to run on the thread that waits
        var waits = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<(IndexJob Job, LibraryVideo? ByAnother)?> next = Task.Run(
            () => there.Next(left => waits.TrySetResult(left), Stop), Stop);
        (await waits.Task).ShouldBe(1);
        next.IsCompleted.ShouldBeFalse();
        _taken.Expire("a");
        SpinWait.SpinUntil(() =>
        {
            _clock.Ring();
            return next.IsCompleted;
        }, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        (await next)!.Value.Job.Path.ShouldBe("a");
        (await next)!.Value.ByAnother.ShouldBeNull();
        there.Next(_ => { }, Stop).ShouldBeNull();
    }

    [Fact]
    public void Next_OfAVideoThatIsDoneBetweenLookingAndTaking_GivesItBack()
    {
        SharedJobs jobs = Jobs("a", 0, "x");
        _taken.OnTake = () => _taken.Finish("x"); // another commits, and its lease ends with that
        jobs.Next(_ => { }, Stop)!.Value.ByAnother!.Id.ShouldBe(1);
        jobs.Next(_ => { }, Stop).ShouldBeNull();
        _taken.Holders.ShouldBeEmpty();
    }

    [Fact]
    public async Task Next_ThatWaits_EndsWhenItIsStopped()
    {
        SharedJobs other = Jobs("a", 0, "x"), jobs = Jobs("b", 0, "x");
        other.Next(_ => { }, Stop);
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(Task.Run(
            () => jobs.Next(_ => stop.Cancel(), stop.Token), Stop));
    }

    private SharedJobs Jobs(string worker, double first, params string[] paths) => new(
        [.. paths.Select(path => new IndexSource(path, new RawFile($"/no/such/{path}"), null, null))
            .Select(source => new IndexJob(source, null))],
        new Leases(_taken, worker), first, _clock);

    // What a store knows of leases and of videos.
    private sealed class Taken
    {
        public Dictionary<string, string> Holders { get; } = [];

        public Dictionary<string, LibraryVideo> Videos { get; } = [];

        public Action? OnTake { get; set; }

        public void Finish(string path)
        {
            Videos[path] = TinyLibrary.Video(path) with { Id = Videos.Count + 1 };
            Holders.Remove(path);
        }

        public void Expire(string path) => Holders.Remove(path);
    }

    private sealed class Leases(Taken taken, string worker) : IVideoLeases
    {
        public IReadOnlySet<string> Take(IReadOnlyList<string> videos, int count)
        {
            taken.OnTake?.Invoke();
            HashSet<string> free = [.. videos.Where(video => !taken.Holders.ContainsKey(video)).Take(count)];
            foreach (string video in free) taken.Holders[video] = worker;
            return free;
        }

        public IReadOnlyList<LibraryVideo> Known(IReadOnlyCollection<string> videos) =>
            [.. videos.Where(taken.Videos.ContainsKey).Select(video => taken.Videos[video])];

        public void GiveBack(string video)
        {
            if (taken.Holders.GetValueOrDefault(video) == worker) taken.Holders.Remove(video);
        }

        public void Dispose()
        {
        }
    }
}
