using VideoConcepts.Data;
using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Evaluation;

/// <summary>A list of changed test videos, row by row those of the test list.</summary>
/// <param name="Name">What was changed.</param>
/// <param name="List">The videos, with the class that each one shows.</param>
internal sealed record BiasVariant(string Name, VideoList List)
{
    public const string Unchanged = "unchanged", Scuba = "scuba", Scufo = "scufo", Swap = "swap", Reverse = "reverse";

    /// <summary>The kinds of the bias suite.</summary>
    public static IReadOnlyList<string> Suite { get; } = [Scuba, Scufo, Swap, Reverse];

    /// <summary>The variants of a test list.</summary>
    /// <param name="places">Folders with a folder for each kind, or NAME=LIST.</param>
    /// <param name="test">The test list.</param>
    /// <param name="single">Whether it is the only one.</param>
    /// <param name="read">Reads a list.</param>
    /// <exception cref="BadInputException">There are none, or one has other rows than the test list.</exception>
    public static IReadOnlyList<BiasVariant> Of(IReadOnlyList<string> places, VideoList test, bool single,
        Func<string, VideoList> read)
    {
        List<BiasVariant> found = [];
        foreach ((string name, string file) in places.SelectMany(place => Lists(place, test, single)))
        {
            if (name == Unchanged || found.Any(variant => variant.Name == name))
                throw new BadInputException($"‹bias›: there are two lists of {name}; give each its own name.");
            VideoList list = read(file);
            if (list.Videos.Count != test.Videos.Count)
                throw new BadInputException($"{file}: {list.Videos.Count} videos, but {test.File} has "
                    + $"{test.Videos.Count}; row n is to be the variant of row n.");
            found.Add(new BiasVariant(name, list));
        }

        return found;
    }

    private static IEnumerable<(string Name, string File)> Lists(string place, VideoList test, bool single)
    {
        if (!Directory.Exists(place) && place.IndexOf('=') is > 0 and var at)
            return single ? [(place[..at], place[(at + 1)..])] : throw new BadInputException(
                $"‹bias› {place}: of several test lists, name the folder that holds KIND/LIST for each of them.");
        string name = Path.GetFileName(test.File);
        foreach (string folder in (string[])[place, Path.Combine(place, VariantFiles.Name)])
        {
            (string Kind, string File)[] lists = [.. Suite.Select(kind => (kind, Path.Combine(folder, kind, name)))
                .Where(list => File.Exists(list.Item2))];
            if (lists.Length > 0) return lists;
        }

        throw new BadInputException($"‹bias› {place}: there is no {Suite[0]}/{name} in it, nor of another kind; draw "
            + "the variants with `prepare synthetic --bias`, or name lists as scuba=LIST,scufo=LIST.");
    }
}
