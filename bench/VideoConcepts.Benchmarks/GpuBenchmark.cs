using System.Globalization;
using System.Text.Json;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static System.FormattableString;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// What a GPU does, in one table: whether libtorch loads, reference vectors, time of a step beside PyTorch's, its
/// parts, the loader, memory. Where no GPU is, all of it on the CPU. Started by bench/gpu.
/// </summary>
internal sealed class GpuBenchmark
{
    public const string Usage = "[--device auto|cpu|cuda|cuda:n] [--markdown FILE] [--batch 2] [--frames 16] "
        + "[--size 128] [--concepts 100] [--steps 3] [--rows 123456] "
        + "[--precisions full,tf32,channels-last,bfloat16]";

    private const int AllTerms = 20; // an epoch in which every term of both methods takes part
    private const string Float32Name = "float32", Bfloat16Name = "bfloat16";
    private readonly Device _device;
    private readonly StepSize _size;
    private readonly string _python, _rows;
    private readonly string[]? _precisions;
    private readonly GpuTable _table;

    private GpuBenchmark(Dictionary<string, string> options)
    {
        _device = ComputeDevice.Choose(options.GetValueOrDefault("device", ComputeDevice.Default));
        int Number(string name, int published, int small) =>
            int.Parse(options.GetValueOrDefault(name, $"{(IsGpu ? published : small)}"), CultureInfo.InvariantCulture);
        _size = new StepSize(Number("batch", 2, 2), Number("frames", 16, 8), Number("size", 128, 64),
            Number("concepts", 100, 10), Number("steps", 3, 1));
        _python = options.GetValueOrDefault("python", "python3");
        _rows = options.GetValueOrDefault("rows", "123456");
        _precisions = options.GetValueOrDefault("precisions")?.Split(',');
        _table = new GpuTable($"VideoConcepts {RunDescription.Version} on {_device}, {_size}");
        _table.Note(IsGpu ? $"GPU: {GpuName()}."
            : $"No GPU was used: the whole table is of the CPU path, at small sizes unless told ({Processor()}).");
    }

    private bool IsGpu => _device.type == DeviceType.CUDA;

    private string[] Precisions => _precisions ?? (IsGpu ? ["full", DeviceStep.Tf32Name, "channels-last", Bfloat16Name]
        : ["full", "channels-last", Bfloat16Name]);

    /// <summary>A processor that emulates bfloat16 takes ten times as long as in float32.</summary>
    private IEnumerable<string> Timed => Precisions.Where(p => p != Bfloat16Name || Usual == Bfloat16Name);

    private string Usual => PrecisionChoice.Resolve(PrecisionChoice.Auto, _device.type);

