namespace VideoConcepts.Files;

/// <summary>Keeps two runs from one folder: each would take the other's unfinished work for its own.</summary>
internal static class FolderLock
{
    /// <summary>The file that a preparation holds open.</summary>
    public const string Preparation = ".prepare.lock";

    /// <summary>Makes the folder and locks it until what is returned is disposed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Name of the file that is held open in it meanwhile.</param>
    /// <param name="shared">Whether others may hold it, too, that also share. Then the file stays.</param>
    /// <exception cref="BadInputException">Another run holds it, or it cannot be written to.</exception>
    public static IDisposable Take(string folder, string name, bool shared = false) => TryTake(folder, name, shared)
        ?? throw new BadInputException(
            $"{folder} cannot be used: another run works on it; wait for its end or give another folder with ‹out›.");

    /// <summary>The same; null if another run holds it.</summary>
    /// <exception cref="BadInputException">The folder cannot be written to.</exception>
    public static IDisposable? TryTake(string folder, string name, bool shared = false)
    {
        string path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            while (true)
            {
                FileStream file = shared
                    ? new(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read, bufferSize: 1)
                    : new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                        FileOptions.DeleteOnClose);
                if (NamedFile.IsStill(file, path)) return file;
                file.Dispose(); // whoever held it has removed it between its opening and its locking
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException($"{folder} cannot be written to; give another folder with ‹out›.", e);
        }
        catch (IOException e) when (FileInUse.Says(e))
        {
            return null;
        }
        catch (IOException e)
        {
            throw new BadInputException(
                $"{folder} cannot be used: {e.Message.TrimEnd('.')}; give another folder with ‹out›.", e);
        }
    }
}
