using System.Globalization;
using System.Numerics.Tensors;
using Npgsql;
using Pgvector;

namespace VideoConcepts.Search;

/// <summary>
/// The vectors of moments as pgvector keeps them, with an HNSW index: look and motion side by side, ordered by their
/// inner product with a query. Parts of the query are weighted, so one index serves every weight; as all vectors are of
/// length √3, this is also the order of their cosines.
/// </summary>
internal sealed class VectorIndex
{
    /// <summary>The table of the vectors, beside those that every library has.</summary>
    public const string Table = "moment_vectors";

    /// <summary>What pgvector is called among extensions.</summary>
    public const string Extension = "vector";

    /// <summary>Most numbers of a vector that pgvector puts into an index, as float32 and as float16.</summary>
    private const int MostSingle = 2000, MostHalf = 4000;

    private const int Candidates = 400, MostCandidates = 1000; // hnsw.ef_search
    private static readonly Version s_halfSince = new(0, 7), s_iterativeSince = new(0, 8), s_hnswSince = new(0, 5);

    private readonly PostgresDatabase _database;
    private readonly string _extension; // its schema, quoted
    private readonly bool _half, _iterative;
    private readonly int _size;

    private VectorIndex(PostgresDatabase database, string extension, bool half, bool iterative, int size) =>
        (_database, _extension, _half, _iterative, _size) = (database, extension, half, iterative, size);

    /// <summary>The index of a library; null: it has none.</summary>
    public static VectorIndex? Of(PostgresDatabase database, LibraryHeader header)
    {
        if (Installed(database) is not { } extension || Made(database) is not { } type) return null;
        return new(database, extension.Schema, type == "halfvec", extension.Version >= s_iterativeSince,
            header.LookSize + header.MotionSize);
    }

    /// <summary>Makes the index of a library that has none, where the server can.</summary>
    /// <param name="database">The library's, with no transaction.</param>
    /// <param name="header">The library's.</param>
    /// <param name="extension">What pgvector is called; tests give one that there is not.</param>
    /// <param name="say">Told why there is none.</param>
    public static VectorIndex? Ensure(PostgresDatabase database, LibraryHeader header, string extension,
        Action<string> say)
    {
        if (Of(database, header) is { } there) return there;
        string name = database.Address.Name;
        int size = header.LookSize + header.MotionSize;
        if (size > MostHalf)
        {
            say($"{name}: pgvector has indexes of at most {MostHalf} numbers, these have {size}: moments are compared "
                + "one by one.");
            return null;
        }
        if (Installed(database, extension) is not { } installed && !Install(database, extension, say)) return null;
        installed = Installed(database, extension)!.Value;
        bool half = header.Half || size > MostSingle;
        if (installed.Version < (half ? s_halfSince : s_hnswSince))
        {
            say($"{name}: pgvector {installed.Version} is too old, {(half ? s_halfSince : s_hnswSince)} has what is "
                + "needed: moments are compared one by one.");
            return null;
        }
        database.ReloadTypes();
        var index = new VectorIndex(database, installed.Schema, half, installed.Version >= s_iterativeSince, size);
        using PostgresTransaction transaction = database.Begin();
        // of processes that write together, one makes it
        database.Run("SELECT pg_advisory_xact_lock($1)", PostgresLock.Key("index", database.Address.Schema));
        if (Of(database, header) is { } made) return made;
        index.Make(header);
        transaction.Commit();
        return index;
    }

    /// <summary>Adds the vectors of a block to a table of that form, within a transaction.</summary>
    public void Add(string table, long first, long video, MomentBlock block)
    {
        long[] ids = [.. Enumerable.Range(0, block.Count).Select(i => first + i)];
        Array vectors = _half ? Rows(block).Select(row => new HalfVector(Halves(row))).ToArray()
            : Rows(block).Select(row => new Vector(row)).ToArray();
        _database.Run($"INSERT INTO {table} SELECT id, $2, v FROM unnest($1, $3) AS rows (id, v)", ids, video,
            vectors);
    }

    /// <summary>Removes the vectors of a video, within a transaction.</summary>
    public void Remove(long video) => _database.Run("DELETE FROM {s}." + Table + " WHERE video = $1", video);

