using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>
/// The options of <c>train</c>, made from <see cref="TrainOptions"/>: the published spelling, the kebab-case
/// spelling as an alias, and a recipe file that they override.
/// </summary>
internal sealed class TrainOptionSet
{
    private readonly string? _defaultRecipe;
    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = RecipeOption.About,
        HelpName = "file",
    };
    private readonly List<(string Key, Type Type, Option<string?> Option)> _options = [];

    /// <summary>Adds the options to a command, but for those in <paramref name="except"/>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="defaultRecipe">Path of the recipe that holds without another one; null: the published
    /// values.</param>
    /// <param name="except">Keys of options that the command decides itself.</param>
    public TrainOptionSet(Command command, string? defaultRecipe = null, params string[] except)
        : this(command, defaultRecipe, false, except)
    {
    }

    /// <param name="command">The command.</param>
    /// <param name="defaultRecipe">As above.</param>
    /// <param name="chosen">Whether the command chooses what is not given, so that the help names no defaults.</param>
    /// <param name="except">As above.</param>
    public TrainOptionSet(Command command, string? defaultRecipe, bool chosen, params string[] except)
    {
        _defaultRecipe = defaultRecipe;
        TrainOptions defaults = RecipeFile.Read(defaultRecipe, new Dictionary<string, JsonNode?>());
        _recipe.Description += Default(defaultRecipe);
        command.Options.Add(_recipe);
        foreach ((string key, PropertyInfo property) in RecipeFile.Options)
        {
            if (except.Contains(key)) continue;
            string[] aliases = key.Contains('_') ? ["--" + key.Replace('_', '-')] : [];
            bool isSwitch = property.PropertyType == typeof(bool);
            var option = new Option<string?>("--" + key, aliases)
            {
                Description = property.GetCustomAttribute<DescriptionAttribute>()!.Description
                    + (chosen ? "" : Default(property.GetValue(defaults))),
                HelpName = HelpName(property.PropertyType),
                Arity = isSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            };
            _options.Add((key, property.PropertyType, option));
            command.Options.Add(option);
        }
    }

    /// <summary>
    /// Defaults, then the recipe, then the command line, then <paramref name="more"/>; not yet validated.
    /// </summary>
    public TrainOptions Read(ParseResult parsed, IReadOnlyDictionary<string, JsonNode?>? more = null)
    {
        Dictionary<string, JsonNode?> overrides = OfCommandLine(parsed);
        foreach ((string key, JsonNode? value) in more ?? new Dictionary<string, JsonNode?>())
            overrides.TryAdd(key, value);
        string? run = parsed.GetValue(_recipe) is null ? RunFile(overrides) : null;
        if (run is not null) overrides.TryAdd("init", null); // the weights that it began with are of no more use
        return RecipeFile.Read(parsed.GetValue(_recipe) ?? run ?? _defaultRecipe, overrides,
            chosen: parsed.GetValue(_recipe) is not null);
    }

    /// <summary>What the recipe and the command line say, by key, and no defaults.</summary>
    /// <exception cref="BadInputException">An option cannot be.</exception>
    public IReadOnlyDictionary<string, JsonNode?> Given(ParseResult parsed)
    {
        Dictionary<string, JsonNode?> given = parsed.GetValue(_recipe) is { } recipe
            ? new(RecipeFile.Values(recipe)) : [];
        foreach ((string key, JsonNode? value) in OfCommandLine(parsed)) given[key] = value;
        string[] known = [.. _options.Select(option => option.Key)];
        return given.Keys.FirstOrDefault(key => !known.Contains(key)) is { } other
            ? throw new BadInputException($"{parsed.GetValue(_recipe)}: \"{other}\" is decided here; leave it out.")
            : given;
    }

    private Dictionary<string, JsonNode?> OfCommandLine(ParseResult parsed) =>
        _options.Where(o => parsed.GetResult(o.Option) is not null)
            .ToDictionary(o => o.Key, o => (JsonNode?)Parse(o.Key, o.Type, parsed.GetValue(o.Option)));

    /// <summary>A run that goes on has its options in its folder.</summary>
    private static string? RunFile(Dictionary<string, JsonNode?> overrides)
    {
        if (overrides.GetValueOrDefault("resume") is not { } resume) return null;
        string place = resume.GetValue<string>() == "auto"
            ? overrides.GetValueOrDefault("out")?.GetValue<string>() ?? new TrainOptions().Out
            : resume.GetValue<string>();
        string folder = File.Exists(place) ? Path.GetDirectoryName(Path.GetFullPath(place))! : place;
        string file = Path.Combine(folder, "run.json");
        return File.Exists(file) ? file : null;
    }

    private static JsonNode Parse(string key, Type type, string? text)
    {
        const NumberStyles whole = NumberStyles.AllowLeadingSign;
        CultureInfo culture = CultureInfo.InvariantCulture;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return text!;
        if (type == typeof(bool) && bool.TryParse(text ?? "true", out bool on)) return on;
        if (type == typeof(int) && int.TryParse(text, whole, culture, out int number)) return number;
        if (type == typeof(long) && long.TryParse(text, whole, culture, out long large)) return large;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, culture, out double real)
            && double.IsFinite(real)) return real;
        if (type == typeof(IReadOnlyList<int>))
        {
            int?[] list =
            [
                .. text!.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                    .Select(t => int.TryParse(t, whole, culture, out int n) ? n : (int?)null),
            ];
            if (!list.Contains(null)) return new JsonArray([.. list.Select(n => (JsonNode)n!.Value)]);
        }
        throw new BadInputException($"--{key} {text}: give {RecipeFile.Kind(type)}"
            + $"{(type == typeof(IReadOnlyList<int>) ? ", such as 60,80" : "")}.");
    }

    private static string HelpName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) ? "text"
            : type == typeof(bool) ? "true|false"
            : type == typeof(double) ? "number"
            : type == typeof(int) || type == typeof(long) ? "n"
            : "n,n…";
    }

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        bool on => on ? " [true]" : " [false]",
        IReadOnlyList<int> list => $" [{string.Join(",", list)}]",
        _ => string.Create(CultureInfo.InvariantCulture, $" [{value}]"),
    };
}
