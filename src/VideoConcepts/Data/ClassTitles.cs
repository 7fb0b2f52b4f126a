using System.Globalization;
using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// What classes are called where they are shown: the names in classes.txt beside a labelled list, of class 0 in its
/// first line, else their numbers.
/// </summary>
internal sealed class ClassTitles
{
    /// <summary>The file that <c>prepare</c> writes beside its lists.</summary>
    public const string FileName = "classes.txt";

    // of 32 768 classes, the most that a list can have, 128 bytes each
    private const int MostBytes = 4 << 20, MostCharacters = 60;

    private readonly string[] _names;
    private readonly HashSet<string> _doubled;

    /// <param name="names">Of class 0, 1, … in the order of the classes; there may be fewer than classes.</param>
    internal ClassTitles(IEnumerable<string> names)
    {
        _names = [.. names.Select(Shown)];
        _doubled = [.. _names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key)];
    }

    /// <summary>Those of a list.</summary>
    /// <param name="list">The csv file.</param>
    /// <param name="say">Told why the names cannot be had, if there is such a file and it is none of names.</param>
    public static ClassTitles Beside(string list, Action<string> say)
    {
        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(list))!, FileName);
        if (!File.Exists(file)) return new ClassTitles([]);
        try
        {
            return new ClassTitles(ReadLines(file));
        }
        catch (BadInputException e)
        {
            say($"{e.Message} Classes are shown by their numbers.");
            return new ClassTitles([]);
        }
    }

    /// <summary>The lines of a file with one name a line, without empty ones at its end.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is no such file.</exception>
    public static string[] ReadLines(string file)
    {
        try
        {
            ReadableFile.Check(file);
            if (new FileInfo(file) is { Exists: true, Length: > MostBytes })
                throw new BadInputException($"The class list {file} has more than {MostBytes >> 20} MB; it should have "
                    + "one name a line.");
            string[] lines = [.. File.ReadAllLines(file, new UTF8Encoding(false, throwOnInvalidBytes: true))
                .Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()];
            return Array.FindIndex(lines, line => line.Contains('\0')) is var at and >= 0
                ? throw new BadInputException($"The class list {file} has a null character in line {at + 1}; it should "
                    + "have one name a line.")
                : lines;
        }
        catch (DecoderFallbackException e)
        {
            throw new BadInputException($"The class list {file} is not UTF-8 text; save it as UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The class list {file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>What a class is called; two classes of one name are told apart by their numbers.</summary>
    public string this[int label]
    {
        get
        {
            string number = label.ToString(CultureInfo.InvariantCulture);
            if (!Names(label)) return number;
            return _doubled.Contains(_names[label]) ? $"{_names[label]} ({number})" : _names[label];
        }
    }

    /// <summary>Whether a class has a name.</summary>
    public bool Names(int label) => label < _names.Length && _names[label].Length > 0;

    /// <summary>Text of others, visible and not so long that it would fill a page.</summary>
    public static string Shown(string text)
    {
        string visible = VisibleText.Of(text.Trim());
        if (visible.Length <= MostCharacters) return visible;
        int end = MostCharacters - 1;
        return visible[..(char.IsHighSurrogate(visible[end - 1]) ? end - 1 : end)] + "…";
    }
}
