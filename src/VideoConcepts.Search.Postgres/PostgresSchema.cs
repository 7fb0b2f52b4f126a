using System.Globalization;
using Npgsql;

namespace VideoConcepts.Search;

/// <summary>The tables of a library in a schema: made on first use, brought to the newest form, exchanged.</summary>
internal static class PostgresSchema
{
    private const string Maker = "VideoConcepts";

    private static readonly string[] s_tables = ["about", "videos", "moments", "strips", "blocks", "notes",
        "leases", VectorIndex.Table];

    // Each brings a library from the form of its place to the next one.
    private static readonly string[] s_migrations =
    [
        $$"""
        CREATE TABLE {s}.about (key text PRIMARY KEY, value text NOT NULL);
        INSERT INTO {s}.about VALUES ('made_by', '{{Maker}}'), ('form', '0'), ('version', '0'), ('next_video', '1'),
          ('next_moment', '1');
        CREATE TABLE {s}.videos (id bigint PRIMARY KEY, path text NOT NULL, raw_path bytea, kind integer NOT NULL,
          size bigint NOT NULL, modified bigint NOT NULL, hash text NOT NULL, tag text, frames integer NOT NULL,
          duration double precision NOT NULL, moments integer NOT NULL, error text,
          EXCLUDE USING hash (path WITH =)); -- unique, of any length
        CREATE TABLE {s}.moments (id bigint PRIMARY KEY, video bigint NOT NULL, first_frame integer NOT NULL,
          last_frame integer NOT NULL, starts double precision NOT NULL, ends double precision NOT NULL);
        CREATE INDEX ON {s}.moments (video, id);
        CREATE TABLE {s}.strips (moment bigint PRIMARY KEY, jpeg bytea NOT NULL);
        ALTER TABLE {s}.strips ALTER COLUMN jpeg SET STORAGE EXTERNAL;
        CREATE TABLE {s}.blocks (first bigint PRIMARY KEY, video bigint NOT NULL, count integer NOT NULL,
          checks bytea NOT NULL, look bytea NOT NULL, motion bytea NOT NULL, scores bytea NOT NULL,
          features bytea NOT NULL);
        ALTER TABLE {s}.blocks ALTER COLUMN look SET STORAGE EXTERNAL, ALTER COLUMN motion SET STORAGE EXTERNAL,
          ALTER COLUMN scores SET STORAGE EXTERNAL, ALTER COLUMN features SET STORAGE EXTERNAL;
        CREATE INDEX ON {s}.blocks (video, first);
        """,
        """
        CREATE TABLE {s}.notes (key text PRIMARY KEY, value bytea NOT NULL);
        INSERT INTO {s}.about VALUES ('notes', '0');
        """,
        """
        CREATE TABLE {s}.leases (key bytea PRIMARY KEY, worker text NOT NULL, expires timestamptz NOT NULL);
        INSERT INTO {s}.about VALUES ('identity', md5(random()::text || clock_timestamp()::text));
        """,
    ];

    /// <summary>The newest form of libraries.</summary>
    internal static int NewestForm => s_migrations.Length;

    /// <summary>Whether the schema holds a library.</summary>
    /// <exception cref="BadInputException">It holds tables of those names that were not made here.</exception>
    public static bool IsThere(PostgresDatabase database) => Form(database) is not null;

    /// <summary>Makes a library, or brings one to the newest form.</summary>
    /// <returns>Whether it was made.</returns>
    /// <exception cref="BadInputException">There is none and none is to be made, it is of a later version, or others'
    /// tables are in its place.</exception>
    public static bool Prepare(PostgresDatabase database, bool create)
    {
        int? form = Form(database);
        string name = database.Address.Name;
        if (form is null && !create) throw new BadInputException($"There is no library {name}; make one with index.");
        if (form == NewestForm) return false;
        if (form > NewestForm)
            throw new BadInputException($"{name}: this library is of a later version of the program (form {form}, here "
                + $"{NewestForm}); use that.");
        if (database.Value("SHOW server_encoding") is not "UTF8" and var encoding)
            throw new BadInputException($"{name}: the database's encoding is {encoding}; make one with the "
                + "encoding UTF8.");
        using PostgresTransaction transaction = database.Begin();
        // two may begin at once: the second one finds what the first one made
        database.Run("SELECT pg_advisory_xact_lock($1)", PostgresLock.Key("make", database.Address.Schema));
        form = Form(database);
        bool made = form is null;
        if (made && database.Value("SELECT 1 FROM pg_namespace WHERE nspname = $1", database.Address.Schema) is null)
            database.Run("CREATE SCHEMA {s}");
        for (int from = form ?? 0; from < NewestForm; from++)
        {
            database.Run(s_migrations[from]);
            database.Run("UPDATE {s}.about SET value = $1 WHERE key = 'form'",
                (from + 1).ToString(CultureInfo.InvariantCulture));
        }
        transaction.Commit();
        return made;
    }

