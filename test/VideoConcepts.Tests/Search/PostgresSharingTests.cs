using System.Runtime.Versioning;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Several processes write to one library in PostgreSQL, each the videos that it has taken.</summary>
[SupportedOSPlatform("linux")]
public sealed class PostgresSharingTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);
    private readonly ManualClock _clock = new();

    [Fact(Explicit = true)]
    public void Take_OfTwoWorkers_GivesEachVideoToOne()
    {
        using PostgresMomentStore first = Open("taken"), second = Open("taken");
        using IVideoLeases a = first.Share(_clock, "a", s_long), b = second.Share(_clock, "b", s_long);
        a.Take(["1", "2", "3"], 2).ShouldBe(["1", "2"], ignoreOrder: true);
        b.Take(["1", "2", "3"], 2).ShouldBe(["3"]);
        a.Take(["1", "2", "3"], 2).ShouldBeEmpty();
        a.GiveBack("2");
        b.GiveBack("1"); // is not its own
        b.Take(["1", "2", "3"], 3).ShouldBe(["2"]);
        a.Dispose();
        b.Take(["1", "2", "3"], 3).ShouldBe(["1"]);
    }

    [Fact(Explicit = true)]
    public void Take_ByMany_AtTheSameTime_GivesEachVideoToOne()
    {
        using (PostgresMomentStore made = Open("many"))
        {
        }
        string[] videos = [.. Enumerable.Range(0, 60).Select(i => $"{i}")];
        var taken = new string[4][];
        Parallel.For(0, taken.Length, new ParallelOptions { MaxDegreeOfParallelism = taken.Length }, i =>
        {
            using PostgresMomentStore store = Open("many");
            IVideoLeases leases = store.Share(_clock, $"worker {i}", s_long);
            List<string> mine = [];
            while (leases.Take(videos, 1) is { Count: 1 } one) mine.AddRange(one);
            taken[i] = [.. mine]; // kept
        });
        taken.SelectMany(mine => mine).Order().ShouldBe(videos.Order());
    }

    [Fact(Explicit = true)]
    public void Lease_ThatIsNotRenewed_IsTakenByAnother_AndItsOldHolderCannotCommit()
    {
        using PostgresMomentStore first = Open("lapsed"), second = Open("lapsed");
        using IVideoLeases a = first.Share(_clock, "a", TimeSpan.FromMilliseconds(50)),
            b = second.Share(_clock, "b", s_long);
        first.AgreeOn(TinyLibrary.Header()).ShouldBe(TinyLibrary.Header());
        second.AgreeOn(TinyLibrary.Header());
        a.Take(["x"], 1).ShouldBe(["x"]);
        WaitFor(() => b.Take(["x"], 1).Count == 1);
        Should.Throw<LeaseLostException>(() => TinyLibrary.Add(first, TinyLibrary.Video("x", 3)));
        first.Count.ShouldBe(0);
        TinyLibrary.Add(second, TinyLibrary.Video("x", 4));
        Should.Throw<LeaseLostException>(() => TinyLibrary.Add(first, TinyLibrary.Video("x", 3)));
        Should.Throw<LeaseLostException>(() => first.Touch(first.Videos()[0] with { Size = 7 }));
        (second.Count, second.Videos().Single().Size).ShouldBe((4, 1000));
        second.Verify();
    }

    [Fact(Explicit = true)]
    public void Lease_ThatIsRenewed_StaysWithItsHolder()
    {
        using PostgresMomentStore first = Open("renewed"), second = Open("renewed");
        using IVideoLeases a = first.Share(_clock, "a", TimeSpan.FromSeconds(60)),
            b = second.Share(_clock, "b", s_long);
        a.Take(["x"], 1);
        string Left() => $"{first.Database.Value("SELECT extract(epoch FROM expires - clock_timestamp()) > 59.9 "
            + "FROM {s}.leases")}";
        WaitFor(() => Left() == "False");
        _clock.Ring();
        Left().ShouldBe("True");
        b.Take(["x"], 1).ShouldBeEmpty();
    }

    [Fact(Explicit = true)]
    public void Lock_BesideProcessesThatShare_IsRefused()
    {
        using PostgresMomentStore first = Open("alone"), second = Open("alone");
        using (first.Share(_clock, "a", s_long))
        {
            Should.Throw<BadInputException>(() => second.Lock()).Message.ShouldContain("another index writes to it; ");
            second.Share(_clock, "b", s_long).Dispose();
        }
        using (second.Lock())
            Should.Throw<BadInputException>(() => first.Share(_clock, "a", s_long)).Shown()
                .ShouldEndWith("another index writes to it, without --share; wait for its end.");
    }

    [Fact(Explicit = true)]
    public void Target_OfOtherOptionsThanThoseOfWhoeverShares_IsRefused()
    {
        PostgresLibraries.Register();
        var options = new IndexOptions { Library = server.Address("agreed"), Share = true };
        using LibraryTarget first = LibraryTarget.Open(options, new WorkContext()),
            second = LibraryTarget.Open(options, new WorkContext());
        first.SetHeader(TinyLibrary.Header());
        Should.Throw<BadInputException>(() => second.SetHeader(TinyLibrary.Header() with { Step = 4 }))
            .Shown().ShouldContain("another process that shares it has other options or another --root");
        second.SetHeader(TinyLibrary.Header());
        Should.Throw<BadInputException>(() => first.SetHeader(TinyLibrary.Header() with { Root = "/elsewhere" }));
    }

    [Fact(Explicit = true)]
    public void Videos_OfTwoWhoWriteAtTheSameTime_AreBothThere()
    {
        using PostgresMomentStore first = Open("both"), second = Open("both");
        using IVideoLeases a = first.Share(_clock, "a", s_long), b = second.Share(_clock, "b", s_long);
        first.AgreeOn(TinyLibrary.Header());
        second.AgreeOn(TinyLibrary.Header());
        a.Take(["a"], 1);
        b.Take(["b"], 1);
        using (IVideoWriter begun = first.Write())
        {
            begun.Add([TinyLibrary.Place(0)], [TinyLibrary.Strip(0)], TinyLibrary.Block(first.Header!, 1, [0]));
            TinyLibrary.Add(second, TinyLibrary.Video("b", 300), 2); // does not wait for the other
            begun.Commit(TinyLibrary.Video("a", 1));
        }
        first.Videos().Select(video => (video.Id, video.Path)).ShouldBe([(1, "b"), (2, "a")]);
        first.MomentsOf(2).Single().Id.ShouldBe(301);
        a.Known(["a", "b", "c"]).Select(video => video.Path).Order().ShouldBe(["a", "b"]);
        first.Verify();
    }

    private PostgresMomentStore Open(string schema) =>
        PostgresMomentStore.Open(PostgresAddress.Parse(server.Address(schema)), create: true);

    private static void WaitFor(Func<bool> holds) =>
        SpinWait.SpinUntil(holds, TimeSpan.FromMinutes(1)).ShouldBeTrue("waited for a minute");
}
