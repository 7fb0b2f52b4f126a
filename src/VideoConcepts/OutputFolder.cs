namespace VideoConcepts;

/// <summary>The folder that a command writes to.</summary>
internal static class OutputFolder
{
    /// <summary>
    /// Makes the folder and finds out whether files can be written to it, before hours of work are done for them.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="option">The option that names it, for the message.</param>
    /// <exception cref="BadInputException">It is a file, or cannot be made or written to.</exception>
    public static void Open(string folder, string option)
    {
        if (File.Exists(folder)) throw new BadInputException($"{option} {folder}: this is a file; name a folder.");
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Environment.ProcessId}.probe");
            new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)
                .Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"{option} {folder}: cannot be written to ({e.Message.TrimEnd('.')}); name another folder.", e);
        }
    }
}
