namespace VideoConcepts;

/// <summary>
/// Something the user gave is wrong: a file, an option, a list. The message is one line that says what, where
/// (file and line) and what to do; the command line prints it as it is and exits with status 2.
/// </summary>
public sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
