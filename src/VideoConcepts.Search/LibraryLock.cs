using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// An empty file beside a library that is locked while a process writes to the library. It goes with the lock; but on
/// macOS, where nothing tells whether what was locked still has the name, it stays.
/// </summary>
internal sealed class LibraryLock : IDisposable
{
    // Windows removes no file that is open; it does so itself when this is closed.
    private static readonly FileOptions s_options =
        OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;

    private readonly string _path;
    private readonly FileStream _file;

    private LibraryLock(string path, FileStream file) => (_path, _file) = (path, file);

    /// <param name="library">As messages name it, and where it is.</param>
    /// <exception cref="BadInputException">Another process writes, or nobody can.</exception>
    public static LibraryLock Take(string library)
    {
        string path = RealPath.Of(library) + ".lock";
        if (FileStatus.Of(path, follow: false) is { } there && there is not { Kind: FileKind.Regular, Length: 0 })
            throw OutputSet.Foreign(path, "index");
        try
        {
            while (true)
            {
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                    s_options);
                if (NamedFile.IsStill(file, path)) return new(path, file);
                file.Dispose(); // whoever held it has removed it between its opening and its locking
            }
        }
        catch (IOException e) when (FileInUse.Says(e))
        {
            throw new BadInputException($"{library}: another index writes to it; wait for its end.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"{library}: cannot be written to ({e.Message.TrimEnd('.')}); look at its folder.", e);
        }
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) File.Delete(_path); // while it is locked: nobody else has it
        _file.Dispose();
    }
}
