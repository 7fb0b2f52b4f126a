using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>
/// The options of <c>train</c>, made from <see cref="TrainOptions"/>: the published spelling, the kebab-case
/// spelling as an alias, and a recipe file that they override.
/// </summary>
internal sealed class TrainOptionSet
{
    private readonly Option<string?> _recipe = new("--recipe") { Description = "JSON file of options, e.g. recipes/kinetics400.json", HelpName = "file" };
    private readonly List<(string Key, Type Type, Option<string?> Option)> _options = [];

    /// <summary>Adds the options to a command, but for those in <paramref name="except"/>.</summary>
    public TrainOptionSet(Command command, params string[] except)
    {
        var defaults = new TrainOptions();
        command.Options.Add(_recipe);
        foreach (PropertyInfo property in typeof(TrainOptions).GetProperties().Where(p => p.CanWrite))
        {
            string key = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (except.Contains(key)) continue;
            string[] aliases = key.Contains('_') ? ["--" + key.Replace('_', '-')] : [];
            bool isSwitch = property.PropertyType == typeof(bool);
            var option = new Option<string?>("--" + key, aliases)
            {
                Description = property.GetCustomAttribute<DescriptionAttribute>()!.Description + Default(property.GetValue(defaults)),
                HelpName = HelpName(property.PropertyType),
                Arity = isSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            };
            _options.Add((key, property.PropertyType, option));
            command.Options.Add(option);
        }
    }

    /// <summary>Defaults, then the recipe, then the command line, then <paramref name="more"/>; not yet validated.</summary>
    public TrainOptions Read(ParseResult parsed, string? recipe = null, IReadOnlyDictionary<string, JsonNode?>? more = null)
    {
        Dictionary<string, JsonNode?> overrides = [];
        foreach ((string key, Type type, Option<string?> option) in _options)
            if (parsed.GetResult(option) is not null) overrides[key] = Parse(key, type, parsed.GetValue(option));
        foreach ((string key, JsonNode? value) in more ?? new Dictionary<string, JsonNode?>()) overrides.TryAdd(key, value);
        return RecipeFile.Read(parsed.GetValue(_recipe) ?? recipe, overrides);
    }

    private static JsonNode? Parse(string key, Type type, string? text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return text;
        if (type == typeof(bool)) return text is null || bool.TryParse(text, out bool on) && on;
        if (type == typeof(double)) return Number(key, text, "a number");
        if (type == typeof(int) || type == typeof(long)) return (long)Number(key, text, "a whole number", whole: true);
        return new JsonArray([.. text!.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(t => (JsonNode)(int)Number(key, t, "whole numbers with commas", whole: true))]);
    }

    private static double Number(string key, string? text, string kind, bool whole = false) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && (!whole || (value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue))
            ? value
            : throw new BadInputException($"--{key} {text}: give {kind}.");

    private static string HelpName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) ? "text" : type == typeof(bool) ? "true|false" : type == typeof(double) ? "number" : type == typeof(int) || type == typeof(long) ? "n" : "n,n…";
    }

    private static string Default(object? value) => value switch
    {
        null or "" or false => "",
        IReadOnlyList<int> list => $" [{string.Join(",", list)}]",
        _ => string.Create(CultureInfo.InvariantCulture, $" [{value}]"),
    };
}
