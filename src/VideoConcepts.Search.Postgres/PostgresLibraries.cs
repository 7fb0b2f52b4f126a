namespace VideoConcepts.Search;

/// <summary>Libraries in a PostgreSQL database.</summary>
public static class PostgresLibraries
{
    /// <summary>
    /// From now on a library may be <c>postgresql://[user@]host[:port]/database[?schema=name&amp;sslmode=mode]</c>.
    /// What the address does not say comes from PGHOST, PGPORT, PGDATABASE, PGUSER and PGSSLMODE, passwords from
    /// PGPASSWORD or the file of passwords (PGPASSFILE, or .pgpass in the home folder) alone.
    /// </summary>
    public static void Register()
    {
        foreach (string scheme in PostgresAddress.Schemes)
            MomentStores.Register(scheme, (library, work) => new PostgresPlace(PostgresAddress.Parse(library), work));
    }
}
