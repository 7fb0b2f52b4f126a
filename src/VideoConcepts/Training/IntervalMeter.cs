using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Data;

namespace VideoConcepts.Training;

/// <summary>Adds up steps between two reports.</summary>
internal sealed class IntervalMeter(TimeProvider clock, ClipLoader loader)
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, (double Sum, int Steps)> _sums = [];
    private long _start = clock.GetTimestamp(), _firstStep;
    private long _intervalStart = clock.GetTimestamp();
    private TimeSpan _waitedBefore = loader.Waited;
    private int _steps, _videos;

    public double LastLoss { get; private set; }

    /// <summary>The sums of the interval under way, for a checkpoint.</summary>
    public IntervalSums Sums
    {
        get => new(_steps, [.. _names.Select(n => new TermSum(n, _sums[n].Sum, _sums[n].Steps))]);
        set
        {
            _steps = value.Steps;
            _names.Clear();
            _sums.Clear();
            foreach (TermSum term in value.Terms)
            {
                _names.Add(term.Name);
                _sums[term.Name] = (term.Sum, term.Steps);
            }
        }
    }

    /// <summary>Time counts from here; <paramref name="step"/> steps were done before.</summary>
    public void Start(long step) => (_start, _intervalStart, _firstStep) = (clock.GetTimestamp(), clock.GetTimestamp(), step);

    public void Add(IReadOnlyList<KeyValuePair<string, double>> values, int videos)
    {
        foreach ((string name, double value) in values)
        {
            if (!_sums.TryGetValue(name, out (double Sum, int Steps) before)) _names.Add(name);
            _sums[name] = (before.Sum + value, before.Steps + 1);
        }
        LastLoss = values[0].Value;
        _steps++;
        _videos += videos;
    }

    /// <summary>The means since the last call, or nothing if there was no step; starts the next interval.</summary>
    public IEnumerable<IntervalMetrics> Flush(int epoch, long step, long totalSteps, double rate, IReadOnlyList<KeyValuePair<string, double>> gauges)
    {
        if (_steps == 0) yield break;
        TimeSpan elapsed = clock.GetElapsedTime(_intervalStart), waited = loader.Waited - _waitedBefore;
        double left = clock.GetElapsedTime(_start).TotalSeconds / (step - _firstStep) * (totalSteps - step);
        var means = _names.ConvertAll(n => KeyValuePair.Create(n, _sums[n].Sum / _sums[n].Steps));
        using var process = Process.GetCurrentProcess();
        yield return new IntervalMetrics(epoch, step, totalSteps, means[0].Value, means[1..], gauges, rate, _videos / elapsed.TotalSeconds,
            waited.TotalSeconds, (elapsed - waited).TotalSeconds, left, process.WorkingSet64 / 1048576.0,
            DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        _names.Clear();
        _sums.Clear();
        (_steps, _videos, _intervalStart, _waitedBefore) = (0, 0, clock.GetTimestamp(), loader.Waited);
    }
}
