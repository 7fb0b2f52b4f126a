namespace VideoConcepts.Files;

/// <summary>
/// What is read must be a file that has an end: a pipe may wait for its writer for ever, and cannot be read twice.
/// </summary>
internal static class ReadableFile
{
    /// <param name="path">What is there; of what is not, nothing is said.</param>
    /// <exception cref="BadInputException">It is a pipe, a socket or a device, or links that lead nowhere.</exception>
    public static void Check(string path)
    {
        if (FileStatus.Of(path) is { } status)
        {
            if (status.Kind == FileKind.Other)
                throw new BadInputException(
                    $"{path}: a pipe or a device, not a regular file; save what comes from it to a file.");
        }
        else if (FileStatus.Of(path, follow: false) is { Kind: FileKind.Link })
        {
            throw new BadInputException($"{path}: leads to no file that can be read; check its links and permissions.");
        }
    }
}
