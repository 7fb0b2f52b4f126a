using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>
/// The recipe of a command with an <see cref="RecipeOption"/>: JSON whose keys are names of its options in snake_case.
/// What it says becomes words of the command line, so that the command reads and refuses it as if it were typed.
/// Words that are typed go before it.
/// </summary>
internal sealed class CommandRecipe
{
    // Help names of options that are files and folders: those of a call, not of a protocol.
    private static readonly string[] Places = ["file", "folder", "path", "paths"];

    private readonly string _path;
    private readonly List<(Option Option, string Word)> _given = [];

    private CommandRecipe(string path) => _path = path;

    /// <summary>The recipe that a command line names; null where it names none.</summary>
    /// <param name="parsed">A command line without errors.</param>
    /// <exception cref="BadInputException">The file is missing or malformed, or has a key or a value that the command
    /// does not take.</exception>
    public static CommandRecipe? Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Options.OfType<RecipeOption>().SingleOrDefault() is not { } option
            || parsed.GetValue(option) is not { } path) return null;
        (JsonObject values, bool isRun) = RecipeFile.Parse(path);
        string name = string.Join(' ', CommandLine.Commands(parsed.CommandResult));
        if (isRun) throw new BadInputException($"{path}: this tells of a run; give a file of options of {name}.");
        var recipe = new CommandRecipe(path);
        foreach ((string key, JsonNode? value) in values)
        {
            Option of = recipe.Find(command, key, name);
            string word = $"{of.Name}={recipe.Text(key, value, of)}";
            if (parsed.GetResult(of) is not { Implicit: false }) recipe._given.Add((of, word));
        }
        return recipe;
    }

    /// <summary>The words of a command line, and then those of the recipe that it does not override.</summary>
    public string[] Behind(IReadOnlyList<string> words)
    {
        string[] options = [.. words.TakeWhile(word => word != "--")];
        return [.. options, .. _given.Select(given => given.Word), .. words.Skip(options.Length)];
    }

    /// <summary>A message, followed by where those of its options stand that were not typed.</summary>
    public string Explain(string message)
    {
        string[] named = [.. _given.Select(given => given.Option.Name)
            .Where(name => Regex.IsMatch(message, $@"(?<![\w-]){Regex.Escape(name)}(?![\w-])"))];
        return named.Length == 0 ? message : $"{message} ({string.Join(", ", named)}: {_path})";
    }

    private Option Find(Command command, string key, string name)
    {
        string[] known = [.. command.Options.Select(Key)];
        if (command.Options.FirstOrDefault(option => Key(option) == key) is not { } found)
            throw new BadInputException(IsElsewhere(command, key)
                ? $"{_path}: \"{key}\": {name} does not read it; leave it out."
                : $"{_path}: unknown key \"{key}\"; did you mean \"{RecipeFile.Nearest(key, known)}\"?");
        if (Places.Contains(found.HelpName))
            throw new BadInputException(
                $"{_path}: \"{key}\": name files and folders on the command line; leave it out.");
        return found.Name == OverwriteOption.Name
            ? throw new BadInputException($"{_path}: \"{key}\": is decided at each call; leave it out.")
            : found;
    }

    // Of another evaluation, or of training.
    private static bool IsElsewhere(Command command, string key) => RecipeFile.Options.ContainsKey(key)
        || command.Parents.OfType<Command>().SelectMany(parent => parent.Subcommands)
            .SelectMany(other => other.Options).Any(option => Key(option) == key);

    private static string Key(Option option) => option.Name.TrimStart('-').Replace('-', '_');

    private string Text(string key, JsonNode? value, Option option)
    {
        Type type = option.HelpName == "n,n…" ? typeof(IReadOnlyList<int>)
            : Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        try
        {
            return value?.Deserialize(type, RecipeFile.Json) switch
            {
                null => throw new JsonException("There is no value."),
                IReadOnlyList<int> list => list.Count > 0 ? string.Join(',', list) : ",", // no word is empty
                object one => Convert.ToString(one, CultureInfo.InvariantCulture)!,
            };
        }
        catch (JsonException e)
        {
            throw RecipeFile.NotOfItsKind($"{_path}: \"{key}\"", value, type, e);
        }
    }
}

/// <summary>Names a file whose options hold where none is typed, see <see cref="CommandRecipe"/>.</summary>
internal sealed class RecipeOption : Option<string?>
{
    /// <summary>What help says of a recipe.</summary>
    public const string About = "JSON file of options, which those of the command line override";

    public RecipeOption() : base("--recipe")
    {
        Description = About;
        HelpName = "file";
    }
}
