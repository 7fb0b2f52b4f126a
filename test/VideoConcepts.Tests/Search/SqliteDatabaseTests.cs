using Microsoft.Data.Sqlite;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>What is opened as a library.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("plain.db")]
    [InlineData("it's \"a\" library;Mode=Memory.db")]
    [InlineData("100%25?mode=ro#x&y.db")]
    [InlineData("line\nbreak.db")]
    [InlineData(":memory:")]
    [InlineData("file:x")]
    [InlineData("|DataDirectory|x")]
    [InlineData("Bücher 日本.db")]
    public void Library_OfAnyName_IsThatFile(string name)
    {
        using (TinyLibrary.Create(_work[name], TinyLibrary.Video("a", 2))) { }
        Directory.GetFiles(_work.Path).ShouldBe([_work[name]]);
        using SqliteMomentStore store = SqliteMomentStore.Open(_work[name]);
        store.Count.ShouldBe(2);
    }

    [Fact]
    public void Open_WhatIsNoLibrary_IsRefusedAndLeftAsItIs()
    {
        _work.Write("text.db", string.Concat(Enumerable.Repeat("no library ", 2000)));
        _work.Write("short.db", "x");
        using (var other = new SqliteConnection($"Data Source={_work["other.db"]};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)";
            command.ExecuteNonQuery();
        }
        Directory.CreateDirectory(_work["folder.db"]);
        SortedDictionary<string, string> before = WorkFolder.Contents(_work.Path);
        foreach (string name in (string[])["text.db", "short.db", "other.db", "folder.db",
            .. OperatingSystem.IsWindows() ? (string[])[] : ["/dev/null"]])
            foreach (bool create in (bool[])[false, true])
                Should.Throw<BadInputException>(() => SqliteMomentStore.Open(_work[name], create).Dispose(), name)
                    .Message.ShouldStartWith(_work[name] + ": ");
        foreach (string name in (string[])["none.db", "folder/none.db", "empty.db"])
        {
            if (name == "empty.db")
                before[name] = WorkFolder.Contents(Path.GetDirectoryName(_work.Write(name, ""))!)[name];
            Should.Throw<BadInputException>(() => SqliteMomentStore.Open(_work[name])).Message
                .ShouldBe($"There is no library {_work[name]}; make one with index.");
        }
        Should.Throw<BadInputException>(() => SqliteMomentStore.Open(_work["nowhere/l.db"], create: true));
        WorkFolder.Contents(_work.Path).ShouldBe(before);
    }

    [Fact]
    public void Open_OfAnEarlierForm_BringsItUpAndOfALaterOneIsRefused()
    {
        SqliteDatabase.Open(_work["l.db"], create: true, migrate: 0).Dispose();
        SqliteDatabase.Open(_work["l.db"], create: false).Dispose();
        using (SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]))
        {
            store.SetHeader(TinyLibrary.Header());
            store.Database.Value("PRAGMA user_version").ShouldBe((long)SqliteDatabase.NewestForm);
            store.Database.Run($"PRAGMA user_version={SqliteDatabase.NewestForm + 1}");
        }
        foreach (bool create in (bool[])[false, true])
            Should.Throw<BadInputException>(() => SqliteMomentStore.Open(_work["l.db"], create)).Message
                .ShouldContain("is of a later version of the program");
    }

    [Fact]
    public void Open_ByTwoAtOnce_MakesOneLibrary()
    {
        for (int i = 0; i < 5; i++)
        {
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 },
                _ => SqliteDatabase.Open(_work[$"{i}.db"], create: true).Dispose());
            using SqliteMomentStore store = SqliteMomentStore.Open(_work[$"{i}.db"]);
            store.Videos().ShouldBeEmpty();
        }
    }
}
