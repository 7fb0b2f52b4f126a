using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

public sealed class MomentLibraryTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Library => _work["library.db"];

    [Fact]
    public void Search_ByLookOrByMotion_FindsWhatIsAlikeInIt()
    {
        using (SqliteMomentStore store = SearchedLibrary.Create(Library))
        {
            SearchedLibrary.Add(store, "query.mp4", (0, 0));
            SearchedLibrary.Add(store, "look.mp4", (0, 1));
            SearchedLibrary.Add(store, "motion.mp4", (1, 0));
            SearchedLibrary.Add(store, "both.mp4", (0, 0));
        }
        using var library = MomentLibrary.Open(Library);
        Names(library, new MomentQuery { Moment = 1, Motion = 0, Top = 2 }).ShouldBe(["look.mp4", "both.mp4"]);
        Names(library, new MomentQuery { Moment = 1, Motion = 1, Top = 2 }).ShouldBe(["motion.mp4", "both.mp4"]);
        MomentHit best = library.Search(new MomentQuery { Moment = 1, Top = 3 }, Stop).Hits[0];
        (best.Video.Path, best.Similarity, best.Look, best.Motion).ShouldBe(("both.mp4", 1, 1, 1));
    }

    [Fact]
    public void Search_OfAMoment_LeavesOutItsOwnVideoUnlessAsked()
    {
        using (SqliteMomentStore store = SearchedLibrary.Create(Library))
        {
            SearchedLibrary.Add(store, "a.mp4", (0, 0), (1, 1), (0, 0));
            SearchedLibrary.Add(store, "b.mp4", (2, 2));
        }
        using var library = MomentLibrary.Open(Library);
        Names(library, new MomentQuery { Moment = 1 }).ShouldBe(["b.mp4"]);
        library.Search(new MomentQuery { Moment = 1, Within = true }, Stop).Hits.Select(hit => hit.Moment.Id).Take(2)
            .ShouldBe([1, 3]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    public void Search_OfManyMoments_OrdersAllByTheDefinition(double motion)
    {
        using (SqliteMomentStore store = SearchedLibrary.Create(Library)) AddRandom(store, videos: 7, each: 300);
        using var library = MomentLibrary.Open(Library);
        MomentHit[] hits = [.. library.Search(new MomentQuery { Moment = 5, Motion = motion, Top = 2100 }, Stop).Hits];
        hits.Length.ShouldBe(1800);
        hits.Select(hit => hit.Moment.Id).ShouldBe(Defined(library.Store, 5, motion));
        foreach (MomentHit hit in hits)
            hit.Similarity.ShouldBe(((1 - motion) * hit.Look) + (motion * hit.Motion!.Value), 1e-5);
    }

    [Fact]
    public async Task SearchAsync_TellsTheSameHitsInTheSameOrder()
    {
        using (SqliteMomentStore store = SearchedLibrary.Create(Library)) AddRandom(store, videos: 3, each: 20);
        using var library = MomentLibrary.Open(Library);
        var query = new MomentQuery { Moment = 1, Top = 7 };
        List<MomentHit> told = [];
        await foreach (MomentHit hit in library.SearchAsync(query, Stop)) told.Add(hit);
        told.ShouldBe(library.Search(query, Stop).Hits);
    }

    [Fact]
    public void Search_AfterAVideoWasAdded_SeesIt()
    {
        using SqliteMomentStore store = SearchedLibrary.Create(Library);
        SearchedLibrary.Add(store, "a.mp4", (0, 0));
        SearchedLibrary.Add(store, "b.mp4", (1, 1));
        using var library = MomentLibrary.Open(Library);
        Names(library, new MomentQuery { Moment = 1 }).ShouldBe(["b.mp4"]);
        SearchedLibrary.Add(store, "c.mp4", (0, 0));
        Names(library, new MomentQuery { Moment = 1 }).ShouldBe(["c.mp4", "b.mp4"]);
    }

    [Fact]
    public void Search_OfVideosThatMoved_SaysSoAndFindsThemBelowTheirNewRoot()
    {
        using (SqliteMomentStore store = SearchedLibrary.Create(Library))
        {
            SearchedLibrary.Add(store, "a.mp4", (0, 0));
            SearchedLibrary.Add(store, "sub/b.mp4", (0, 0));
        }
        using (var library = MomentLibrary.Open(Library))
            library.Search(new MomentQuery { Moment = 1 }, Stop).Hits.Single().IsMissing.ShouldBeTrue();
        File.WriteAllText(_work.NewFile("new/sub/b.mp4"), "");
        using var moved = MomentLibrary.Open(Library, new LibraryOptions { Root = _work["new"] });
        MomentHit hit = moved.Search(new MomentQuery { Moment = 1 }, Stop).Hits.Single();
        (hit.IsMissing, hit.File).ShouldBe((false, _work["new/sub/b.mp4"]));
    }

    [Fact]
    public void Search_BadQueries_AreRefused()
    {
        using (SqliteMomentStore store = SearchedLibrary.Create(Library)) SearchedLibrary.Add(store, "a.mp4", (0, 0));
        using var library = MomentLibrary.Open(Library);
        library.Search(new MomentQuery { Moment = 1 }, Stop).Hits.ShouldBeEmpty();
        foreach (MomentQuery query in (MomentQuery[])
            [new(), new() { Moment = 2 }, new() { Moment = 0 }, new() { Moment = 1, Clip = "a" },
                new() { Moment = 1, At = 1 }, new() { Moment = 1, Motion = 1.1 },
                new() { Moment = 1, Motion = double.NaN },
                new() { Moment = 1, Top = 0 }, new() { Clip = _work["none.mp4"] },
                new() { Clip = "a", At = double.NaN }, new() { Clip = "a", Length = 0 }])
            Should.Throw<BadInputException>(() => library.Search(query, Stop), $"{query}");
    }

    [Fact]
    public void Open_OfALibraryWithoutVideos_IsRefused()
    {
        SqliteMomentStore.Open(Library, create: true).Dispose();
        Should.Throw<BadInputException>(() => MomentLibrary.Open(Library)).Message
            .ShouldContain("nothing in this library");
    }

    [Fact]
    public void ApproximateIndex_FindsTheNearest_AndIsNotUsedWhenItIsStale()
    {
        using SqliteMomentStore store = SearchedLibrary.Create(Library);
        AddRandom(store, videos: 10, each: 400);
        ApproximateIndex.Build(store, new WorkContext(), Stop).ShouldBeGreaterThan(0.8); // all are random
        using var library = MomentLibrary.Open(Library);
        foreach (long moment in (long[])[7, 700, 3900])
        {
            var query = new MomentQuery { Moment = moment, Motion = 0.5, Top = 10 };
            SearchResult fast = library.Search(query, Stop), exact = library.Search(query with { Exact = true }, Stop);
            fast.Recall.ShouldNotBeNull();
            exact.Recall.ShouldBeNull();
            fast.Hits.Select(hit => hit.Moment.Id).Intersect(exact.Hits.Select(hit => hit.Moment.Id)).Count()
                .ShouldBeGreaterThanOrEqualTo(8);
            long own = store.Moments([moment])[0].VideoId;
            fast.Hits.ShouldAllBe(hit => hit.Video.Id != own);
        }
        SearchedLibrary.Add(store, "new.mp4", (0, 0));
        library.Search(new MomentQuery { Moment = 7 }, Stop).Recall.ShouldBeNull();
    }

    [Fact]
    public void ApproximateIndex_OfAnotherLibraryOfTheSameName_IsNotUsed()
    {
        for (int turn = 0; turn < 2; turn++)
        {
            using SqliteMomentStore store = SearchedLibrary.Create(Library);
            AddRandom(store, videos: 2, each: 40);
            if (turn == 0) ApproximateIndex.Build(store, new WorkContext(), Stop);
            using var library = MomentLibrary.Open(Library);
            (library.Search(new MomentQuery { Moment = 1 }, Stop).Recall is null).ShouldBe(turn == 1);
            if (turn == 0) File.Move(Library, _work["elsewhere.db"]);
        }
    }

    [Fact]
    public void ApproximateIndex_WhereAStrangersFileStands_IsNotMade()
    {
        using SqliteMomentStore store = SearchedLibrary.Create(Library);
        SearchedLibrary.Add(store, "a.mp4", (0, 0));
        File.WriteAllText(Library + ".hnsw", "mine");
        Should.Throw<BadInputException>(() => ApproximateIndex.Build(store, new WorkContext(), Stop));
        File.ReadAllText(Library + ".hnsw").ShouldBe("mine");
    }

    private static string[] Names(MomentLibrary library, MomentQuery query) =>
        [.. library.Search(query, Stop).Hits.Select(hit => hit.Video.Path)];

    private static void AddRandom(SqliteMomentStore store, int videos, int each)
    {
        var random = RandomStream.For(3);
        for (int v = 0; v < videos; v++)
        {
            var moments = new (float[] Look, float[] Motion)[each];
            for (int i = 0; i < each; i++) moments[i] = SearchedLibrary.Random(ref random);
            SearchedLibrary.Add(store, $"video{v}.mp4", moments);
        }
    }

    // The moments of other videos by the weighted sum of cosines, computed one by one.
    private static long[] Defined(IMomentStore store, long moment, double motion)
    {
        var rows = store.Blocks(MomentParts.Vectors).SelectMany(block => Enumerable.Range(0, block.Count).Select(i =>
            (Id: block.First + i, block.VideoId, Look: block.Look[(4 * i)..][..4],
            Motion: block.Motion[(6 * i)..][..6])))
            .ToDictionary(row => row.Id);
        var asked = rows[moment];
        double b = motion * Math.Min(1, 2 - (2 * motion)), c = motion - b;
        return [.. rows.Values.Where(row => row.VideoId != asked.VideoId).OrderByDescending(row =>
            (float)(((1 - motion) * Dot(row.Look, asked.Look)) + (b * Dot(row.Motion[..4], asked.Motion[..4]))
                + (c * Dot(row.Motion[4..], asked.Motion[4..])))).Select(row => row.Id)];

        static double Dot(float[] x, float[] y) => x.Zip(y).Sum(pair => (double)pair.First * pair.Second);
    }
}
