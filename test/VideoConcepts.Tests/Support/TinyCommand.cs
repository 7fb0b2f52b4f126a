namespace VideoConcepts.Tests.Support;

/// <summary>The words of a small <c>train</c> or <c>demo</c>, to be changed one by one.</summary>
internal sealed class TinyCommand
{
    private readonly string[] _command;
    private readonly OrderedDictionary<string, string?> _options;

    private TinyCommand(string[] command, OrderedDictionary<string, string?> options) =>
        (_command, _options) = (command, options);

    /// <summary>One epoch of six steps on the tiny videos.</summary>
    public static TinyCommand Train(string csv, string output) =>
        new(["train"], Small(output)) { ["--csv_file"] = csv };

    /// <summary>One epoch of four steps on videos of its own.</summary>
    public static TinyCommand Demo(string output) => new(["demo"], Small(output))
    {
        ["--train_videos"] = "16",
        ["--test_videos"] = "16",
    };

    /// <summary>The value of an option; null for a word alone.</summary>
    public string? this[string option]
    {
        init => _options[option] = value;
    }

    public TinyCommand With(string option, string? value)
    {
        OrderedDictionary<string, string?> changed = new(_options) { [option] = value };
        return new(_command, changed);
    }

    public TinyCommand Without(string option)
    {
        OrderedDictionary<string, string?> changed = new(_options);
        changed.Remove(option);
        return new(_command, changed);
    }

    public string[] Words() =>
        [.. _command, .. _options.SelectMany(o => o.Value is null ? [o.Key] : (string[])[o.Key, o.Value])];

    public CommandRun Run() => CommandRun.Of(Words());

    private static OrderedDictionary<string, string?> Small(string output) => new()
    {
        ["--out"] = output,
        ["--net"] = "r2plus1d-tiny",
        ["--seq"] = "4",
        ["--img_dim"] = "32",
        ["--concept"] = "3",
        ["--train_batch"] = "4",
        ["--workers"] = "2",
        ["--epoch"] = "1",
        ["--queue"] = "16",
        ["--threads"] = "1",
        ["--log_every"] = "2",
        ["--precision"] = "full", // the same on every machine
    };
}
