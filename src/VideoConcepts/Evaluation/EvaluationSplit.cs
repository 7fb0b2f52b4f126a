using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>Train and test lists of one split; both the same where a list is searched in itself.</summary>
internal sealed record EvaluationSplit(string Name, VideoList Train, VideoList Test)
{
    /// <summary>Which of their videos are the same, where that matters.</summary>
    public VideoContents? Contents { get; init; }

    /// <summary>Further lists that are read, and what they are to the command.</summary>
    public IReadOnlyList<(string Role, string File)> Further { get; init; } = [];

    public IEnumerable<Source> Sources => Of((role, file) => Source.File(role, file));

    public IEnumerable<InputFile> Inputs => Of((role, file) => new InputFile($"‹{role}›", file));

    private IEnumerable<T> Of<T>(Func<string, string, T> make) =>
    [
        make("train_csv", Train.File),
        .. ReferenceEquals(Train, Test) ? [] : (T[])[make("test_csv", Test.File)],
        .. Further.Select(list => make(list.Role, list.File)),
    ];
}
