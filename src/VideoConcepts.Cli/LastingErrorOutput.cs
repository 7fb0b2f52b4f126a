using System.Text;

namespace VideoConcepts.Cli;

/// <summary>
/// Standard error for as long as somebody takes it: after a terminal is gone, or on a full disk, the work goes on in
/// silence.
/// </summary>
public sealed class LastingErrorOutput(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is no place left to say so.
        }
    }
}
