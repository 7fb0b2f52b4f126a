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
    private readonly string _kind;

    /// <param name="database">Holds the lock while it is connected.</param>
    /// <param name="library">What is locked.</param>
    /// <param name="shared">Whether others may hold it, too, that also share.</param>
    /// <exception cref="BadInputException">Another process writes.</exception>
    public PostgresLock(PostgresDatabase database, PostgresAddress library, bool shared = false)
    {
        (_database, _key, _kind) = (database, Key("write", library.Schema), shared ? "_shared" : "");
        if (database.Value($"SELECT pg_try_advisory_lock{_kind}($1)", _key) is not true)
            throw new BadInputException($"{library.Name}: another index writes to it"
                + (shared ? ", without ‹share›" : "") + "; wait for its end.");
    }

    /// <summary>A number that stands for something to be done with a schema.</summary>
    public static long Key(string what, string schema) =>
        (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"videoconcepts {what} {schema}"));

    public void Dispose() => _database.Last($"SELECT pg_advisory_unlock{_kind}($1)", _key);
}
