using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A library in one file. While it is written to, two files of SQLite's stand beside it.</summary>
internal sealed class SqliteMomentStore : IMomentStore
{
    private const int Asked = 500; // most parameters of a statement

    // What a library that has videos says of itself.
    private static readonly string[] s_kept = ["header", "version", "next_video", "next_moment"];

    private readonly SqliteDatabase _database;

    private SqliteMomentStore(string path, SqliteDatabase database)
    {
        (Name, _database) = (path, database);
        if (About("header") is { } header)
            _database.Guard(() => Header = JsonSerializer.Deserialize<LibraryHeader>(header)
                ?? throw new InvalidDataException("it has no header"));
        if (Videos().Count > 0 && s_kept.FirstOrDefault(key => About(key) is null) is { } missing)
            throw _database.Damaged(new InvalidDataException($"it has videos, but no {missing}"));
    }

    /// <summary>Opens a library.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="create">Whether it is made if there is none.</param>
    /// <exception cref="BadInputException">There is none, it is no library, damaged, or of a later version.</exception>
    public static SqliteMomentStore Open(string path, bool create = false)
    {
        SqliteDatabase database = SqliteDatabase.Open(path, create);
        try
        {
            var store = new SqliteMomentStore(path, database);
            if (create && store.Identity.Length == 0) store.SetAbout("identity", Guid.NewGuid().ToString("N"));
            return store;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public LibraryHeader? Header { get; private set; }

    public long Version => Number("version", 0);

    public long Count =>
        _database.Rows(row => row.GetInt64(0), "SELECT coalesce(sum(moments), 0) FROM videos").Single();

    public string Identity => About("identity") ?? "";

    public string? IndexFile => RealPath.Of(Name) + ".hnsw";

    internal SqliteDatabase Database => _database;

    public IDisposable Lock() => LibraryLock.Take(Name);

    /// <summary>Looks at all pages of the file.</summary>
    /// <exception cref="BadInputException">They are not as they were written.</exception>
    public void Verify()
    {
        if (_database.Value("PRAGMA quick_check(1)") is not "ok" and var fault)
            throw _database.Damaged(new InvalidDataException($"{fault}"));
    }

    public void SetHeader(LibraryHeader header)
    {
        SetAbout("header", JsonSerializer.Serialize(header));
        Header = header;
    }

    public IReadOnlyList<LibraryVideo> Videos() => [.. _database.Rows(ReadVideo, $"{AllVideos} ORDER BY id")];

    public IVideoWriter Write() => new SqliteVideoWriter(this, _database);

    public void Touch(LibraryVideo video)
    {
        using SqliteTransaction transaction = _database.Transaction();
        if (_database.Rows(ReadVideo, $"{AllVideos} WHERE id = @0", video.Id).SingleOrDefault() is not { } there)
            return;
        _database.Run("DELETE FROM videos WHERE id = @0", video.Id);
        Insert(there with { Size = video.Size, Modified = video.Modified, Hash = video.Hash, Tag = video.Tag });
        _database.Guard(transaction.Commit);
    }

    public void Remove(IReadOnlyCollection<long> videos)
    {
        if (videos.Count == 0) return;
        using SqliteTransaction transaction = _database.Transaction();
        foreach (long video in videos) Delete(video);
        Changed();
        _database.Guard(transaction.Commit);
    }

    public IEnumerable<MomentBlock> Blocks(MomentParts parts, long? video = null)
    {
        string which = video is null ? "" : "WHERE {0} = @0 ";
        string counted = $"(SELECT coalesce(sum(moments), 0) FROM videos {string.Format(null, which, "id")})";
        long moments = 0, expected = 0;
        foreach ((MomentBlock block, long all) in _database.Rows(row => (Read(row), row.GetInt64(8)),
            $"SELECT {Columns(parts)}, {counted} FROM blocks {string.Format(null, which, "video")}ORDER BY first",
            video is { } one ? [one] : []))
        {
            (moments, expected) = (moments + block.Count, all);
            yield return block;
        }
        RequireAll(moments, expected);
    }

    public MomentBlock? BlockOf(long moment, MomentParts parts) => _database.Rows(Read,
            $"SELECT {Columns(parts)} FROM blocks WHERE first <= @0 ORDER BY first DESC LIMIT 1", moment)
        .FirstOrDefault(block => moment < block.First + block.Count);

    public IReadOnlyList<Moment> Moments(IReadOnlyList<long> ids)
    {
        var found = new Dictionary<long, Moment>();
        foreach (long[] some in ids.Distinct().Chunk(Asked))
        {
            string list = string.Join(',', some.Select((_, i) => $"@{i}"));
            foreach (Moment moment in _database.Rows(ReadMoment,
                $"SELECT id, video, first_frame, last_frame, start, end, checks FROM moments WHERE id IN ({list})",
                [.. some.Cast<object>()]))
                found[moment.Id] = moment;
        }
        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    public IReadOnlyList<Moment> MomentsOf(long video)
    {
        (Moment Moment, long All)[] found = [.. _database.Rows(row => (ReadMoment(row), row.GetInt64(7)),
            "SELECT id, video, first_frame, last_frame, start, end, checks, (SELECT moments FROM videos WHERE id = @0) "
            + "FROM moments WHERE video = @0 ORDER BY id", video)];
        if (found.Length > 0) RequireAll(found.Length, found[0].All);
        return [.. found.Select(row => row.Moment)];
    }

    public byte[]? Strip(long moment) => _database.Rows(row =>
    {
        byte[] jpeg = row.GetFieldValue<byte[]>(0);
        RowCheck.Require(row.GetInt64(1), $"the strip of moment {moment}", moment, jpeg);
        return jpeg;
    }, "SELECT jpeg, checks FROM strips WHERE moment = @0", moment).SingleOrDefault();

    public bool CanNote => _database.IsWritable;

    public long NotesVersion => Number("notes", 0);

    public IReadOnlyDictionary<string, byte[]> Notes(string prefix) => _database.Rows(row =>
    {
        (string key, byte[] value) = (row.GetString(0), row.GetFieldValue<byte[]>(1));
        RowCheck.Require(row.GetInt64(2), $"the note {key}", key, value);
        return (key, value);
    }, "SELECT key, value, checks FROM notes WHERE substr(key, 1, length(@0)) = @0", prefix).ToDictionary();

    public void SetNotes(IReadOnlyDictionary<string, byte[]?> notes)
    {
        using SqliteTransaction transaction = _database.Transaction();
        foreach ((string key, byte[]? value) in notes)
            if (value is null) _database.Run("DELETE FROM notes WHERE key = @0", key);
            else
                _database.Run("INSERT INTO notes VALUES (@0, @1, @2) ON CONFLICT (key) DO UPDATE SET "
                    + "value = excluded.value, checks = excluded.checks", key, value, RowCheck.Of(key, value));
        Set("notes", NotesVersion + 1);
        _database.Guard(transaction.Commit);
    }

    public IReadOnlyList<(long Moment, float Product)>? Nearest(float[] query, int count, long? withoutVideo) => null;

    public void Dispose() => _database.Dispose();

    /// <summary>Removes a video's rows, within a transaction.</summary>
    internal void Delete(long video)
    {
        _database.Run("DELETE FROM strips WHERE moment IN (SELECT id FROM moments WHERE video = @0)", video);
        _database.Run("DELETE FROM moments WHERE video = @0", video);
        _database.Run("DELETE FROM blocks WHERE video = @0", video);
        _database.Run("DELETE FROM videos WHERE id = @0", video);
    }

    /// <summary>Says, within a transaction, that the videos are others than before.</summary>
    internal void Changed() => Set("version", Version + 1);

    /// <summary>Adds a row, within a transaction.</summary>
    internal void Insert(LibraryVideo video) => _database.Run(
        "INSERT INTO videos VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12)",
        [.. StoredVideo.Values(video), RowCheck.Of(StoredVideo.Values(video))]);

    /// <summary>A number that the library keeps.</summary>
    internal long Number(string key, long otherwise)
    {
        long number = otherwise;
        if (About(key) is { } text) _database.Guard(() => number = long.Parse(text, CultureInfo.InvariantCulture));
        return number;
    }

    internal void Set(string key, long number) => SetAbout(key, number.ToString(CultureInfo.InvariantCulture));

    private const string AllVideos = $"SELECT {StoredVideo.Columns}, checks FROM videos";

    private static LibraryVideo ReadVideo(SqliteDataReader row)
    {
        LibraryVideo video = StoredVideo.Read(row);
        RowCheck.Require(row.GetInt64(12), $"video {video.Id}", StoredVideo.Values(video));
        return video;
    }

    private void RequireAll(long found, long expected)
    {
        if (found != expected)
            throw _database.Damaged(new InvalidDataException($"{found} of {expected} moments are there"));
    }

    private void SetAbout(string key, string value) => _database.Run("INSERT INTO about VALUES (@0, @1, @2) "
        + "ON CONFLICT (key) DO UPDATE SET value = excluded.value, checks = excluded.checks", key, value,
        RowCheck.Of(key, value));

    private string? About(string key) => _database.Rows(row =>
    {
        string value = row.GetString(0);
        RowCheck.Require(row.GetInt64(1), $"what it says of itself ({key})", key, value);
        return value;
    }, "SELECT value, checks FROM about WHERE key = @0", key).SingleOrDefault();

    private static string Columns(MomentParts parts) => "first, video, count, checks, "
        + (parts.HasFlag(MomentParts.Vectors) ? "look, motion, " : "NULL, NULL, ")
        + (parts.HasFlag(MomentParts.Features) ? "features, " : "NULL, ")
        + (parts.HasFlag(MomentParts.Scores) ? "scores" : "NULL");

    private MomentBlock Read(SqliteDataReader row)
    {
        return new StoredBlock(row.GetFieldValue<byte[]>(3), Part(4), Part(5), Part(6), Part(7))
            .Block(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), Header!);

        byte[]? Part(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
    }

    private static Moment ReadMoment(SqliteDataReader row)
    {
        var moment = new Moment(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt32(3), row.GetDouble(4),
            row.GetDouble(5));
        RowCheck.Require(row.GetInt64(6), $"moment {moment.Id}", Values(moment));
        return moment;
    }

    /// <summary>What a moment's row holds.</summary>
    internal static object?[] Values(Moment moment) => [moment.Id, moment.VideoId, moment.FirstFrame, moment.LastFrame,
        moment.Start, moment.End];
}
