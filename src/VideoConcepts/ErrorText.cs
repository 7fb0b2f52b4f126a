using VideoConcepts.Training;

namespace VideoConcepts;

/// <summary>An error in one line.</summary>
internal static class ErrorText
{
    // where libtorch goes on with it
    private static readonly string[] NativeStack = ["Exception raised from ", "frame #0: "];

    /// <summary>
    /// Its message, with the keys of options, and without the native stack that libtorch puts behind it.
    /// </summary>
    public static string Of(Exception error)
    {
        string text = error switch
        {
            BadInputException bad => bad.Keyed,
            TrainingFailedException failed => failed.Keyed,
            _ => error.Message,
        };
        foreach (string begin in NativeStack)
            if (text.IndexOf(begin, StringComparison.Ordinal) is > 0 and var at && char.IsWhiteSpace(text[at - 1]))
                text = text[..at];
        // Those of bad input hold names of the user's, which are shown as they are.
        return error is BadInputException ? text.TrimEnd() : text.TrimEnd().ReplaceLineEndings(" ");
    }
}
