namespace VideoConcepts.Files;

/// <summary>What is read must be a file that has an end: a pipe may wait for its writer for ever, and cannot be read twice.</summary>
internal static class ReadableFile
{
    /// <param name="path">Something that exists, as <see cref="File.Exists"/> sees it.</param>
    /// <exception cref="BadInputException">It is a pipe, a socket or a device, or links that lead nowhere.</exception>
    public static void Check(string path)
    {
        if (FileStatus.Of(path) is not { } status) throw new BadInputException($"{path}: leads to no file that can be read; check its links and permissions.");
        if (status.Kind == FileKind.Other) throw new BadInputException($"{path}: a pipe or a device, not a regular file; save what comes from it to a file.");
    }
}