    /// <summary>Removes a library: its tables, and the schema if it holds nothing else.</summary>
    public static void Remove(PostgresDatabase database)
    {
        using PostgresTransaction transaction = database.Begin();
        Drop(database, database.Address.Quoted);
        DropEmpty(database, database.Address);
        transaction.Commit();
    }

    /// <summary>
    /// Puts the tables of this library in the place of those of another one, all at once. Whoever may read those may
    /// read these.
    /// </summary>
    /// <exception cref="BadInputException">Others' views depend on the old tables.</exception>
    public static void Replace(PostgresDatabase database, PostgresAddress replaced)
    {
        using PostgresTransaction transaction = database.Begin();
        IReadOnlyList<string> grants = database.Rows(row => row.GetString(0),
            """
            SELECT format('GRANT %s ON %s.%I TO %s', privilege_type, '{s}', relname,
              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
            FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace, aclexplode(relacl)
            WHERE nspname = $1 AND relname = ANY($2) AND grantee <> relowner
            """, replaced.Schema, s_tables);
        // what people tag meanwhile comes along, too
        database.Run($"LOCK TABLE {replaced.Quoted}.notes IN EXCLUSIVE MODE");
        database.Run($"INSERT INTO {{s}}.notes SELECT key, value FROM {replaced.Quoted}.notes "
            + "WHERE starts_with(key, $1) ON CONFLICT DO NOTHING", LibraryNotes.MarkPrefix);
        IReadOnlyList<string> mine = Tables(database, database.Address.Schema);
        foreach (string grant in grants)
            if (mine.Any(table => grant.Contains($".{table} TO ", StringComparison.Ordinal))) database.Run(grant);
        Drop(database, replaced.Quoted);
        foreach (string table in mine) database.Run($"ALTER TABLE {{s}}.{table} SET SCHEMA {replaced.Quoted}");
        DropEmpty(database, database.Address);
        transaction.Commit();
    }

    private static void Drop(PostgresDatabase database, string schema) =>
        database.Run($"DROP TABLE IF EXISTS {string.Join(", ", s_tables.Select(table => $"{schema}.{table}"))}");

    private static void DropEmpty(PostgresDatabase database, PostgresAddress address)
    {
        if (database.Value("SELECT 1 FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 "
            + "UNION ALL SELECT 1 FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = $1 "
            + "UNION ALL SELECT 1 FROM pg_namespace WHERE nspname = $1 AND NOT pg_has_role(nspowner, 'USAGE')",
            address.Schema) is null)
            database.Run($"DROP SCHEMA {address.Quoted}");
    }

    private static List<string> Tables(PostgresDatabase database, string schema) => database.Rows(
        row => row.GetString(0), "SELECT relname::text FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
        + "WHERE nspname = $1 AND relname = ANY($2)", schema, s_tables);

    // The form of the library in the schema; null: there is none.
    private static int? Form(PostgresDatabase database)
    {
        List<string> tables = Tables(database, database.Address.Schema);
        if (tables.Count == 0) return null;
        // whether it is ours is asked of the catalogue first: others' tables may have any columns
        bool readable = database.Value("SELECT count(*) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
            + "JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND relname = 'about' AND relkind = 'r' "
            + "AND attname IN ('key', 'value') AND atttypid = 'text'::regtype", database.Address.Schema) is 2L;
        var about = readable ? database.Rows(row => (row.GetString(0), row.GetString(1)),
            "SELECT key, value FROM {s}.about WHERE key IN ('made_by', 'form')").ToDictionary() : [];
        if (about.GetValueOrDefault("made_by") != Maker)
            throw new BadInputException($"{database.Address.Name}: the schema {database.Address.Schema} has a table "
                + $"{tables[0]} that index did not make; name another one with ?schema=name.");
        return int.TryParse(about.GetValueOrDefault("form"), CultureInfo.InvariantCulture, out int form) ? form
            : throw database.Damaged(new InvalidDataException("its form is not known"));
    }
}
