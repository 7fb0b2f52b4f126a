namespace VideoConcepts.Cli;

/// <summary>Reports at once on the caller's thread; <see cref="Progress{T}"/> reports later, on others and out of order.</summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
