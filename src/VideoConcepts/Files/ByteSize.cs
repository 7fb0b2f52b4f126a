using System.Globalization;

namespace VideoConcepts.Files;

/// <summary>Numbers of bytes in the unit that suits them.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["kB", "MB", "GB", "TB"];

    /// <summary>`0 bytes`, `950 bytes`, `1.5 kB`, `29.0 MB`, `2.2 TB`: units of 1000.</summary>
    public static string Of(long bytes)
    {
        if (bytes < 1000) return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        double size = bytes / 1e3;
        int unit = 0;
        for (; size >= 999.95 && unit < Units.Length - 1; unit++) size /= 1e3;
        return string.Create(CultureInfo.InvariantCulture, $"{size:F1} {Units[unit]}");
    }
}
