using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>A library in PostgreSQL is that of a file, row for row; with pgvector it has an index.</summary>
public sealed class PostgresStoreTests(PgliteServer server) : IClassFixture<PgliteServer>, IDisposable
{
    private const string Absent = "no_such_extension";
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Rows_AfterTheSame_AreThoseOfAFile(bool half, bool index)
    {
        string address = server[$"same_{half}_{index}"];
        using SqliteMomentStore file = SqliteMomentStore.Open(_work["library.db"], create: true);
        StoreScript.Run(file, half);
        using (PostgresMomentStore store = Open(address, create: true, index))
        {
            StoreScript.Run(store, half);
            SyntheticMoments.Dump(store).ShouldBe(SyntheticMoments.Dump(file));
        }
        using PostgresMomentStore again = Open(address, create: false, index);
        SyntheticMoments.Dump(again).ShouldBe(SyntheticMoments.Dump(file));
        StoreScript.Ask(again).ShouldBe(StoreScript.Ask(file));
        again.Verify();
        (again.Index is not null).ShouldBe(index);
        foreach (float motion in (float[])[0, 0.3f, 1])
        {
            float[] query = SyntheticMoments.Query(file.Header!, 1, motion);
            long without = file.Videos()[0].Id;
            var exact = SyntheticMoments.Exact(file, query, 20, without);
            SyntheticMoments.Exact(again, query, 20, without).ShouldBe(exact);
            var found = again.Nearest(query, 20, without);
            if (index) ShouldBeNearly(found!, exact);
            else found.ShouldBeNull();
        }
    }

    [Fact(Explicit = true)]
    public void Nearest_ByTheIndex_FindsWhatComparingAllFinds()
    {
        using SqliteMomentStore file = SqliteMomentStore.Open(_work["library.db"], create: true);
        using PostgresMomentStore store = Open(server["recall"], create: true, index: false);
        foreach (IMomentStore each in (IMomentStore[])[file, store])
        {
            each.SetHeader(SyntheticMoments.Header(look: 32, motion: 32));
            for (int i = 0; i < 8; i++) SyntheticMoments.Write(each, i, 256);
        }
        store.MakeIndex(VectorIndex.Extension);
        store.Database.Run("SET enable_seqscan = off"); // at this size the server compares all
        store.Database.Run("SET enable_sort = off");
        int found = 0, asked = 0;
        foreach (float motion in (float[])[0, 0.5f, 1])
            for (int seed = 0; seed < 10; seed++)
            {
                float[] query = SyntheticMoments.Query(store.Header!, seed, motion);
                var exact = SyntheticMoments.Exact(file, query, 10).Select(moment => moment.Moment).ToHashSet();
                found += store.Nearest(query, 10, null)!.Count(moment => exact.Contains(moment.Moment));
                asked += 10;
            }
        store.Database.Rows(row => row.GetString(0), "EXPLAIN SELECT moment FROM {s}.moment_vectors ORDER BY v <#> "
                + $"'[{string.Join(',', SyntheticMoments.Query(store.Header!, 0, 0.5f))}]' LIMIT 10")
            .ShouldContain(line => line.Contains("Index Scan using moment_vectors_v_idx"));
        TestContext.Current.TestOutputHelper!.WriteLine($"recall@10 of 2048 moments: {(double)found / asked:F3}");
        ((double)found / asked).ShouldBeGreaterThanOrEqualTo(0.97);
    }

    [Fact]
    public void Index_OfALibraryMadeWithout_IsMadeByTheNextWriter()
    {
        string address = server["later"];
        using (PostgresMomentStore store = Open(address, create: true, index: false)) StoreScript.Run(store);
        using PostgresMomentStore again = Open(address, create: true);
        again.Index.ShouldBeNull();
        using IDisposable held = again.Lock();
        again.Verify();
        SyntheticMoments.Write(again, 8, 40);
        float[] query = SyntheticMoments.Query(again.Header!, 2, 0.5f);
        ShouldBeNearly(again.Nearest(query, 10, null)!, SyntheticMoments.Exact(again, query, 10));
    }