    /// <summary>Prints the table.</summary>
    /// <param name="args"><see cref="Usage"/>; of bench/gpu also --loads and --python.</param>
    public static int Run(string[] args)
    {
        string[] known = ["device", "markdown", "batch", "frames", "size", "concepts", "steps", "rows", "precisions",
            "loads", "python"];
        Dictionary<string, string> options = [];
        for (int i = 0; i < args.Length; i += 2)
        {
            string name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!known.Contains(name) || i + 1 == args.Length)
            {
                Console.Error.WriteLine($"bench/gpu: {args[i]} is unknown, or lacks a value: bench/gpu {Usage}");
                return 2;
            }
            options[name] = args[i + 1];
        }
        GpuBenchmark benchmark;
        try
        {
            benchmark = new GpuBenchmark(options);
        }
        catch (Exception e) when (e is BadInputException or FormatException)
        {
            string loads = options.GetValueOrDefault("loads", "not tried");
            Console.Error.WriteLine($"bench/gpu: {e.Message} (loads: {loads})");
            return 2;
        }
        benchmark.Measure(options.GetValueOrDefault("loads", "yes"));
        Console.WriteLine();
        Console.Write(benchmark._table.Text());
        if (options.TryGetValue("markdown", out string? file)) File.WriteAllText(file, benchmark._table.Markdown());
        return 0;
    }

    /// <summary>Says in a line whether this libtorch computes, and on what.</summary>
    public static int Loads()
    {
        try
        {
            ProcessSettings.Apply();
            using Tensor sum = ones(3, device: ComputeDevice.Choose(ComputeDevice.Default)).sum();
            Console.WriteLine($"loads and computes on {sum.device} ({sum.ToSingle()} = 3)");
            return 0;
        }
        catch (Exception e)
        {
            Exception cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
            Console.WriteLine(cause.Message.Split('\n')[0]);
            return 1;
        }
    }

    /// <summary>
    /// Prints the MB that steps of one size take; in a process of its own, for memory once taken stays so.
    /// </summary>
    public static void Memory(string[] args)
    {
        int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
        Device device = ComputeDevice.Choose(args[0]);
        var memory = new DeviceMemory(device);
        var size = new StepSize(Number(2), Number(3), Number(4), Number(5), 1);
        DeviceStep.Time(args[1], device, size, args[6] == "True");
        Console.WriteLine(memory.PeakMegabytes(device)?.ToString("F1", CultureInfo.InvariantCulture) ?? "");
    }

    private void Measure(string loads)
    {
        string torchSharp = typeof(Tensor).Assembly.GetName().Version!.ToString(3);
        _table.Add("1 loads", loads, $"TorchSharp {torchSharp}, made for libtorch 2.10");
        bool Wanted(char row) => _rows.Contains(row);
        foreach (string method in ReferenceSteps.Methods.Where(_ => Wanted('2')))
            foreach (ScalarType type in (ScalarType[])[float64, float32])
                Try($"2 vectors, {method}, {type.ToString().ToLowerInvariant()}", name => Vectors(name, method, type));
        foreach (string method in ReferenceSteps.Methods.Where(_ => Wanted('2')))
            Try($"2 CPU in float64, {method}", name => AgainstCpu(name, method));
        Dictionary<string, StepTime> times = [];
        foreach (string precision in Timed.Where(_ => Wanted('3') || Wanted('4') || Wanted('5')))
            Try($"3 step, {precision}", name => Steps(name, precision, times));
        if (times.TryGetValue(Usual, out StepTime? usual))
        {
            if (Wanted('4')) _table.Add($"4 profile, {Usual}",
                Invariant($"views {usual.Views:F4} s, forward {usual.Forward:F4} s, ")
                + Invariant($"backward {usual.Backward:F4} s, Adam {usual.Adam:F4} s"),
                "of that step, the device waited for after each");
            if (Wanted('5')) Try("5 loader", name => Loader(name, usual));
        }
        if (!Wanted('6')) return;
        foreach (bool recompute in (bool[])[false, true])
            Try($"6 memory, {Usual}{(recompute ? ", --recompute" : "")}", name => OwnMemory(name, recompute));
        Try($"6 memory, PyTorch eager, {Usual}", PyTorchMemory);
    }

    /// <summary>A row that cannot be had says so, and the table goes on.</summary>
    private void Try(string name, Action<string> row)
    {
        try
        {
            row(name);
        }
        catch (Exception e)
        {
            _table.Add(name, "failed", e.Message.Split('\n')[0]);
        }
    }

    private void Vectors(string name, string method, ScalarType type)
    {
        Tf32.Allowed = false;
        using var scope = NewDisposeScope();
        using var run = new ReferenceSteps(method, _device, type);
        int steps = type == float64 ? 3 : 1; // rounding grows tenfold with every step
        double losses = 0, gradients = 0;
        foreach (StepVectors expected in run.Expected.Take(steps))
        {
            StepResult found = run.Next(expected.Step, expected.Epoch);
            foreach ((string term, double value) in expected.Losses.Append(("total", expected.Total)))
                if (found.Losses.TryGetValue(term, out double own)) losses = Math.Max(losses, Relative(own, value));
            if (expected.GradL2 is not { } norms) continue;
            double noise = norms.Values.Max() * 1e-6; // of a bias before a batch norm
            foreach ((string parameter, double norm) in norms.Where(n => n.Value > noise))
                gradients = Math.Max(gradients,
                    Math.Abs(found.Gradients[parameter].norm().ToDouble() - norm) / norm);
        }
        _table.Add(name, Errors(losses, "norms of gradients", gradients),
            $"{steps} step{(steps > 1 ? "s" : "")} against the authors' program, largest relative error");
    }

    private void AgainstCpu(string name, string method)
    {
        using var scope = NewDisposeScope();
        using var exact = new ReferenceSteps(method, CPU, float64);
        StepResult expected = exact.Next(0, AllTerms);
        foreach (string precision in (string[])["float64", .. Precisions.Select(p => p == "full" ? Float32Name : p)])
            Try($"{name}: {precision}", row =>
            {
                Tf32.Allowed = precision == DeviceStep.Tf32Name;
                bool whole = precision is "float64" or Float32Name or DeviceStep.Tf32Name;
                using var run = new ReferenceSteps(method, _device, precision == "float64" ? float64 : float32,
                    whole ? Precision.Full : PrecisionChoice.Parse(precision));
                StepResult found = run.Next(0, AllTerms);
                double losses = expected.Losses.Max(l => Relative(found.Losses[l.Key], l.Value));
                double Square(Func<string, Tensor> of) =>
                    expected.Gradients.Keys.Sum(k => of(k).square().sum().ToDouble());
                double gradients = Math.Sqrt(Square(k => found.Gradients[k] - expected.Gradients[k])
                    / Square(k => expected.Gradients[k]));
                _table.Add(row, Errors(losses, "gradients", gradients),
                    "one step, every term: largest relative error; of all gradients together");
            });
    }

    private void Steps(string name, string precision, Dictionary<string, StepTime> times)
    {
        StepTime own = times[precision] = DeviceStep.Time(precision, _device, _size);
        _table.Add(name, Invariant($"{own.Seconds:F4} s, {_size.Batch / own.Seconds:F1} videos/s"),
            $"views, forward, all losses, backward, Adam; the fastest of {_size.Steps} after a first; "
            + Invariant($"loss {own.Loss:F2}"));
        (JsonElement? found, string problem) = PyTorch(precision, _size);
        string eager = $"3 step, {precision}, PyTorch eager";
        if (found is not { } said)
        {
            _table.Add(eager, problem, "bench/gpu_step.py");
            return;
        }
        double seconds = said.GetProperty("seconds").GetDouble();
        _table.Add(eager, Invariant($"{seconds:F4} s, ours takes {own.Seconds / seconds:F2} of it"),
            $"bench/gpu_step.py, PyTorch {said.GetProperty("torch").GetString()}: the same parts, net and losses; "
            + Invariant($"loss {said.GetProperty("loss").GetDouble():F2}"));
    }

    private void Loader(string name, StepTime step)
    {
        int workers = Environment.ProcessorCount;
        double loaded = LoaderBenchmark.VideosPerSecond(_size.Frames, _size.Size, workers);
        double trained = _size.Batch / step.Seconds;
        _table.Add(name, Invariant($"{loaded:F1} videos/s, a step takes {trained:F1}: ")
            + (loaded < trained ? "bound by the loader" : "not bound by the loader"),
            $"{workers} workers, frames of 340×256; nothing else running");
    }

    private void OwnMemory(string name, bool recompute)
    {
        double? Megabytes(int batch)
        {
            (string? said, string problem) = OtherProgram.RunOwn(["gpu-memory", $"{_device}", Usual, $"{batch}",
                $"{_size.Frames}", $"{_size.Size}", $"{_size.Concepts}", $"{recompute}"]);
            if (said is null) throw new InvalidOperationException(problem);
            return double.TryParse(said.Trim(), CultureInfo.InvariantCulture, out double megabytes) ? megabytes : null;
        }
        (double? one, double? two) = (Megabytes(_size.Batch), Megabytes(2 * _size.Batch));
        if (one is null || two is null) _table.Add(name, "not measured", "there is no cudart that says what is free");
        else PerClip(name, one.Value, two.Value,
            IsGpu ? "gone of the GPU's free memory after a step" : "peak of the process");
    }

    private void PyTorchMemory(string name)
    {
        (JsonElement? one, string problem) = PyTorch(Usual, _size with { Steps = 1 });
        JsonElement? two = null;
        if (one is not null) (two, problem) = PyTorch(Usual, _size with { Batch = 2 * _size.Batch, Steps = 1 });
        if (one is null || two is null) _table.Add(name, problem, "bench/gpu_step.py");
        else PerClip(name, one.Value.GetProperty("peak_mb").GetDouble(), two.Value.GetProperty("peak_mb").GetDouble(),
            IsGpu ? "torch.cuda.max_memory_reserved" : "peak of the process");
    }

    private void PerClip(string name, double one, double two, string how)
    {
        double clip = (two - one) / (_size.Batch * StepSize.ClipsPerVideo);
        _table.Add(name, Invariant($"{clip:F1} MB a clip, {one:F0} MB for {_size.Batch} videos"),
            $"{how}; a clip is the difference to {2 * _size.Batch} videos");
    }

    private (JsonElement? Found, string Problem) PyTorch(string precision, StepSize size)
    {
        if (OtherProgram.Run(_python, ["-c", "import torch"]).Output is null) return (null, "no PyTorch here");
        string script = Path.Combine(Root(), "bench", "gpu_step.py");
        (string? said, string problem) = OtherProgram.Run(_python, [script,
            "--device", $"{_device}", "--precision", precision,
            "--batch", $"{size.Batch}", "--frames", $"{size.Frames}", "--size", $"{size.Size}",
            "--concepts", $"{size.Concepts}", "--steps", $"{size.Steps}"]);
        return said is null ? (null, $"failed: {problem}")
            : (JsonDocument.Parse(said.TrimEnd().Split('\n')[^1]).RootElement, "");
    }

    private static string Errors(double losses, string what, double gradients) =>
        Invariant($"losses {losses:0.0e-0}, {what} {gradients:0.0e-0}");

    private static double Relative(double found, double expected) =>
        Math.Abs(found - expected) / Math.Max(1, Math.Abs(expected));

    private static string GpuName() => OtherProgram.Run("nvidia-smi",
        ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"])
        .Output?.Trim().ReplaceLineEndings("; ")
        ?? "nvidia-smi does not say which";

    private static string Processor() => RunDescription.Facts().First(f => f.Name == "processor").Value;

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "VideoConcepts.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
