using System.CommandLine;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// Command lines that are each a good one with a few hostile changes; a function of the seed and the line's number.
/// </summary>
internal sealed class HostileCommandLines(Command root, HostileInputs inputs, long seed)
{
    private static readonly string[] Whole = ["0", "1", "2", "3", "4", "5", "8", "10", "-1", "33", "64", "1000", "1024",
        "4096", "65536", "1000000", "100000000", "2000000000", "2147483647", "-2147483648"];

    private static readonly string[] Numbers = ["0", "1", "2", "10", "1000", "2147483647", "-1", "0.5", "1.5", "-0.5",
        "-0", "0.999", "0.1", "0.01", "1e3", "1e-320", "1e300", "-1e300", "1e999", "-1e999", "NaN", "Infinity"];

    private static readonly string[] NoNumbers = ["2147483648", "9223372036854775807", "-9223372036854775808",
        "99999999999999999999", "∞", "1e", "+5", "--5", "0x10", "1_000", "1,5", "٣", "1 2", "5 ", "0.5"];

    private static readonly string[] WholeLists = ["0", "1,2", "60,80", ",", ",,1", "-1", "1,-1", "2147483648", "1;2",
        "1, 2", "a", "1.5,2", string.Join(',', Enumerable.Range(0, 5000))];

    private static readonly string[] Texts = ["", " ", "-", "--", "x", "a,b", "a\nb", "\u001b[31mred",
        "\u001b]0;title\a", "\u0001\u0007\u007f\u009b", "[red]x[/]", "[", "]]", "{0}", "%s%n", "$(true)", "@file", "~",
        "ünï 日本", "\u202etxt", "\ud800", "*", "?", "a\tb", "a\0b", new string('x', 300), new string('/', 5000),
        new string('x', 20_000), "NUL", "C:\\x", "file:///x", "http://x/y.mp4", "concat:a|b", "a=b"];

    private static readonly Dictionary<string, string[]> Choices = new()
    {
        ["net"] = ["r2plus1d-tiny", "r2plus1d-tiny", "r3d-10", "r2plus1d-Tiny", "resnet"],
        ["method"] = ["concepts", "multilevel", "multilevel", "Concepts", "moco"],
        ["precision"] = ["auto", "full", "channels-last", "bfloat16", "half"],
        ["device"] = ["auto", "cpu", "cuda", "cuda:0", "cuda:99999999999", "cuda:-1", "mps"],
        ["distributed"] = ["auto", "none", "tcp"],
        ["preset"] = ["coclr", "10clip", "CoCLR"],
        ["views"] = ["1", "5", "10", "3", "-5"],
    };

    // What the paths are that an option takes.
    private static readonly Dictionary<string, string> Roles = new (string Role, string Options)[]
    {
        ("list", "csv_file train_csv test_csv eval_csv other_motion other_appearance"),
            ("weights", "checkpoint init from"), ("resume", "resume"),
            ("features", "train_features test_features"), ("results", "results"),
        ("recipe", "recipe"), ("boxes", "boxes"), ("class_list", "class_list"), ("videos", "videos"),
        ("lists", "lists"), ("root", "root"), ("ffmpeg", "ffmpeg"), ("output", "out to json"),
    }.SelectMany(role => role.Options.Split(' '), (role, option) => (option, role.Role)).ToDictionary();

    private readonly IReadOnlyDictionary<string, string[]> _paths = inputs.Values;

    /// <summary>The options that a command has, without those that every command has.</summary>
    public static IEnumerable<Option> Options(Command command) =>
        command.Options.Where(option => option.Name is not ("--help" or "--version" or "--verbose"));

    /// <summary>Commands that do something, with the words that lead to them.</summary>
    public static IEnumerable<(string[] Words, Command Command)> Leaves(Command command, params string[] words) =>
        command.Subcommands.Count == 0 ? [(words, command)]
            : command.Subcommands.SelectMany(c => Leaves(c, [.. words, c.Name]));

    public string[] Line(int number)
    {
        var random = RandomStream.For(seed, number);
        List<string> words = [.. Pick(inputs.Bases, ref random)];
        if (words[0] == "demo" && random.NextBool(0.6)) words = [.. Pick(inputs.Bases, ref random)]; // it takes seconds
        Command command = CommandOf(words);
        for (int changes = random.NextInt(1, 3); changes > 0; changes--) Change(words, command, ref random);
        return [.. words];
    }

    private Command CommandOf(List<string> words)
    {
        Command command = root;
        foreach (string word in words.TakeWhile(word => !word.StartsWith('-')))
            command = command.Subcommands.Single(c => c.Name == word);
        return command;
    }

    private void Change(List<string> words, Command command, ref RandomStream random)
    {
        Option[] options = [.. Options(command)];
        double kind = random.NextDouble();
        if (options.Length > 0 && kind < 0.9) Set(words, Pick(options, ref random), ref random);
        else if (kind < 0.92) words.Add(Pick(Texts, ref random));
        else if (kind < 0.94) words.RemoveAt(random.NextInt(0, words.Count - 1));
        else if (kind < 0.96) words.Insert(random.NextInt(0, words.Count), Pick(words, ref random));
        else if (kind < 0.98)
            words.Add(Pick([.. Leaves(root).SelectMany(leaf => Options(leaf.Command))], ref random).Name);
        else words.Add(Pick(["--help", "--version", "-h", "-?", "--unknown", "-thres", "--out=", "-seq=4"],
            ref random));
    }

    private void Set(List<string> words, Option option, ref RandomStream random)
    {
        string name = Pick([option.Name, .. option.Aliases], ref random);
        int at = words.FindIndex(word => word == option.Name || option.Aliases.Contains(word));
        string value = Value(option, ref random);
        bool isSwitch = option.ValueType == typeof(bool) || option.HelpName == "true|false";
        if (isSwitch && random.NextBool()) words.Add(name);
        else if (at >= 0 && at + 1 < words.Count && !words[at + 1].StartsWith('-') && random.NextBool(0.9))
            words[at + 1] = value;
        else if (random.NextBool(0.15)) words.Add($"{name}={value}");
        else words.AddRange([name, value]);
    }

    private string Value(Option option, ref RandomStream random)
    {
        string name = option.Name.TrimStart('-').Replace('-', '_');
        double kind = random.NextDouble();
        if (kind < 0.06) return Pick(Texts, ref random);
        // larger ones take minutes
        if (name == "img_dim")
            return Pick(["0", "-1", "1", "7", "15", "16", "32", "33", "48", "1025", "65536", "2147483647"], ref random);
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (Choices.TryGetValue(name, out string[]? choices)) return Pick(choices, ref random);
        if (type == typeof(bool) || option.HelpName == "true|false")
            return Pick(["true", "false", "True", "1", "maybe"], ref random);
        if (option.HelpName == "n,n…") return Pick(WholeLists, ref random);
        if (type == typeof(double) || option.HelpName == "number")
            return Pick(kind < 0.16 ? NoNumbers : Numbers, ref random);
        if (type == typeof(int) || type == typeof(long) || option.HelpName == "n")
            return Pick(kind < 0.16 ? NoNumbers : Whole, ref random);
        return Pick(Roles.TryGetValue(name, out string? role) && kind < 0.8 ? _paths[role] : _paths["path"],
            ref random);
    }

    private static T Pick<T>(IReadOnlyList<T> of, ref RandomStream random) => of[random.NextInt(0, of.Count - 1)];
}
