using System.Text;

namespace VideoConcepts.Files;

/// <summary>Names that a file system takes.</summary>
internal static class FileNames
{
    /// <summary>Longest name in bytes of UTF-8, on all common file systems.</summary>
    public const int LongestName = 255;

    /// <summary>
    /// The name, or where it is too long its beginning and a hash of the whole: different names stay different.
    /// </summary>
    public static string Shortened(string name, int bytes = LongestName)
    {
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
