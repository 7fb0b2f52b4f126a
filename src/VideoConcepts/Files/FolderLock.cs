namespace VideoConcepts.Files;

/// <summary>Keeps two runs from one folder: each would take the other's unfinished work for its own.</summary>
internal static class FolderLock
{
    /// <summary>Makes the folder and locks it until what is returned is disposed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Name of the file that is held open in it meanwhile.</param>
    /// <exception cref="BadInputException">Another run holds it, or it cannot be written to.</exception>
    public static IDisposable Take(string folder, string name)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException($"{folder} cannot be written to; give another folder with ‹out›.", e);
        }
        catch (IOException e) when (FileInUse.Says(e))
        {
            throw new BadInputException(
                $"{folder} cannot be used: another run works on it; wait for its end or give another folder with "
                + "‹out›.", e);
        }
        catch (IOException e)
        {
            throw new BadInputException(
                $"{folder} cannot be used: {e.Message.TrimEnd('.')}; give another folder with ‹out›.", e);
        }
    }
}
