using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Libraries on a whole PostgreSQL server, without pgvector: readers, kills, privileges.</summary>
[SupportedOSPlatform("linux")]
public sealed class PostgresServerTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Videos = PostgresWriterTests.Videos, Moments = PostgresWriterTests.Moments;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)]
    public void Rows_AfterTheSame_AreThoseOfAFile()
    {
        using SqliteMomentStore file = SqliteMomentStore.Open(_work["library.db"], create: true);
        StoreScript.Run(file);
        using PostgresMomentStore store = Open("same", create: true);
        StoreScript.Run(store);
        SyntheticMoments.Dump(store).ShouldBe(SyntheticMoments.Dump(file));
        StoreScript.Ask(store).ShouldBe(StoreScript.Ask(file));
        store.Index.ShouldBeNull();
        store.Nearest(SyntheticMoments.Query(store.Header!, 1, 0.5f), 10, null).ShouldBeNull();
    }

    [Fact(Explicit = true)]
    public async Task Readers_WhileVideosAreWritten_SeeWholeOnes()
    {
        using PostgresMomentStore store = Open("readers", create: true);
        using IDisposable held = store.Lock();
        store.SetHeader(SyntheticMoments.Header());
        using var written = new CancellationTokenSource();
        using var begun = new CountdownEvent(3);
        Task<int>[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            using PostgresMomentStore reader = Open("readers");
            var states = new HashSet<long>();
            bool told = false;
            for (bool last = false; !last;)
            {
                last = written.IsCancellationRequested; // it reads once more when all is written
                int[] moments = [.. reader.Blocks(MomentParts.Vectors).GroupBy(block => block.VideoId)
                    .Select(blocks => blocks.Sum(block => block.Count))];
                moments.ShouldAllBe(count => count == Moments);
                reader.Verify();
                states.Add(reader.Version);
                if (!told) begun.Signal();
                told = true;
            }
            return states.Count;
        }, TestContext.Current.CancellationToken))];
        begun.Wait(TestContext.Current.CancellationToken);
        for (int round = 0; round < 3; round++)
            for (int i = 0; i < Videos; i++) SyntheticMoments.Write(store, (round * 100) + i, Moments,
                SyntheticMoments.PathOf(i));
        await written.CancelAsync();
        (await Task.WhenAll(readers)).ShouldAllBe(states => states > 1, "they read while it was written");
    }

    [Fact(Explicit = true)]
    public void Lock_OfASecondWriter_IsRefused()
    {
        using PostgresMomentStore store = Open("locked", create: true);
        using PostgresMomentStore second = Open("locked", create: true);
        using (store.Lock())
            Refused(() => second.Lock()).ShouldEndWith("schema=locked: another index writes to it; wait for its end.");
        second.Lock().Dispose();
        using (Open("locked", create: true).Database)
        {
            PostgresMomentStore gone = Open("locked", create: true);
            gone.Lock(); // not given back
            gone.Dispose();
        }
        WaitFor(() => Record.Exception(() => second.Lock().Dispose()) is null);
    }

    [Fact(Explicit = true)]
    public void Library_WhoseWriterIsKilled_IsThatOfAnUndisturbedOne()
    {
        using SqliteMomentStore file = Undisturbed();
        using PostgresMomentStore watcher = Open("killed", create: true);
        PostgresDatabase database = watcher.Database;
        database.Run("CREATE FUNCTION {s}.hold() RETURNS trigger LANGUAGE plpgsql AS "
            + "'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END'");
        var random = RandomStream.For(21, 1, 1);
        int video = 0;
        for (int kill = 0; kill < 5; kill++)
        {
            video += random.NextInt(0, 2);
            // the writer waits at a block of this video, with those before it written
            database.Run("SELECT pg_advisory_lock(42)");
            database.Run("CREATE TRIGGER hold BEFORE INSERT ON {s}.blocks FOR EACH ROW WHEN (NEW.video = "
                + $"{video + 1} AND NEW.first >= {(video * Moments) + random.NextInt(1, 513)}) "
                + "EXECUTE FUNCTION {s}.hold()");
            using (Process writer = StartWriter("killed"))
            {
                WaitFor(() => writer.HasExited
                    || database.Value("SELECT 1 FROM pg_locks WHERE objid = 42 AND NOT granted") is not null);
                writer.HasExited.ShouldBeFalse();
                writer.Kill();
                writer.WaitForExit();
            }
            watcher.Videos().Count.ShouldBe(video);
            watcher.Verify();
            database.Run("SELECT pg_advisory_unlock(42)");
            database.Run("DROP TRIGGER hold ON {s}.blocks");
            WaitFor(() => Record.Exception(() => watcher.Lock().Dispose()) is null);
        }
        using (Process writer = StartWriter("killed"))
        {
            writer.WaitForExit();
            writer.ExitCode.ShouldBe(0);
        }
        using PostgresMomentStore again = Open("killed");
        SyntheticMoments.Dump(again).ShouldBe(SyntheticMoments.Dump(file));
    }

    [Fact(Explicit = true)]
    public void Library_WhoseServerIsKilled_IsThatOfAnUndisturbedOne()
    {
        using SqliteMomentStore file = Undisturbed();
        var random = RandomStream.For(21, 2, 2);
        for (int kill = 0; kill < 4; kill++)
        {
            var killing = new Thread(server.Kill);
            using (PostgresMomentStore store = Open("server_killed", create: true))
            {
                int videos = store.Header is null ? 0 : store.Videos().Count;
                int at = videos + random.NextInt(0, 1);
                IOException lost = Should.Throw<IOException>(() => PostgresWriterTests.Fill(store, written =>
                {
                    if (written == at) killing.Start(); // while this one is written
                    if (written > at) killing.Join(); // or the next one
                }));
                lost.Message.ShouldContain("what was finished is kept");
                lost.Message.ShouldNotContain("\n");
            }
            killing.Join(); // what it started is gone, too
            server.Start();
            using PostgresMomentStore again = Open("server_killed");
            again.Verify();
        }
        using PostgresMomentStore last = Open("server_killed", create: true);
        PostgresWriterTests.Fill(last);
        SyntheticMoments.Dump(last).ShouldBe(SyntheticMoments.Dump(file));
    }

    [Fact(Explicit = true)]
    public void Reindex_UntilItIsDone_LeavesTheOldLibrary()
    {
        PostgresLibraries.Register();
        var mark = new TagMark("train", "a.mp4", 1, 2);
        using (PostgresMomentStore store = Open("anew", create: true))
        {
            StoreScript.Run(store);
            store.SetNotes(store.Notes("").ToDictionary(note => note.Key, _ => (byte[]?)null));
            new LibraryNotes(store).Write(LibraryNotes.Of(7, mark));
            store.CanNote.ShouldBeTrue();
        }
        using PostgresDatabase admin = PostgresDatabase.Open(PostgresAddress.Parse(server.Address("anew")));
        admin.Run("CREATE ROLE looker LOGIN");
        admin.Run("GRANT USAGE ON SCHEMA anew TO looker");
        admin.Run("GRANT SELECT ON ALL TABLES IN SCHEMA anew TO looker");
        admin.Run("CREATE TABLE anew.of_others (id integer)");
        using PostgresMomentStore reader = Open("anew");
        List<string> before = SyntheticMoments.Dump(reader);
        string identity = reader.Identity;
        using (PostgresMomentStore again = Open("anew")) again.Identity.ShouldBe(identity);
        var options = new IndexOptions { Library = server.Address("anew"), Reindex = true };
        using (LibraryTarget target = LibraryTarget.Open(options, new WorkContext()))
        {
            target.Store.SetHeader(SyntheticMoments.Header(half: false, look: 8));
            SyntheticMoments.Write(target.Store, 0, 30);
            Refused(() => LibraryTarget.Open(options with { Reindex = false }, new WorkContext()))
                .ShouldContain("another index writes to it");
            SyntheticMoments.Dump(reader).ShouldBe(before);
        }
        SyntheticMoments.Dump(reader).ShouldBe(before); // it was left before its end
        using (LibraryTarget target = LibraryTarget.Open(options, new WorkContext()))
        {
            target.Store.Count.ShouldBe(30); // goes on
            SyntheticMoments.Write(target.Store, 1, 40);
            target.Finish(new WorkContext(), CancellationToken.None);
        }
        using PostgresMomentStore anew = Open("anew", user: "looker"); // who could read the old one
        (anew.Count, anew.Header!.LookSize).ShouldBe((70L, 8));
        // pictures that a browser has kept are of the old one
        using (PostgresMomentStore again = Open("anew")) again.Identity.ShouldNotBe(identity);
        new LibraryNotes(anew).Marks().ShouldBe([KeyValuePair.Create(7L, mark)]);
        anew.CanNote.ShouldBeFalse();
        anew.Verify();
        admin.Value("SELECT count(*) FROM anew.of_others").ShouldBe(0L);
        admin.Value("SELECT count(*) FROM pg_namespace WHERE nspname = 'anew_new'").ShouldBe(0L);
        Refused(() => SyntheticMoments.Write(anew, 2, 3)).ShouldContain("permission denied");
    }

    [Fact(Explicit = true)]
    public void Target_OfWhichNothingCame_LeavesNothing()
    {
        PostgresLibraries.Register();
        LibraryTarget.Open(new IndexOptions { Library = server.Address("empty") }, new WorkContext()).Dispose();
        Refused(() => Open("empty")).ShouldContain("There is no library");
        using PostgresDatabase admin = PostgresDatabase.Open(PostgresAddress.Parse(server.Address("empty")));
        admin.Value("SELECT count(*) FROM pg_namespace WHERE nspname = 'empty'").ShouldBe(0L);
    }

    [Fact(Explicit = true)]
    public void Open_ThatTheServerRefuses_SaysInOneLineWhatToDo()
    {
        using PostgresDatabase admin = PostgresDatabase.Open(PostgresAddress.Parse(server.Address("roles")));
        admin.Run("CREATE ROLE guest LOGIN");
        admin.Run("CREATE ROLE secret LOGIN PASSWORD 'open sesame'");
        admin.Run("CREATE DATABASE old_letters ENCODING 'LATIN1' TEMPLATE template0");
        Refused(() => Open("roles", create: true, user: "guest")).ShouldContain("permission denied for database");
        Refused(() => Open("roles", create: true, user: "nobody")).ShouldContain("role \"nobody\" does not exist");
        Refused(() => Open("roles", create: true, database: "nowhere"))
            .ShouldContain("database \"nowhere\" does not exist");
        Refused(() => Open("roles", create: true, database: "old_letters")).ShouldContain("encoding is LATIN1");
        Refused(() => Open("roles", create: true, user: "secret")).ShouldContain("wants a password");
        WithPassword("wrong", () => Refused(() => Open("roles", create: true, user: "secret"))
            .ShouldContain("look at PGPASSWORD"));
        WithPassword("open sesame", () => Refused(() => Open("roles", user: "secret")).ShouldContain("no library"));
        using PostgresMomentStore store = Open("roles", create: true);
        Refused(() => Open("roles", user: "guest")).ShouldContain("permission denied");
    }

    [Fact(Explicit = true)]
    public void Commit_OnAFullDisk_LosesNothing()
    {
        using PostgresMomentStore store = Open("full", create: true);
        StoreScript.Run(store);
        List<string> before = SyntheticMoments.Dump(store);
        store.Database.Run("CREATE FUNCTION {s}.full() RETURNS trigger LANGUAGE plpgsql AS "
            + "'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100''; END'"); // what a server says whose disk is full
        store.Database.Run("CREATE TRIGGER full_disk BEFORE UPDATE ON {s}.about EXECUTE FUNCTION {s}.full()");
        Should.Throw<IOException>(() => SyntheticMoments.Write(store, 20, 300)).Message.ShouldContain("disk is full");
        using PostgresMomentStore again = Open("full");
        SyntheticMoments.Dump(again).ShouldBe(before);
    }

    private static void WithPassword(string password, Action work)
    {
        Environment.SetEnvironmentVariable("PGPASSWORD", password);
        try
        {
            work();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGPASSWORD", null);
        }
    }

    private PostgresMomentStore Open(string schema, bool create = false, string user = "owner",
        string database = "postgres") =>
        PostgresMomentStore.Open(PostgresAddress.Parse(server.Address(schema, user, database)), create);

    private SqliteMomentStore Undisturbed()
    {
        SqliteMomentStore file = SqliteMomentStore.Open(_work["undisturbed.db"], create: true);
        PostgresWriterTests.Fill(file);
        return file;
    }

    private Process StartWriter(string schema) => Process.Start(new ProcessStartInfo("dotnet",
        [typeof(PostgresServerTests).Assembly.Location, "-noColor", "-explicit", "only", "-method",
            $"*.{nameof(PostgresWriterTests)}.{nameof(PostgresWriterTests.Write_AsAProcessOfItsOwn)}"])
    {
        Environment = { [PostgresWriterTests.Asked] = server.Address(schema) },
    })!;

    private static void WaitFor(Func<bool> holds) =>
        SpinWait.SpinUntil(holds, TimeSpan.FromMinutes(2)).ShouldBeTrue("waited for two minutes");

    private static string Refused(Action work)
    {
        string line = Should.Throw<BadInputException>(work).Shown();
        line.ShouldNotContain("\n");
        return line;
    }
}
