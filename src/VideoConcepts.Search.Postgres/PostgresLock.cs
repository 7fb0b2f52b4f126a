using System.IO.Hashing;
using System.Text;

namespace VideoConcepts.Search;

/// <summary>
/// Keeps other processes from writing to a library: an advisory lock of the connection. The server gives it back when
/// the connection ends, however that comes.
/// </summary>
internal sealed class PostgresLock : IDisposable
{
    private readonly PostgresDatabase _database;
    private readonly long _key;

    /// <exception cref="BadInputException">Another process writes.</exception>
    public PostgresLock(PostgresDatabase database, PostgresAddress library)
    {
        (_database, _key) = (database, Key("write", library.Schema));
        if (database.Value("SELECT pg_try_advisory_lock($1)", _key) is not true)
            throw new BadInputException($"{library.Name}: another index writes to it; wait for its end.");
    }

    /// <summary>A number that stands for something to be done with a schema.</summary>
    public static long Key(string what, string schema) =>
        (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"videoconcepts {what} {schema}"));

    public void Dispose() => _database.Last("SELECT pg_advisory_unlock($1)", _key);
}
