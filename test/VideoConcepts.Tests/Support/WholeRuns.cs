using VideoConcepts.Training;

namespace VideoConcepts.Tests.Support;

/// <summary>Undisturbed runs that others are compared with; each is made once for the tests of a class.</summary>
public sealed class WholeRuns : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly HashSet<string> _made = [];

    public void Dispose() => _work.Dispose();

    /// <summary>The folder of the run with these options, which tell by <paramref name="name"/>.</summary>
    public string Of(string name, TrainOptions options, CancellationToken stop)
    {
        if (_made.Add(name)) TinyRun.Train(options with { Out = _work[name] }, stop);
        return _work[name];
    }
}
