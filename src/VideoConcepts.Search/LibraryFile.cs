using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A library in a file.</summary>
internal sealed class LibraryFile(string name) : LibraryPlace
{
    public override string Title => Path.GetFileName(Path.TrimEndingDirectorySeparator(name));

    public override bool IsThere()
    {
        if (FileStatus.Of(name) is null) return false;
        SqliteMomentStore.Open(name).Dispose(); // a library, and none of the user's other files
        return true;
    }

    public override IMomentStore Open(bool create)
    {
        if (!create) return SqliteMomentStore.Open(name);
        string folder = Path.GetDirectoryName(RealPath.Of(name))!;
        if (!Directory.Exists(folder)) OutputFolder.Open(folder, "‹out›");
        return SqliteMomentStore.Open(RealPath.Of(name), create); // what a link leads to, never the link
    }

    public override LibraryPlace Beside() => new LibraryFile(RealPath.Of(name) + ".new");

    public override void Verify(IMomentStore store) => ((SqliteMomentStore)store).Verify();

    public override IDisposable LockBeside(IMomentStore beside) => LibraryLock.Take(name);

    public override void Replace(IMomentStore beside)
    {
        string path = RealPath.Of(name);
        // what is in the log of the old one must not be taken for the new one's: with it, nobody may be reading
        using (SqliteDatabase old = SqliteDatabase.Open(path, create: false))
        {
            old.Run("PRAGMA wal_checkpoint(TRUNCATE)");
            if (old.Value("PRAGMA journal_mode=DELETE") is not "delete")
                throw new BadInputException(
                    $"{name}: a search or the explorer reads it; end that, and do the same again.");
        }
        beside.Dispose(); // leaves one file
        File.Move(beside.Name, path, overwrite: true);
    }

    public override void Discard(IMomentStore store)
    {
        store.Dispose();
        File.Delete(store.Name);
        DeleteLogs(store.Name);
    }

    private static void DeleteLogs(string path)
    {
        foreach (string end in (string[])["-wal", "-shm", "-journal"]) File.Delete(path + end);
    }
}
