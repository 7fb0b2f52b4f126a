namespace VideoConcepts.Tests.Support;

/// <summary>What the command line makes of the library's errors.</summary>
internal static class ShownErrors
{
    /// <summary>The message, options as they are typed.</summary>
    public static string Shown(this Exception error) => OptionKeys.AsOptions(ErrorText.Of(error));
}
