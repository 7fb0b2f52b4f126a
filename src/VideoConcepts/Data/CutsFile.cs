using System.Collections.Immutable;
using System.Globalization;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// cuts.txt beside the frames of a video that has cuts: the numbers of the frames that begin a new shot, one a line;
/// 81 means that image_00081.jpg shows another scene than image_00080.jpg.
/// </summary>
internal static class CutsFile
{
    public const string Name = "cuts.txt";

    /// <summary>Positions from 0 of frames that begin a new shot, rising; none where there is no such file.</summary>
    /// <param name="video">The folder or the ZIP of the frames.</param>
    /// <exception cref="BadInputException">The file cannot be read, or is not such a list.</exception>
    public static ImmutableArray<int> Read(string video)
    {
        string file = Path.Combine(video, Name);
        try
        {
            bool named = FrameArchive.IsNamed(video);
            if (named && NoCuts.IsSaidOf(video)) return [];
            if (named && FrameArchive.Is(video))
                return FrameArchive.ReadText(video, Name) is { } text ? Parse(file, text.Split('\n')) : [];
            if (!File.Exists(file)) return [];
            ReadableFile.Check(file);
            return Parse(file, File.ReadLines(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new BadInputException($"{file}: the file cannot be read ({e.Message}); check its permissions", e);
        }
    }

    private static ImmutableArray<int> Parse(string file, IEnumerable<string> lines)
    {
        var cuts = ImmutableArray.CreateBuilder<int>();
        int line = 0;
        foreach (string text in lines)
        {
            line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (!int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out int number) || number < 2
                || (cuts.Count > 0 && number - 1 <= cuts[^1]))
                throw new BadInputException(
                    $"{file}:{line}: each line is the number of a frame that begins a new shot, from 2, rising; "
                    + "correct it, remove the file, or give ‹across_cuts›");
            cuts.Add(number - 1);
        }
        return cuts.ToImmutable();
    }

    /// <summary>Writes the file; without cuts, none.</summary>
    internal static void Write(string folder, IReadOnlyList<int> cuts)
    {
        if (cuts.Count == 0) return;
        File.WriteAllText(Path.Combine(folder, Name), Text(cuts));
    }

    /// <summary>What the file of these cuts holds.</summary>
    internal static string Text(IReadOnlyList<int> cuts) =>
        string.Concat(cuts.Select(cut => string.Create(CultureInfo.InvariantCulture, $"{cut + 1}\n")));
}
