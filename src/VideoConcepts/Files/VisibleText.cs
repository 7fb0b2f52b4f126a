using System.Globalization;
using System.Text;

namespace VideoConcepts.Files;

/// <summary>
/// Text of others, such as file names, as one line that a terminal shows and does not obey: control characters, line
/// and paragraph separators, marks that turn the direction of writing, and lone surrogates become escapes such as \n or
/// \u001b.
/// </summary>
internal static class VisibleText
{
    /// <summary>The text itself if all of it is visible.</summary>
    public static string Of(string text)
    {
        int first = 0;
        while (first < text.Length && IsVisible(text, first)) first++;
        if (first == text.Length) return text;
        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        for (int i = first; i < text.Length; i++)
        {
            if (IsVisible(text, i)) shown.Append(text[i]);
            else shown.Append(text[i] switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
            });
        }
        return shown.ToString();
    }

    private static bool IsVisible(string text, int at)
    {
        char c = text[at];
        if (c is >= ' ' and < '\u007f') return true;
        if (char.IsHighSurrogate(c)) return at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
        if (char.IsLowSurrogate(c)) return at > 0 && char.IsHighSurrogate(text[at - 1]);
        return CharUnicodeInfo.GetUnicodeCategory(c) is not (
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            && c is not (
                '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
    }
}
