using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Losses;

namespace VideoConcepts.Training;

/// <summary>Adds up steps between two reports, on the device: the sums are read when somebody asks for them.</summary>
internal sealed class IntervalMeter(TimeProvider clock, ClipLoader loader) : IDisposable
{
    private const string Total = "total";

    /// <summary>The name of the norm of all gradients among the sums.</summary>
    public const string GradientNormName = "grad_norm";

    private readonly List<string> _names = [];
    private readonly Dictionary<string, (double Sum, int Steps)> _sums = []; // but for what is running
    private string[] _running = []; // names of the terms that take part now
    private torch.Tensor? _runningSums; // (terms), float64
    private int _runningSteps;
    private long _start = clock.GetTimestamp(), _firstStep;
    private long _intervalStart = clock.GetTimestamp();
    private TimeSpan _waitedBefore = loader.Waited;
    private int _steps, _videos;

    public double LastLoss { get; private set; }

    /// <summary>The sums of the interval under way, for a checkpoint.</summary>
    public IntervalSums Sums
    {
        get
        {
            Settle();
            return new(_steps, [.. _names.Select(n => new TermSum(n, _sums[n].Sum, _sums[n].Steps))]);
        }

        set
        {
            Clear();
            _steps = value.Steps;
            foreach (TermSum term in value.Terms)
            {
                _names.Add(term.Name);
                _sums[term.Name] = (term.Sum, term.Steps);
            }
        }
    }

    /// <summary>Time counts from here; <paramref name="step"/> steps were done before.</summary>
    public void Start(long step)
    {
        _start = clock.GetTimestamp();
        _intervalStart = clock.GetTimestamp();
        _firstStep = step;
    }

    /// <summary>Adds a step's values, which stay on the device.</summary>
    /// <param name="terms">Loss terms.</param>
    /// <param name="total">Their weighted sum.</param>
    /// <param name="gradientNorm">Of all gradients together.</param>
    /// <param name="loss">The number that <paramref name="total"/> is.</param>
    /// <param name="videos">How many all processes saw.</param>
    public void Add(LossTerms terms, torch.Tensor total, torch.Tensor gradientNorm, double loss, int videos)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        string[] names = [Total, .. terms.Terms.Select(t => t.Name), GradientNormName];
        if (!names.SequenceEqual(_running)) Run(names, total.device);
        torch.Tensor[] values = [total, .. terms.Terms.Select(t => t.Value), gradientNorm];
        _runningSums!.add_(torch.stack([.. values.Select(v => v.detach().to(torch.float64))]));
        _runningSteps++;
        (LastLoss, _steps, _videos) = (loss, _steps + 1, _videos + videos);
    }

    /// <summary>Goes on with the sums of these terms, in the order in which they came.</summary>
    private void Run(string[] names, torch.Device device)
    {
        Settle();
        foreach (string name in names)
            if (_sums.TryAdd(name, (0, 0))) _names.Add(name);
        _running = names;
        _runningSums = torch.tensor(names.Select(n => _sums[n].Sum).ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>Reads what is running.</summary>
    private void Settle()
    {
        if (_runningSums is null || _runningSteps == 0) return;
        foreach ((string name, double sum) in _running.Zip(ReadBack.Numbers(_runningSums)))
            _sums[name] = (sum, _sums[name].Steps + _runningSteps);
        _runningSteps = 0;
    }

    private void Clear()
    {
        _names.Clear();
        _sums.Clear();
        _runningSums?.Dispose();
        (_running, _runningSums, _runningSteps) = ([], null, 0);
    }

    public void Dispose() => Clear();

    /// <summary>The means since the last call, or nothing if there was no step; starts the next interval.</summary>
    public IEnumerable<IntervalMetrics> Flush(int epoch, long step, long totalSteps, double rate,
        IReadOnlyList<KeyValuePair<string, double>> gauges)
    {
        if (_steps == 0) yield break;
        Settle();
        TimeSpan elapsed = clock.GetElapsedTime(_intervalStart), waited = loader.Waited - _waitedBefore;
        double left = clock.GetElapsedTime(_start).TotalSeconds / (step - _firstStep) * (totalSteps - step);
        var means = _names.ConvertAll(n => KeyValuePair.Create(n, _sums[n].Sum / _sums[n].Steps));
        using var process = Process.GetCurrentProcess();
        KeyValuePair<string, double>[] terms = [.. means.Where(m => m.Key is not (Total or GradientNormName))];
        yield return new IntervalMetrics(epoch, step, totalSteps, means[0].Value, terms, gauges, rate,
            _videos / elapsed.TotalSeconds,
            waited.TotalSeconds, (elapsed - waited).TotalSeconds, left, process.WorkingSet64 / 1048576.0,
            DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount)
        {
            GradientNorm = means.Find(m => m.Key == GradientNormName).Value,
        };
        Clear();
        (_steps, _videos, _intervalStart, _waitedBefore) = (0, 0, clock.GetTimestamp(), loader.Waited);
    }
}
