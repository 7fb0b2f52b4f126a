using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace VideoConcepts.Search;

/// <summary>A library in a schema of a PostgreSQL database; its rows are those of a file that holds the same.</summary>
internal sealed class PostgresMomentStore : ISharedStore
{
    private static readonly TimeSpan s_leased = TimeSpan.FromSeconds(30);

    private readonly WorkContext _work;
    private readonly string _extension;
    private string? _staging;

    private PostgresMomentStore(PostgresDatabase database, WorkContext work, string extension)
    {
        (Database, _work, _extension) = (database, work, extension);
        if (About("header") is { } header)
            database.Guard(() => Header = Read(header));
        if (Header is not null && extension == VectorIndex.Extension) Index = VectorIndex.Of(database, Header);
    }

    /// <summary>Opens a library.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="create">Whether it is made if there is none.</param>
    /// <param name="work">Told whether there is an index.</param>
    /// <param name="extension">What pgvector is called; tests give one that there is not.</param>
    /// <exception cref="BadInputException">There is none, it is damaged or of a later version, others' tables are in
    /// its place, or the server cannot be reached.</exception>
    public static PostgresMomentStore Open(PostgresAddress address, bool create = false, WorkContext? work = null,
        string extension = VectorIndex.Extension)
    {
        PostgresDatabase database = PostgresDatabase.Open(address);
        try
        {
            PostgresSchema.Prepare(database, create);
            return new PostgresMomentStore(database, work ?? new WorkContext(), extension);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public string Name => Database.Address.Name;

    public LibraryHeader? Header { get; private set; }

    public long Version => long.Parse(About("version") ?? "0", CultureInfo.InvariantCulture);

    public long Count => (long)Database.Value("SELECT coalesce(sum(moments), 0) FROM {s}.videos")!;

    public string Identity => About("identity") ?? Name;

    public string? IndexFile => null;

    internal PostgresDatabase Database { get; }

    /// <summary>What finds moments without comparing all; null: there is none.</summary>
    internal VectorIndex? Index { get; private set; }

    /// <summary>The videos that this process has taken, where several write; null: it writes alone.</summary>
    internal PostgresLeases? Leases { get; private set; }

    public IDisposable Lock() => Lock(shared: false);

    public IVideoLeases Share(TimeProvider clock) => Share(clock,
        $"{Environment.MachineName} {Environment.ProcessId} {Guid.NewGuid():N}", s_leased);

    /// <summary>The same, of a worker by name.</summary>
    internal IVideoLeases Share(TimeProvider clock, string worker, TimeSpan period)
    {
        PostgresLock held = Lock(shared: true);
        try
        {
            return Leases = new PostgresLeases(Database.Address, worker, period, clock, () =>
            {
                Leases = null;
                held.Dispose();
            });
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public LibraryHeader AgreeOn(LibraryHeader header)
    {
        Database.Run("INSERT INTO {s}.about VALUES ('header', $1) ON CONFLICT DO NOTHING",
            JsonSerializer.Serialize(header));
        Database.Guard(() => Header = Read(About("header")!));
        MakeIndex(_extension);
        return Header!;
    }

    /// <summary>Looks whether the tables agree with each other; pages are the server's to check.</summary>
    /// <exception cref="BadInputException">They do not.</exception>
    public void Verify()
    {
        List<long> moments = Database.Rows(row => row.GetInt64(0),
            "SELECT coalesce(sum(moments), 0) FROM {s}.videos UNION ALL SELECT count(*) FROM {s}.moments "
            + "UNION ALL SELECT coalesce(sum(count), 0) FROM {s}.blocks"
            + (Index is null ? "" : " UNION ALL SELECT count(*) FROM {s}." + VectorIndex.Table));
        if (moments.Distinct().Count() > 1)
            throw Database.Damaged(new InvalidDataException(
                $"its tables have {string.Join(", ", moments)} moments"));
    }

    public void SetHeader(LibraryHeader header)
    {
        Database.Run("INSERT INTO {s}.about VALUES ('header', $1) ON CONFLICT (key) DO UPDATE "
            + "SET value = excluded.value",
            JsonSerializer.Serialize(header));
        Header = header;
        MakeIndex(_extension);
    }

    public IReadOnlyList<LibraryVideo> Videos() =>
        Database.Rows(StoredVideo.Read, $"SELECT {StoredVideo.Columns} FROM {{s}}.videos ORDER BY id");

    public IVideoWriter Write() => new PostgresVideoWriter(this);

    public void Touch(LibraryVideo video)
    {
        using PostgresTransaction transaction = Database.Begin();
        Leases?.End(Database, video.Path);
        Database.Run("UPDATE {s}.videos SET size = $2, modified = $3, hash = $4, tag = $5 WHERE id = $1",
            video.Id, video.Size, video.Modified, video.Hash, video.Tag);
        transaction.Commit();
    }

    public void Remove(IReadOnlyCollection<long> videos)
    {
        if (videos.Count == 0) return;
        using PostgresTransaction transaction = Database.Begin();
        foreach (long video in videos) Delete(video);
        Changed();
        transaction.Commit();
    }

    public IEnumerable<MomentBlock> Blocks(MomentParts parts, long? video = null) =>
        Blocks(Database, Header!, parts, video);

    /// <summary>The same, of a database.</summary>
    internal static IEnumerable<MomentBlock> Blocks(PostgresDatabase database, LibraryHeader header, MomentParts parts,
        long? video) => database.Stream(row => Read(row, header), $"SELECT {Columns(parts)} FROM {{s}}.blocks "
            + (video is { } one ? $"WHERE video = {one} ORDER BY first" : "ORDER BY first"),
            parts == MomentParts.None ? 1000 : 8);

    public IReadOnlyList<Moment> Moments(IReadOnlyList<long> ids)
    {
        var found = Database.Rows(ReadMoment, "SELECT id, video, first_frame, last_frame, starts, ends "
            + "FROM {s}.moments WHERE id = ANY($1)", ids.ToArray()).ToDictionary(moment => moment.Id);
        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    public IReadOnlyList<Moment> MomentsOf(long video) => Database.Rows(ReadMoment,
        "SELECT id, video, first_frame, last_frame, starts, ends FROM {s}.moments WHERE video = $1 ORDER BY id", video);

    public MomentBlock? BlockOf(long moment, MomentParts parts) => Database.Rows(row => Read(row, Header!),
            $"SELECT {Columns(parts)} FROM {{s}}.blocks WHERE first <= $1 ORDER BY first DESC LIMIT 1", moment)
        .FirstOrDefault(block => moment < block.First + block.Count);

    public byte[]? Strip(long moment) =>
        (byte[]?)Database.Value("SELECT jpeg FROM {s}.strips WHERE moment = $1", moment);

    public bool CanNote => Database.Value("SELECT has_table_privilege('{s}.notes', 'INSERT')") is true;

    public long NotesVersion => long.Parse(About("notes") ?? "0", CultureInfo.InvariantCulture);

    public IReadOnlyDictionary<string, byte[]> Notes(string prefix) => Database.Rows(
        row => (row.GetString(0), row.GetFieldValue<byte[]>(1)),
        "SELECT key, value FROM {s}.notes WHERE starts_with(key, $1)", prefix).ToDictionary();

    public void SetNotes(IReadOnlyDictionary<string, byte[]?> notes)
    {
        using PostgresTransaction transaction = Database.Begin();
        foreach ((string key, byte[]? value) in notes)
            if (value is null) Database.Run("DELETE FROM {s}.notes WHERE key = $1", key);
            else
                Database.Run("INSERT INTO {s}.notes VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET "
                    + "value = excluded.value", key, value);
        Database.Run("UPDATE {s}.about SET value = (value::bigint + 1)::text WHERE key = 'notes'");
        transaction.Commit();
    }

    public IReadOnlyList<(long Moment, float Product)>? Nearest(float[] query, int count, long? withoutVideo)
    {
        if (Index is null) return null;
        IReadOnlyList<(long, float)> found = Index.Nearest(query, count, withoutVideo);
        if (found.Count >= count) return found;
        long there = Count - (withoutVideo is { } video
            ? (int?)Database.Value("SELECT moments FROM {s}.videos WHERE id = $1", video) ?? 0 : 0);
        return found.Count >= there ? found : null; // a graph that is walked in part may miss some
    }

    public void Dispose() => Database.Dispose();

    /// <summary>Removes a video's rows, within a transaction.</summary>
    internal void Delete(long video)
    {
        Database.Run("DELETE FROM {s}.strips WHERE moment IN (SELECT id FROM {s}.moments WHERE video = $1)", video);
        Database.Run("DELETE FROM {s}.moments WHERE video = $1", video);
        Database.Run("DELETE FROM {s}.blocks WHERE video = $1", video);
        Database.Run("DELETE FROM {s}.videos WHERE id = $1", video);
        Index?.Remove(video);
    }

    /// <summary>Says, within a transaction, that the videos are others than before.</summary>
    internal void Changed() =>
        Database.Run("UPDATE {s}.about SET value = (value::bigint + 1)::text WHERE key = 'version'");

    /// <summary>
    /// Empty temporary tables of this connection in the form of the library's; what is in them goes with a transaction.
    /// </summary>
    /// <returns>What their names begin with: behind it comes the library's.</returns>
    internal string Staging()
    {
        if (_staging is not null) return _staging;
        string name = $"staged_{(ulong)PostgresLock.Key("stage", Database.Address.Schema):x}_";
        foreach (string table in (string[])["blocks", "moments", "strips", .. Index is null ? (string[])[]
            : [VectorIndex.Table]])
        {
            Database.Run($"DROP TABLE IF EXISTS pg_temp.{name}{table}");
            Database.Run($"CREATE TEMPORARY TABLE {name}{table} (LIKE {{s}}.{table} INCLUDING STORAGE) "
                + "ON COMMIT DELETE ROWS");
        }
        return _staging = $"pg_temp.{name}";
    }

    /// <summary>Makes the index if there is none, and pgvector is there.</summary>
    internal void MakeIndex(string extension)
    {
        if (Header is null || Index is not null) return;
        Index = VectorIndex.Ensure(Database, Header, extension, Say);
        _staging = null;
    }

    private PostgresLock Lock(bool shared)
    {
        var held = new PostgresLock(Database, Database.Address, shared);
        try
        {
            // the connection of a machine that is gone does not keep the lock for hours
            Database.Run("SELECT set_config('tcp_keepalives_idle', '60', false), "
                + "set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '6', false)");
            MakeIndex(_extension);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private void Say(string line) => _work.Logger.LogInformation("{Line}", line);

    private string? About(string key) => (string?)Database.Value("SELECT value FROM {s}.about WHERE key = $1", key);

    private static LibraryHeader Read(string header)
    {
        try
        {
            return JsonSerializer.Deserialize<LibraryHeader>(header)
                ?? throw new InvalidDataException("it has no header");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static string Columns(MomentParts parts) => "first, video, count, checks, "
        + (parts.HasFlag(MomentParts.Vectors) ? "look, motion, " : "NULL::bytea, NULL::bytea, ")
        + (parts.HasFlag(MomentParts.Features) ? "features, " : "NULL::bytea, ")
        + (parts.HasFlag(MomentParts.Scores) ? "scores" : "NULL::bytea");

    private static MomentBlock Read(NpgsqlDataReader row, LibraryHeader header)
    {
        return new StoredBlock(row.GetFieldValue<byte[]>(3), Part(4), Part(5), Part(6), Part(7))
            .Block(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), header);

        byte[]? Part(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
    }

    private static Moment ReadMoment(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2),
        row.GetInt32(3), row.GetDouble(4), row.GetDouble(5));
}
