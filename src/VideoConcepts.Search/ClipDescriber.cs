using System.Numerics.Tensors;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>Describes a clip that is searched for by the network of a library: the mean over its moments.</summary>
internal sealed class ClipDescriber : IDisposable
{
    private readonly LibraryHeader _header;
    private readonly MomentNetwork _network;
    private readonly WorkContext _work;
    private readonly string? _program;
    private Ffmpeg? _ffmpeg;

    public ClipDescriber(IMomentStore library, LibraryOptions options, WorkContext work)
    {
        _header = library.Header!;
        _work = work;
        _program = options.Ffmpeg;
        _network = MomentNetwork.Open(options.Model, _header, library.Name,
            new NetworkRequest(new EncoderOptions { Device = options.Device }), work);
    }

    /// <exception cref="BadInputException">The clip cannot be read, or is too short.</exception>
    public DescribedQuery Describe(MomentQuery query, CancellationToken stop)
    {
        string clip = query.Clip!;
        ReadableFile.Check(clip);
        _ffmpeg ??= Ffmpeg.FindAsync(_program, stop).GetAwaiter().GetResult();
        var reader = new MomentReader(_header, _ffmpeg, Environment.ProcessorCount)
        {
            From = query.At,
            Seconds = query.Length,
            Most = query.Length is null && query.At is not null ? 1 : null,
        };
        List<ReadMoment> batch = [];
        var look = new float[_header.LookSize];
        var motion = new float[_header.MotionSize];
        byte[]? strip = null;
        double? whole = query.Length;
        (ReadVideo read, _) = _work.Track("query", 1, tick => reader.ReadFileAsync(new RawFile(Path.GetFullPath(clip)),
            moment =>
            {
                strip ??= moment.Strip;
                batch.Add(moment);
                if (batch.Count == _header.Batch) Add();
                if (whole is { } seconds) tick((moment.Place.End - (query.At ?? 0)) / seconds, "");
            }, length => whole ??= length - (query.At ?? 0), stop).GetAwaiter().GetResult());
        if (read.Error == VideoFrames.NoFrame && query.At is { } at)
            throw new BadInputException($"‹at› {at}: {clip} ends before.");
        if (read.Error is { } error) throw new BadInputException($"‹query› {clip}: {error}.");
        Add();
        if (TensorPrimitives.Norm<float>(look) == 0)
            throw new BadInputException(
                $"‹query› {clip}: {read.Frames} frames are too few; a moment needs {_header.FrameStride + 1} or more.");
        return DescribedQuery.OfSum(look, motion, _header.Concepts, []) with { Strip = strip };

        void Add()
        {
            if (batch.Count == 0) return;
            DescribedMoments described = _network.Describe([.. batch.Select(moment => moment.Frames)], _header.Size);
            Sum(described.Look, look);
            Sum(described.Motion, motion);
            batch.Clear();
        }
    }

    /// <summary>Draws where in the picture of a moment of a file a concept is seen, as a PNG.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public byte[] Where(RawFile file, Moment moment, bool isDynamic, int concept, CancellationToken stop)
    {
        _ffmpeg ??= Ffmpeg.FindAsync(_program, stop).GetAwaiter().GetResult();
        var reader = new MomentReader(_header, _ffmpeg, Environment.ProcessorCount) { From = moment.Start, Most = 1 };
        byte[][]? frames = null;
        (ReadVideo read, _) = reader.ReadFileAsync(file, found => frames ??= found.Frames, _ => { }, stop)
            .GetAwaiter().GetResult();
        return frames is null ? throw new BadInputException($"{file.Path}: {read.Error ?? "no frame is there"}.")
            : ConceptPlace.Draw(_network, frames, _header.Size, isDynamic, concept);
    }

    public void Dispose() => _network.Dispose();

    private static void Sum(float[] rows, float[] sum)
    {
        for (int i = 0; i < rows.Length; i += sum.Length)
            TensorPrimitives.Add(sum, rows.AsSpan(i, sum.Length), sum);
    }
}
