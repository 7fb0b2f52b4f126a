using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;

namespace VideoConcepts.Search;

/// <summary>A model of another maker, which ONNX Runtime computes: its first output tells how moments look, its second,
/// if it has one, how things move in them. Of a model of pictures both are the mean over a moment's frames.</summary>
internal sealed class OnnxMomentNetwork : MomentNetwork
{
    private readonly InferenceSession _session;
    private readonly OnnxInput _input;
    private readonly string[] _outputs;
    private readonly int[] _sizes;
    private readonly Func<IReadOnlyList<byte[][]>, int, OrtValue> _pixels;
    private readonly string _file;

    private OnnxMomentNetwork(ForeignModel model, InferenceSession session)
    {
        (_file, Hash, _session) = (model.File, model.Hash, session);
        _input = new(_file, session, model.Said);
        _outputs = Named(model.Said.Outputs ?? _input.Outputs);
        _pixels = _input.IsBytes ? Giver<byte>(1, [0, 0, 0], [1, 1, 1])
            : Giver<float>(255, OnnxInput.Three("mean", _input.Mean!), OnnxInput.Three("std", _input.Std!));
        byte[] grey = new byte[3 * Size * Size];
        grey.AsSpan().Fill(128);
        _sizes = new int[_outputs.Length];
        _ = Rows([[.. Enumerable.Repeat(grey, _input.IsPictures ? 1 : Frames)]]); // tells the sizes, and what is wrong
        model.Say($"{_file}: {_input}, stride {model.Stride ?? Stride}");
        model.Say($"{_file}: {_outputs[0]} tells how moments look ({LookSize} numbers), " + (_outputs.Length > 1
            ? $"{_outputs[1]} how things move in them ({MotionSize})" : "nothing how things move in them"));
    }