    /// <summary>Moments with the largest products, and these; fewer than asked for if no more are found.</summary>
    public List<(long Moment, float Product)> Nearest(float[] query, int count, long? withoutVideo)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length, _size);
        // some more than asked for: the index knows the query as float16, products are of the query itself
        int asked = count + Math.Max(8, count / 4);
        using PostgresTransaction? reading = _database.IsInTransaction ? null : _database.Begin();
        _database.Run("SELECT set_config('hnsw.ef_search', $1, true)", Math.Clamp(2 * asked, Candidates, MostCandidates)
            .ToString(CultureInfo.InvariantCulture));
        if (_iterative) _database.Run("SELECT set_config('hnsw.iterative_scan', 'strict_order', true)");
        object vector = _half ? new HalfVector(Halves(query)) : new Vector(query);
        List<(long Moment, float Product)> found = _database.Rows(
            row => (row.GetInt64(0), TensorPrimitives.Dot(query, Numbers(row))),
            $"SELECT moment, v FROM {{s}}.{Table} " + (withoutVideo is null ? "" : "WHERE video <> $2 ")
            + $"ORDER BY v OPERATOR({_extension}.<#>) $1 LIMIT {asked}",
            withoutVideo is { } video ? [vector, video] : [vector]);
        reading?.Commit();
        return [.. found.OrderByDescending(moment => moment.Product).ThenBy(moment => moment.Moment).Take(count)];
    }

    private static Half[] Halves(ReadOnlySpan<float> row)
    {
        var halves = new Half[row.Length];
        TensorPrimitives.ConvertToHalf(row, halves);
        return halves;
    }

    private static IEnumerable<float[]> Rows(MomentBlock block)
    {
        int look = block.Look.Length / block.Count, motion = block.Motion.Length / block.Count;
        for (int i = 0; i < block.Count; i++)
            yield return [.. block.Look.AsSpan(i * look, look), .. block.Motion.AsSpan(i * motion, motion)];
    }

    // Schema and version of pgvector in the database.
    private static (string Schema, Version Version)? Installed(PostgresDatabase database,
        string extension = Extension) =>
        database.Rows<(string, Version)?>(row => (row.GetString(0), Parsed(row.GetString(1))),
            "SELECT quote_ident(nspname), extversion FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace "
            + "WHERE extname = $1", extension).FirstOrDefault();

    private static Version Parsed(string text) => Version.TryParse(text, out Version? version) ? version : new(0, 0);

    private static bool Install(PostgresDatabase database, string extension, Action<string> say)
    {
        string name = database.Address.Name;
        if (database.Value("SELECT 1 FROM pg_available_extensions WHERE name = $1", extension) is null)
        {
            say($"{name}: the server has no pgvector: moments are compared one by one.");
            return false;
        }
        try
        {
            using PostgresTransaction transaction = database.Begin();
            database.Run($"CREATE EXTENSION IF NOT EXISTS {extension}");
            transaction.Commit();
            return true;
        }
        catch (Exception e) when (e is BadInputException or IOException)
        {
            string? why = e.InnerException?.Message.ReplaceLineEndings(" ");
            say($"{name}: pgvector is there, but may not be used ({why}): "
                + "moments are compared one by one; 'create extension vector' by an administrator changes that.");
            return false;
        }
    }

    // Type of the vectors; null: there are none.
    private static string? Made(PostgresDatabase database) => (string?)database.Value(
        "SELECT typname::text FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n "
        + $"ON n.oid = relnamespace JOIN pg_type t ON t.oid = atttypid WHERE nspname = $1 AND relname = '{Table}' "
        + "AND attname = 'v'", database.Address.Schema);

    private void Make(LibraryHeader header)
    {
        string type = _half ? "halfvec" : "vector";
        _database.Run($"DROP TABLE IF EXISTS {{s}}.{Table}"); // without its vectors, if the extension was removed
        _database.Run($"CREATE TABLE {{s}}.{Table} (moment bigint PRIMARY KEY, video bigint NOT NULL, "
            + $"v {_extension}.{type}({_size}) NOT NULL)");
        foreach (MomentBlock block in PostgresMomentStore.Blocks(_database, header, MomentParts.Vectors, null))
            Add($"{{s}}.{Table}", block.First, block.VideoId, block);
        _database.Run($"CREATE INDEX ON {{s}}.{Table} (video)");
        _database.Run($"CREATE INDEX ON {{s}}.{Table} USING hnsw (v {_extension}.{type}_ip_ops)");
    }

    private float[] Numbers(NpgsqlDataReader row) => _half
        ? Array.ConvertAll(row.GetFieldValue<HalfVector>(1).ToArray(), half => (float)half)
        : row.GetFieldValue<Vector>(1).ToArray();
}
