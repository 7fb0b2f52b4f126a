namespace VideoConcepts;

/// <summary>
/// Something the user gave is wrong: a file, an option, a list. The message is one line that says what, where
/// (file and line) and what to do; the command line prints it and exits with status 2.
/// </summary>
/// <param name="message">The line. Options may be named by their keys between ‹ and ›.</param>
/// <param name="inner">What it comes from, or null.</param>
public sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The line, with properties where it speaks of options.</summary>
    public override string Message => OptionKeys.AsProperties(base.Message);

    /// <summary>
    /// The same with the keys of options, for the command line and for messages that this one is part of.
    /// </summary>
    internal string Keyed => base.Message;
}
