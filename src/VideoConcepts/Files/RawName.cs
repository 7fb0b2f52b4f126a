using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace VideoConcepts.Files;

/// <summary>
/// Names as the file system has them, bytes of any encoding, as text: a byte that is not UTF-8 becomes the lone
/// surrogate U+DC00 + byte, as in Python, so that different names stay different.
/// </summary>
internal static class RawName
{
    /// <summary>The name as text, from which the bytes can be told.</summary>
    public static string Decode(ReadOnlySpan<byte> name)
    {
        if (Utf8.IsValid(name)) return Encoding.UTF8.GetString(name);
        var text = new StringBuilder();
        while (name.Length > 0)
        {
            bool valid = Rune.DecodeFromUtf8(name, out Rune rune,
                out int length) == System.Buffers.OperationStatus.Done;
            if (valid) text.Append(rune.ToString());
            else foreach (byte b in name[..length]) text.Append((char)(0xDC00 + b));
            name = name[length..];
        }
        return text.ToString();
    }

    /// <summary>
    /// The name as it is shown: `caf\xE9.mp4`, `a\nb`. Different names can look alike; see <see cref="Visible"/>.
    /// </summary>
    public static string Show(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool isByte = name[i] is >= '\udc80' and <= '\udcff' && (i == 0 || !char.IsHighSurrogate(name[i - 1]));
            if (isByte) text.Append(CultureInfo.InvariantCulture, $"\\x{name[i] - 0xDC00:X2}");
            else text.Append(name[i]);
        }
        return VisibleText.Of(text.ToString());
    }

    /// <summary>
    /// A visible text for each name, no two of which are alike. A name that is visible as it is keeps itself; one whose
    /// text is taken gets a number, before the extension.
    /// </summary>
    public static Dictionary<string, string> Visible(IEnumerable<string> names)
    {
        string[] distinct = [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var shown = distinct.Where(name => Show(name) == name).ToDictionary(name => name, StringComparer.Ordinal);
        var taken = shown.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (string name in distinct.Where(name => !shown.ContainsKey(name)))
        {
            string first = Show(name), text = first, extension = Path.GetExtension(first);
            for (int number = 2; !taken.Add(text); number++)
                text = string.Create(CultureInfo.InvariantCulture, $"{first[..^extension.Length]}~{number}{extension}");
            shown.Add(name, text);
        }
        return shown;
    }
}
