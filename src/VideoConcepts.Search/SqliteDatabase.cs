using System.Text.Json;
using Microsoft.Data.Sqlite;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A connection to a library's file; says in one line what is wrong with it.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>Written into the head of every library's file: "VCml".</summary>
    internal const int ApplicationId = 0x56436D6C;

    private const int Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Corrupt = 11, Full = 13, CannotOpen = 14,
        NotADatabase = 26;

    // Each brings a library from the version of its place to the next one.
    private static readonly string[] s_migrations =
    [
        """
        CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL, checks INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE videos (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, raw_path BLOB, kind INTEGER NOT NULL,
          size INTEGER NOT NULL, modified INTEGER NOT NULL, hash TEXT NOT NULL, tag TEXT, frames INTEGER NOT NULL,
          duration REAL NOT NULL, moments INTEGER NOT NULL, error TEXT,
          checks INTEGER NOT NULL);
        CREATE TABLE moments (id INTEGER PRIMARY KEY, video INTEGER NOT NULL, first_frame INTEGER NOT NULL,
          last_frame INTEGER NOT NULL, start REAL NOT NULL, end REAL NOT NULL,
          checks INTEGER NOT NULL);
        CREATE INDEX moments_of ON moments (video, id);
        CREATE TABLE strips (moment INTEGER PRIMARY KEY, jpeg BLOB NOT NULL, checks INTEGER NOT NULL);
        CREATE TABLE blocks (first INTEGER PRIMARY KEY, video INTEGER NOT NULL, count INTEGER NOT NULL,
          checks BLOB NOT NULL, look BLOB NOT NULL, motion BLOB NOT NULL, scores BLOB NOT NULL,
          features BLOB NOT NULL);
        CREATE INDEX blocks_of ON blocks (video, first);
        """,
        "CREATE TABLE notes (key TEXT PRIMARY KEY, value BLOB NOT NULL, checks INTEGER NOT NULL) WITHOUT ROWID;",
    ];

    private readonly SqliteConnection _connection;
    private readonly string _path;

    /// <summary>The newest form of libraries.</summary>
    internal static int NewestForm => s_migrations.Length;

    /// <summary>Whether it was opened to be written to, too.</summary>
    public bool IsWritable { get; }

    private SqliteDatabase(string path, SqliteOpenMode mode)
    {
        (_path, IsWritable) = (path, mode != SqliteOpenMode.ReadOnly);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Location(Path.GetFullPath(path), mode),
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
    }

    /// <summary>Opens a library's file, and brings one of an earlier version to this one's form.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether it is made if there is none.</param>
    /// <param name="migrate">The form that an older library gets; tests give others than the newest.</param>
    /// <exception cref="BadInputException">There is none, it is no library, damaged, or of a later version.</exception>
    public static SqliteDatabase Open(string path, bool create, int? migrate = null)
    {
        bool there = FileStatus.Of(path) is { Length: > 0 };
        if (FileStatus.Of(path) is { Kind: not FileKind.Regular })
            throw new BadInputException($"{path}: this is no file; name a library's file.");
        if (!there && !create)
            throw new BadInputException($"There is no library {path}; make one with index.");
        bool writable = create || MayWrite(path);
        var database = new SqliteDatabase(path,
            create ? SqliteOpenMode.ReadWriteCreate : writable ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly);
        try
        {
            database.Guard(() =>
            {
                database._connection.Open();
                database.Begin(writable, migrate ?? NewestForm);
            });
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A new command with parameters @0, @1 …</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"@{i}", values[i] ?? DBNull.Value);
        return command;
    }

    /// <summary>Runs a statement.</summary>
    public void Run(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        Guard(() => command.ExecuteNonQuery());
    }

    /// <summary>The first column of the first row, or null.</summary>
    public object? Value(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        object? found = null;
        Guard(() => found = command.ExecuteScalar());
        return found is DBNull ? null : found;
    }

    /// <summary>All rows.</summary>
    public IEnumerable<T> Rows<T>(Func<SqliteDataReader, T> read, string sql, params object?[] values)
    {
        using SqliteCommand command = Command(sql, values);
        SqliteDataReader? rows = null;
        Guard(() => rows = command.ExecuteReader());
        using (rows)
        {
            while (true)
            {
                bool more = false;
                T? row = default;
                Guard(() =>
                {
                    if (more = rows!.Read()) row = read(rows);
                });
                if (!more) yield break;
                yield return row!;
            }
        }
    }

    public SqliteTransaction Transaction()
    {
        SqliteTransaction? transaction = null;
        Guard(() => transaction = _connection.BeginTransaction());
        return transaction!;
    }

    /// <summary>Turns what SQLite says into what the user is to do.</summary>
    public void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (SqliteException e)
        {
            throw Explained(e);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidCastException or OverflowException
            or FormatException or InvalidOperationException or JsonException)
        {
            throw Damaged(e);
        }
    }

    /// <summary>The error for a file whose contents cannot be what was written.</summary>
    public BadInputException Damaged(Exception e) => new(
        $"{_path}: this library is damaged ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); put back a copy, or "
        + "make it anew under another name with index.", e);

    public void Dispose() => _connection.Dispose();

    private Exception Explained(SqliteException e) => e.SqliteErrorCode switch
    {
        Corrupt => Damaged(e),
        NotADatabase => new BadInputException($"{_path}: this is no library; name one, or another file.", e),
        Busy or Locked => new BadInputException($"{_path}: another process writes to it; wait for its end.", e),
        Full => new IOException($"{_path}: the disk is full; what was finished is kept: make room and do it again.", e),
        ReadOnly => new BadInputException($"{_path}: cannot be written to.", e),
        CannotOpen => new BadInputException($"{_path}: cannot be opened; look at its folder and its permissions.", e),
        InputOutput => new IOException($"{_path}: cannot be read or written ({e.Message}).", e),
        _ => new IOException($"{_path}: {e.Message}", e),
    };

    private void Begin(bool writable, int newest)
    {
        Run("PRAGMA cell_size_check=ON");
        // what was not finished of the first page is taken back; a file of less than a page has none for SQLite
        bool there = (long)Value("PRAGMA page_count")! > 0 || FileStatus.Of(_path) is { Length: > 0 };
        long form = there ? (long)Value("PRAGMA user_version")! : 0;
        if (there && (long)Value("PRAGMA application_id")! != ApplicationId)
            throw new BadInputException($"{_path}: this file is there already, and index did not make it; choose "
                + "another name.");
        if (form < 0) throw new InvalidDataException($"form {form}");
        if (form > newest)
            throw new BadInputException($"{_path}: this library is of a later version of the program (form {form}, "
                + $"here {newest}); use that.");
        if (!there)
        {
            Run("PRAGMA page_size=16384");
            Run($"PRAGMA application_id={ApplicationId}");
        }
        if (!writable)
        {
            if (form < newest)
                throw new BadInputException($"{_path}: this library is of an earlier version, and cannot be written "
                    + "to; make it writable once.");
            return;
        }
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=NORMAL");
        while (form < newest)
        {
            using SqliteTransaction transaction = Transaction();
            form = (long)Value("PRAGMA user_version")!; // another process may have been faster
            if (form >= newest) return;
            Run(s_migrations[form]);
            Run($"PRAGMA user_version={++form}");
            Guard(transaction.Commit);
        }
    }

    // Not by opening it: closing a second handle gives up the locks that SQLite holds on the file in this process.
    private static bool MayWrite(string path) => FolderAccess.IsWritable(Path.GetFullPath(path))
        && FolderAccess.IsWritable(Path.GetDirectoryName(Path.GetFullPath(path))!);

    // What cannot be written to, and has no log of a writer's beside it, is read without files of SQLite's own.
    private static string Location(string path, SqliteOpenMode mode) =>
        mode != SqliteOpenMode.ReadOnly || FileStatus.Of(path + "-wal") is { Length: > 0 } ? path
            : $"file:{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
}