    /// <summary>Opens one.</summary>
    /// <exception cref="BadInputException">It is no ONNX file, or cannot be given moments.</exception>
    public static OnnxMomentNetwork Open(ForeignModel model)
    {
        InferenceSession session = Session(model.File);
        try
        {
            return new(model, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public override string? File => _file;

    public override string Hash { get; }

    public override string Net => _input.Net ?? "onnx";

    public override string Precision => "full";

    public override int Frames => _input.Frames;

    public override int Stride => _input.Stride;

    public override int Size => _input.Size;

    public override int MotionSize => _sizes.Length > 1 ? _sizes[1] : 0;

    public override int FeatureSize => _sizes[0];

    public override ModelInput Input => new()
    {
        Frames = Frames,
        Size = Size,
        Layout = _input.Layout,
        Mean = _input.Mean,
        Std = _input.Std,
        Outputs = string.Join(',', _outputs),
    };

    public override DescribedMoments Describe(IReadOnlyList<byte[][]> moments, int size)
    {
        float[][] rows;
        int[][] rowsOf; // of each moment
        if (_input.IsPictures)
        {
            // moments overlap: a frame of several is passed once
            var places = new Dictionary<byte[], int>(ReferenceEqualityComparer.Instance);
            rowsOf = [.. moments.Select(moment => moment.Select(frame =>
            {
                if (!places.TryGetValue(frame, out int place)) places.Add(frame, place = places.Count);
                return place;
            }).ToArray())];
            rows = Rows([.. places.OrderBy(place => place.Value).Select(place => (byte[][])[place.Key])],
                moments.Count);
        }
        else
        {
            rowsOf = [.. moments.Select((_, i) => (int[])[i])];
            rows = Rows(moments);
        }
        float[][] units = [.. rows.Select((numbers, output) => Units(numbers, _sizes[output]))];
        return new(Units(Means(units[0], LookSize, rowsOf), LookSize),
            MotionSize == 0 ? [] : Units(Means(units[1], MotionSize, rowsOf), MotionSize),
            Means(rows[0], LookSize, rowsOf), []);
    }

    public override void Dispose() => _session.Dispose();

    private static InferenceSession Session(string file)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = torch.get_num_threads(),
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // what fails is thrown
            // batches of all sizes come and go: what one needed is given back
            EnableCpuMemArena = false,
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // decoders need the cores, too
        try
        {
            return new InferenceSession(file, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BadInputException($"{file}: no ONNX file that ONNX Runtime can read: {Line(e)}.", e);
        }
    }

    private string[] Named(string? outputs)
    {
        string all = string.Join(", ", _session.OutputMetadata.Keys);
        string[] names = outputs?.Split(',', StringSplitOptions.TrimEntries) ?? [.. _session.OutputMetadata.Keys];
        if (outputs is null && names.Length > 2)
            throw new BadInputException($"{_file}: it has the outputs {all}; say with ‹outputs› which one tells how "
                + "moments look and, after a comma, which one how things move in them.");
        if (names.FirstOrDefault(name => !_session.OutputMetadata.ContainsKey(name)) is { } unknown)
            throw new BadInputException($"‹outputs› {unknown}: {_file} has no such output; it has {all}.");
        if (names.Length is not (1 or 2) || names.Distinct().Count() < names.Length)
            throw new BadInputException($"‹outputs› {outputs}: give one for look and, if there is one, another for "
                + "motion.");
        return names;
    }

    // The outputs for some rows, each (rows, its size), as many rows at a time as the model takes.
    private float[][] Rows(IReadOnlyList<byte[][]> rows, int? most = null)
    {
        int atOnce = _input.Batch ?? most ?? rows.Count;
        List<float>[] found = [.. _outputs.Select(_ => new List<float>())];
        foreach (byte[][][] some in rows.Chunk(atOnce)) Run(some, _input.Batch ?? some.Length, found);
        return [.. found.Select(numbers => numbers.ToArray())];
    }

    private void Run(byte[][][] rows, int count, List<float>[] found)
    {
        try
        {
            using OrtValue pixels = _pixels(rows, count);
            using var how = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                _session.Run(how, [_input.Name], [pixels], _outputs);
            for (int i = 0; i < _outputs.Length; i++) Take(i, outputs[i], rows.Length, count, found[i]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BadInputException($"{_file}: it does not take {_input}: {Line(e)}.", e);
        }
    }

    private void Take(int output, OrtValue value, int rows, int count, List<float> found)
    {
        string name = _outputs[output];
        if (!value.IsTensor || value.GetTensorTypeAndShape() is not { ElementDataType: TensorElementType.Float } its)
            throw new BadInputException($"{_file}: its output {name} is no tensor of float32.");
        if (its.Shape.Length < 2 || its.Shape[0] != count || its.Shape[1] < 1 || its.Shape[2..].Any(n => n != 1))
            throw new BadInputException($"{_file}: its output {name} is {string.Join('×', its.Shape)} for {count} "
                + $"{(_input.IsPictures ? "pictures" : "clips")}; a row of numbers for each is needed.");
        int size = (int)its.Shape[1];
        if (_sizes[output] == 0) _sizes[output] = size;
        ReadOnlySpan<float> numbers = value.GetTensorDataAsSpan<float>()[..(rows * size)];
        if (size != _sizes[output] || !TensorPrimitives.IsFiniteAll(numbers))
            throw new BadInputException($"{_file}: its output {name} is not finite.");
        found.AddRange(numbers);
    }

    private Func<IReadOnlyList<byte[][]>, int, OrtValue> Giver<T>(double white, double[] mean,
        double[] deviation) where T : unmanaged, System.Numerics.INumber<T>
    {
        T[][] levels = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 256)
            .Select(level => T.CreateChecked(((level / white) - mean[c]) / deviation[c])).ToArray())];
        var pixels = new OnnxPixels<T>(_input.Layout, Size * Size, levels);
        return (rows, count) => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance,
            pixels.Of(rows, count), [.. _input.Layout.Select(axis => axis switch
            {
                'N' => count,
                'T' => Frames,
                'C' => 3,
                _ => (long)Size,
            })]);
    }

    private static float[] Units(float[] rows, int size)
    {
        var units = new float[rows.Length];
        for (int i = 0; i < rows.Length; i += size)
            TensorPrimitives.Divide(rows.AsSpan(i, size),
                Math.Max(TensorPrimitives.Norm<float>(rows.AsSpan(i, size)), 1e-12f), units.AsSpan(i));
        return units;
    }

    private static float[] Means(float[] rows, int size, int[][] rowsOf)
    {
        var means = new float[rowsOf.Length * size];
        for (int i = 0; i < rowsOf.Length; i++)
        {
            Span<float> mean = means.AsSpan(i * size, size);
            foreach (int row in rowsOf[i]) TensorPrimitives.Add(mean, rows.AsSpan(row * size, size), mean);
            TensorPrimitives.Divide(mean, rowsOf[i].Length, mean);
        }
        return means;
    }

    private static string Line(OnnxRuntimeException e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
