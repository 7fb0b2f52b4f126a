using System.Runtime.InteropServices;
using System.Text;

namespace VideoConcepts.Files;

/// <summary>Names that a file system takes.</summary>
internal static class FileNames
{
    /// <summary>Longest name in bytes of UTF-8, on all common file systems.</summary>
    public const int LongestName = 255;

    private static readonly string[] s_devices =
        ["CON", "PRN", "AUX", "NUL", .. "123456789".SelectMany(n => (string[])[$"COM{n}", $"LPT{n}"])];

    /// <summary>A name that the system takes: on Windows <c>_</c> stands for what no name may have there.</summary>
    public static string Allowed(string name, OSPlatform system)
    {
        if (system != OSPlatform.Windows || name.Length == 0) return name;
        string allowed = string.Concat(name.Select(c => c < ' ' || "<>:\"/\\|?*".Contains(c) ? '_' : c));
        if (allowed[^1] is '.' or ' ') allowed = allowed[..^1] + '_'; // Windows leaves them out
        string first = allowed.Split('.')[0].TrimEnd();
        return s_devices.Contains(first, StringComparer.OrdinalIgnoreCase) ? '_' + allowed : allowed;
    }

    /// <summary>
    /// The name, or where it is too long its beginning and a hash of the whole: different names stay different. What
    /// this system does not take is replaced.
    /// </summary>
    public static string Shortened(string name, int bytes = LongestName)
    {
        name = Allowed(name, HostSystem.Current);
        if (Encoding.UTF8.GetByteCount(name) <= bytes) return name;
        string end = "~" + FileHash.OfText(name)[..12];
        var start = new StringBuilder();
        int left = bytes - end.Length;
        foreach (Rune rune in name.EnumerateRunes())
        {
            if ((left -= rune.Utf8SequenceLength) < 0) break;
            start.Append(rune.ToString());
        }
        return start.Append(end).ToString();
    }
}
