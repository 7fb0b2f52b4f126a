using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>A model of another program, or an exported one, that ONNX Runtime computes on the CPU. It describes how
/// moments look and, if it has an output for that, how things move in them; it has no concepts.</summary>
internal sealed class OnnxMomentNetwork : MomentNetwork
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OnnxInput _input;
    private readonly string[] _outputs;
    private readonly int[] _sizes;
    private readonly int? _stride;

    private OnnxMomentNetwork(string file, InferenceSession session, OnnxInput input, string[] outputs, int? stride)
    {
        (File, _session, _input, _outputs, _stride) = (file, session, input, outputs, stride);
        Net = Path.GetFileNameWithoutExtension(file);
        Hash = FileHash.Of(file);
        _sizes = Tried();
    }

    public override string? File { get; }

    public override string Hash { get; }

    public override string Net { get; }

    public override string Precision => PrecisionChoice.Full;

    public override ModelInput Input => _input.Taken with { Outputs = string.Join(',', _outputs) };

    public override int Frames => _input.Taken.Frames!.Value;

    public override int Size => _input.Taken.Size!.Value;

    public override int Stride => _stride ?? 1;

    public override int FeatureSize => _sizes[0];

    public override int MotionSize => _outputs.Length > 1 ? _sizes[1] : 0;

    /// <summary>Opens one.</summary>
    /// <exception cref="BadInputException">It is no ONNX model, it takes or gives something else, or what was asked for
    /// contradicts it.</exception>
    public static OnnxMomentNetwork Open(string file, NetworkRequest request, WorkContext work)
    {
        EncoderOptions options = request.Encoder;
        ModelInput said = request.Input ?? new ModelInput();
        if (options.Precision is not (null or PrecisionChoice.Auto or PrecisionChoice.Full))
            throw new BadInputException($"‹precision› {options.Precision}: an ONNX model computes in the numbers that "
                + "it was written with; leave it out.");
        if (options.Device is not (ComputeDevice.Default or "cpu"))
            throw new BadInputException($"‹device› {options.Device}: ONNX models are computed on the CPU here.");
        InferenceSession session = Session(file);
        try
        {
            var input = OnnxInput.Of(file, session, said with
            {
                Frames = said.Frames ?? options.Frames,
                Size = said.Size ?? options.Size,
            });
            string[] outputs = Outputs(file, session, said.Outputs);
            int? stride = int.TryParse(session.ModelMetadata.CustomMetadataMap.GetValueOrDefault("videoconcepts.stride"),
                CultureInfo.InvariantCulture, out int told) ? told : null;
            var network = new OnnxMomentNetwork(file, session, input, outputs, stride);
            if (request.Input?.Outputs is null || request.Encoder.Size is null) work.Say(network.Told());
            return network;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public override DescribedMoments Describe(IReadOnlyList<byte[][]> moments, int size)
    {
        if (_input.Rows is not { } most) return Few(moments);
        int each = Math.Max(1, _input.IsOfFrames ? most / Frames : most);
        List<float> look = [], motion = [], features = [];
        foreach (byte[][][] some in moments.Chunk(each))
        {
            // a model of a fixed number of rows gets the last ones several times
            DescribedMoments described = Few([.. some, .. Enumerable.Repeat(some[^1], each - some.Length)]);
            look.AddRange(described.Look[..(some.Length * LookSize)]);
            motion.AddRange(described.Motion[..(some.Length * MotionSize)]);
            features.AddRange(described.Features[..(some.Length * FeatureSize)]);
        }
        return new([.. look], [.. motion], [.. features], []);
    }

    public override void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private DescribedMoments Few(IReadOnlyList<byte[][]> moments)
    {
        using OrtValue input = _input.Of(moments);
        using IDisposableReadOnlyCollection<OrtValue> results =
            _session.Run(_run, [_input.Name], [input], _outputs);
        float[][] parts = [.. results.Select((result, i) => PerMoment(result, moments, i))];
        return new(Units(parts[0], _sizes[0]), parts.Length > 1 ? Units(parts[1], _sizes[1]) : [], parts[0], []);
    }

    // Of single frames the mean of their unit vectors.
    private float[] PerMoment(OrtValue result, IReadOnlyList<byte[][]> moments, int output)
    {
        float[] numbers = Finite(result.GetTensorDataAsSpan<float>().ToArray());
        if (!_input.IsOfFrames) return numbers;
        int size = _sizes[output], frames = moments[0].Length;
        float[] units = Units(numbers, size), mean = new float[moments.Count * size];
        for (int f = 0; f < moments.Count * frames; f++)
        {
            Span<float> sum = mean.AsSpan(f / frames * size, size);
            TensorPrimitives.MultiplyAdd(units.AsSpan(f * size, size), 1f / frames, sum, sum);
        }
        return mean;
    }

    private static float[] Units(float[] rows, int size)
    {
        float[] units = [.. rows];
        for (int at = 0; at < units.Length; at += size)
        {
            Span<float> row = units.AsSpan(at, size);
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm<float>(row), 1e-12f), row);
        }
        return units;
    }

    /// <summary>Describes a black moment: whether it can, and how many numbers each output has.</summary>
    private int[] Tried()
    {
        try
        {
            int rows = _input.Rows is not { } most ? 1 : Math.Max(1, _input.IsOfFrames ? most / Frames : most);
            byte[][] black = [.. Enumerable.Range(0, Frames).Select(_ => new byte[3 * Size * Size])];
            using OrtValue input = _input.Of([.. Enumerable.Repeat(black, rows)]);
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(_run, [_input.Name], [input], _outputs);
            int expected = _input.IsOfFrames ? rows * Frames : rows;
            return [.. results.Select((result, i) => Numbers(result, i, expected))];
        }
        catch (OnnxRuntimeException e)
        {
            throw Refused(File!, e);
        }

        int Numbers(OrtValue result, int i, int rows)
        {
            long[] shape = result.GetTensorTypeAndShape().Shape;
            return shape.Length >= 2 && shape[0] == rows && shape.Skip(1).Count(n => n > 1) <= 1 ? (int)shape[1..].Max()
                : throw new BadInputException($"{File}: its output {_outputs[i]} is ({string.Join(", ", shape)}) of "
                    + $"{rows} rows; a model here gives one vector a row. ‹outputs› names another one.");
        }
    }

    private string Told()
    {
        ModelInput input = Input;
        string numbers = input.Mean is null ? "pixels as they are" : $"mean {input.Mean}, std {input.Std}";
        string motion = _outputs.Length > 1 ? $", motion by {_outputs[1]} ({_sizes[1]})" : ", no motion";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Path.GetFileName(File)}: {input.Layout}, {input.Frames} frames of {input.Size}×{input.Size}, {numbers}; "
            + $"look by {_outputs[0]} ({_sizes[0]} numbers){motion}");
    }

    private static InferenceSession Session(string file)
    {
        ReadableFile.Check(file);
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = TorchSharp.torch.get_num_threads(),
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            return new InferenceSession(file, settings);
        }
        catch (OnnxRuntimeException e)
        {
            throw Refused(file, e);
        }
    }

    private static string[] Outputs(string file, InferenceSession session, string? said)
    {
        string[] there = [.. session.OutputNames];
        string[] named = (said ?? session.ModelMetadata.CustomMetadataMap.GetValueOrDefault("videoconcepts.outputs"))
            ?.Split(',', StringSplitOptions.TrimEntries) ?? there[..Math.Min(2, there.Length)];
        if (named.Length is not (1 or 2) || named.FirstOrDefault(name => !there.Contains(name)) is not null)
            throw new BadInputException($"‹outputs› {said}: {file} gives {string.Join(", ", there)}; name the one that "
                + "tells how a moment looks and, behind a comma, the one that tells how things move in it.");
        if (named.FirstOrDefault(name => session.OutputMetadata[name].ElementDataType != TensorElementType.Float)
            is { } other)
            throw new BadInputException($"{file}: its output {other} is not of float32.");
        return named;
    }

    private static BadInputException Refused(string file, OnnxRuntimeException e) =>
        new($"{file}: ONNX Runtime does not take it: {VisibleText.Of(e.Message.Split('\n')[0])}", e);
}
