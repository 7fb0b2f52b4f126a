using System.Runtime.InteropServices;

namespace VideoConcepts;

/// <summary>What differs from system to system. What is written for one of them takes it as an argument, so that it can
/// be tested on another.</summary>
internal static class HostSystem
{
    /// <summary>The one that the program runs on; what is neither Windows nor macOS counts as Linux.</summary>
    public static OSPlatform Current { get; } = OperatingSystem.IsWindows() ? OSPlatform.Windows
        : OperatingSystem.IsMacOS() ? OSPlatform.OSX : OSPlatform.Linux;

    /// <summary>Which paths are one: names that differ in case alone are one file on Windows and macOS.</summary>
    public static StringComparer PathComparer { get; } = PathComparerOf(Current);

    public static StringComparison PathComparison { get; } =
        Current == OSPlatform.Linux ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    internal static StringComparer PathComparerOf(OSPlatform system) =>
        system == OSPlatform.Linux ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
}
