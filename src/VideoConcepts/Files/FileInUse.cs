namespace VideoConcepts.Files;

/// <summary>Tells the error of a file that another process holds from others.</summary>
internal static class FileInUse
{
    private const int Linux = 11, MacOS = 35; // EAGAIN
    private const int Sharing = unchecked((int)0x80070020), Locked = unchecked((int)0x80070021); // Windows

    /// <summary>Whether a file could not be opened since another process holds it.</summary>
    public static bool Says(IOException error) => error.HResult is Linux or MacOS or Sharing or Locked;
}
