using Npgsql;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>How the address of a library in a database is read.</summary>
public sealed class PostgresAddressTests
{
    [Fact]
    public void Parse_OfAWholeAddress_ReadsItsParts()
    {
        NpgsqlConnectionStringBuilder read = Read(
            "postgresql://me@db.example:5433/films?schema=clips&sslmode=verify-full", out PostgresAddress address);
        (read.Host, read.Port, read.Database, read.Username, read.SslMode)
            .ShouldBe(("db.example", 5433, "films", "me", SslMode.VerifyFull));
        address.Schema.ShouldBe("clips");
        address.Beside().Schema.ShouldBe("clips_new");
        address.Title.ShouldBe("films/clips");
        Read("postgres://[::1]:77/films", out _).Host.ShouldBe("::1");
        Read("postgresql:///films?host=%2Frun%2Fpg", out _).Host.ShouldBe("/run/pg");
    }

    [Fact]
    public void Parse_OfAShortAddress_TakesTheRestFromTheEnvironment()
    {
        NpgsqlConnectionStringBuilder read = Read("postgresql://", out PostgresAddress address, ("PGHOST", "other"),
            ("PGPORT", "77"), ("PGDATABASE", "films"), ("PGUSER", "me"), ("PGSSLMODE", "require"));
        (read.Host, read.Port, read.Database, read.Username, read.SslMode)
            .ShouldBe(("other", 77, "films", "me", SslMode.Require));
        address.Schema.ShouldBe("videoconcepts");
        address.Title.ShouldBe("films");
        Read("postgresql://here:78/x?sslmode=disable", out _, ("PGHOST", "other"), ("PGPORT", "77"),
            ("PGDATABASE", "films"), ("PGSSLMODE", "require")).Host.ShouldBe("here");
    }

    [Theory]
    [InlineData("postgresql://me:hunter2@host/films")]
    [InlineData("postgresql://me:hunter2/x@host/films")]
    [InlineData("postgresql://me:a@hunter2@host/films")]
    [InlineData("postgresql://me:hunter2?x@host/films")]
    [InlineData("postgresql://me:hunter2/films")]
    [InlineData("postgresql://me@host/films?password=hunter2")]
    [InlineData("postgresql://me@host/films?Pwd=hunter2")]
    [InlineData("postgresql://host/films?passfile=hunter2")]
    public void Parse_OfAnAddressWithAPassword_RefusesAndDoesNotShowIt(string address) =>
        Should.Throw<BadInputException>(() => PostgresAddress.Parse(address, _ => null)).Shown()
            .ShouldNotContain("hunter2");

    [Theory]
    [InlineData("postgresql://host", "it names no database")]
    [InlineData("postgresql://host/films?schema=a%22b", "schema a\"b: give")]
    [InlineData("postgresql://host/films?schema=pg_mine", "schema pg_mine: give")]
    [InlineData("postgresql://host/films?schema=", "schema : give")]
    [InlineData("postgresql://host/films?sslmode=maybe", "sslmode maybe: give")]
    [InlineData("postgresql://host/films?shema=x", "shema is not known")]
    [InlineData("postgresql://host:0/films", "the port is no number")]
    public void Parse_OfAWrongAddress_SaysWhatIsWrong(string address, string what) =>
        Should.Throw<BadInputException>(() => PostgresAddress.Parse(address, _ => null)).Message.ShouldContain(what);

    [Fact]
    public void Open_OfAServerThatIsNotThere_IsRefusedInOneLine()
    {
        PostgresLibraries.Register();
        string line = Should.Throw<BadInputException>(() =>
            MomentStores.Open("postgresql://nobody@127.0.0.1:1/films?sslmode=disable")).Shown();
        line.ShouldContain("postgresql://nobody@127.0.0.1:1/films?sslmode=disable: the server is not reached (");
        line.ShouldNotContain("\n");
    }

    private static NpgsqlConnectionStringBuilder Read(string text, out PostgresAddress address,
        params (string Name, string Value)[] variables)
    {
        var known = variables.ToDictionary(pair => pair.Name, pair => pair.Value);
        address = PostgresAddress.Parse(text, known.GetValueOrDefault);
        return new NpgsqlConnectionStringBuilder(address.Connection);
    }
}
