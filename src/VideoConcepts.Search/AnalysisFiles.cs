using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A file that a method of a library writes for its user, and the figures beside it, as .json, with the record
/// of their origin.</summary>
internal sealed class AnalysisFiles
{
    private readonly OutputSet _files;

    private AnalysisFiles(OutputSet files, IReadOnlyList<string> others) => (_files, Others) = (files, others);

    /// <summary>The files beside the figures.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <summary>Looks at the places before anything is computed.</summary>
    /// <param name="command">What makes them.</param>
    /// <param name="option">The option that names the file, by its key.</param>
    /// <param name="file">The file.</param>
    /// <param name="inputs">What is read.</param>
    /// <param name="endings">Endings of further files of this name.</param>
    /// <exception cref="BadInputException">Something stands there that this program did not make.</exception>
    public static AnalysisFiles Claim(string command, string option, string file,
        IEnumerable<InputFile> inputs, params IReadOnlyList<string> endings)
    {
        string json = Path.ChangeExtension(file, ".json");
        if (json == file)
            throw new BadInputException($"‹{option}› {file}: the figures go into the .json; give another ending.");
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(file))!, $"‹{option}›");
        string[] others = [file, .. endings.Select(ending => Path.ChangeExtension(file, ending))];
        return new(OutputSet.Claim(new Origin(command, []), json, others, inputs), others);
    }

    /// <summary>What all methods of a library read.</summary>
    public static IEnumerable<InputFile> Inputs(MomentLibrary library) =>
        [new("the library", library.Store.Name)];

    /// <summary>Two files whose figures would get one name are refused.</summary>
    public static void RefuseOneName(string? table, string? page)
    {
        if (table is not null && page is not null
            && RealPath.IsSame(Path.ChangeExtension(table, ".json"), Path.ChangeExtension(page, ".json")))
            throw new BadInputException($"‹sheet› {page}: its figures go into the .json of the same name, as those of "
                + "‹out› do; give it another name.");
    }

    /// <summary>Writes the figures and the other files, in their order.</summary>
    public void Write(JsonObject json, params IReadOnlyList<byte[]> others) =>
        _files.Write(json, [.. Others.Zip(others)]);
}
