namespace VideoConcepts.Search;

/// <summary>A library in a schema of a PostgreSQL database.</summary>
internal sealed class PostgresPlace(PostgresAddress address, WorkContext work) : LibraryPlace
{
    public override string Title => address.Title;

    public override bool IsThere()
    {
        using PostgresDatabase database = PostgresDatabase.Open(address);
        return PostgresSchema.IsThere(database);
    }

    public override IMomentStore Open(bool create) => PostgresMomentStore.Open(address, create, work);

    public override LibraryPlace Beside() => new PostgresPlace(address.Beside(), work);

    public override void Verify(IMomentStore store) => ((PostgresMomentStore)store).Verify();

    public override IDisposable LockBeside(IMomentStore beside) =>
        new PostgresLock(((PostgresMomentStore)beside).Database, address);

    public override void Replace(IMomentStore beside)
    {
        using var store = (PostgresMomentStore)beside;
        PostgresSchema.Replace(store.Database, address);
    }

    public override void Discard(IMomentStore store)
    {
        using var empty = (PostgresMomentStore)store;
        try
        {
            PostgresSchema.Remove(empty.Database);
        }
        catch (Exception e) when (e is BadInputException or IOException)
        {
            // an empty library stays, and is taken the next time
        }
    }
}