    [Fact]
    public void Build_WithWhatAFileReads_IsRefusedAndLeavesNothing()
    {
        PostgresLibraries.Register();
        var options = new IndexOptions { Library = server["unread"], Videos = _work.Path, Approximate = 9 };
        Refused(() => VideoIndex.Build(options)).ShouldContain("--approximate is not read");
        Refused(() => Open(server["unread"], create: false)).ShouldContain("There is no library");
    }

    [Fact]
    public void Open_OfWhatIsNoLibrary_IsRefused()
    {
        string none = server["none"]; // skipped here where there is no server
        Refused(() => Open(none, create: false)).ShouldContain("There is no library postgresql://");
        using PostgresDatabase database = PostgresDatabase.Open(PostgresAddress.Parse(server["foreign"]));
        database.Run("CREATE SCHEMA foreign_about");
        database.Run("CREATE TABLE foreign_about.about (id integer)");
        database.Run("CREATE SCHEMA foreign_strips");
        database.Run("CREATE TABLE foreign_strips.strips (jpeg bytea)");
        foreach (string schema in (string[])["foreign_about", "foreign_strips"])
            foreach (bool create in (bool[])[true, false])
                Refused(() => Open(server[schema], create)).ShouldContain("that index did not make");
        database.Value("SELECT count(*) FROM pg_tables WHERE schemaname LIKE 'foreign%'").ShouldBe(2L);
    }

    [Fact]
    public void Replace_OfALibraryThatWasTaggedMeanwhile_TakesTheTagsAlong()
    {
        var mark = new TagMark("train", "a.mp4", 1, 2);
        using (PostgresMomentStore old = Open(server["tagged"], create: true))
            new LibraryNotes(old).Write(LibraryNotes.Of(7, mark),
                LibraryNotes.Of("static", 1, new ConceptNote("x", false)));
        using (PostgresMomentStore next = Open(server["untagged"], create: true))
            PostgresSchema.Replace(next.Database, PostgresAddress.Parse(server["tagged"]));
        using PostgresMomentStore now = Open(server["tagged"], create: false);
        new LibraryNotes(now).Marks().ShouldBe([KeyValuePair.Create(7L, mark)]);
        new LibraryNotes(now).Concepts().ShouldBeEmpty(); // of a model that may be another one
    }

    [Fact]
    public void Open_OfALaterForm_IsRefused()
    {
        using PostgresMomentStore store = Open(server["later_form"], create: true);
        store.Database.Run("UPDATE {s}.about SET value = '99' WHERE key = 'form'");
        Refused(() => Open(server["later_form"], create: false)).ShouldContain("later version");
    }

    [Fact]
    public void Blocks_ThatWereChanged_AreNamedAsDamage()
    {
        using PostgresMomentStore store = Open(server["damaged"], create: true);
        StoreScript.Run(store);
        store.Database.Run("UPDATE {s}.blocks SET look = set_byte(look, 3, get_byte(look, 3) # 1) WHERE first = "
            + "(SELECT max(first) FROM {s}.blocks)");
        Refused(() => store.Blocks(MomentParts.Vectors).Count()).ShouldContain("this library is damaged");
        store.Blocks(MomentParts.Features).Count().ShouldBeGreaterThan(2); // the connection can be used
        store.Verify();
        store.Database.Run("DELETE FROM {s}.moments WHERE id = (SELECT max(id) FROM {s}.moments)");
        Refused(store.Verify).ShouldContain("this library is damaged");
    }

    private static PostgresMomentStore Open(string address, bool create, bool index = true) => PostgresMomentStore.Open(
        PostgresAddress.Parse(address), create, null, index ? VectorIndex.Extension : Absent);

    private static string Refused(Action work)
    {
        string line = Should.Throw<BadInputException>(work).Shown();
        line.ShouldNotContain("\n");
        return line;
    }

    private static void ShouldBeNearly(IReadOnlyList<(long Moment, float Product)> found,
        List<(long Moment, float Product)> exact)
    {
        found.Select(moment => moment.Moment).ShouldBe(exact.Select(moment => moment.Moment));
        for (int i = 0; i < found.Count; i++) found[i].Product.ShouldBe(exact[i].Product, 1e-5f);
    }
}
