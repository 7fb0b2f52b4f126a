using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A library in a file.</summary>
internal sealed class LibraryFile(string name) : LibraryPlace
{
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
        beside.Dispose(); // leaves one file
        File.Move(beside.Name, RealPath.Of(name), overwrite: true);
        DeleteLogs(RealPath.Of(name)); // those of the old one, which a reader may hold: they are not the new one's
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
