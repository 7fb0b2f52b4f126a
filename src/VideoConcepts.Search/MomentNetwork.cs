using System.Collections.Immutable;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>What a network says of moments.</summary>
/// <param name="Look">(N, D), unit vectors: of a network of this program the feature of the frame in the middle, as
/// often as there are frames.</param>
/// <param name="Motion">(N, D + K), two unit vectors: the feature of the frame differences, and softmax(scores / 0.05)
/// of the dynamic concepts in them. Without concepts the first alone; empty: it does not tell.</param>
/// <param name="Features">(N, D).</param>
/// <param name="Scores">(N, 4 K).</param>
internal sealed record DescribedMoments(float[] Look, float[] Motion, float[] Features, float[] Scores);

/// <summary>What a network is asked to be opened with.</summary>
/// <param name="Encoder">Windows, precision and device.</param>
/// <param name="Input">What was said of how an ONNX model takes moments; null: nothing.</param>
internal sealed record NetworkRequest(EncoderOptions Encoder, ModelInput? Input = null);

/// <summary>A model of another program that is to be opened.</summary>
/// <param name="File">Its file.</param>
/// <param name="Hash">SHA-256 of that.</param>
/// <param name="Said">How it takes moments; of a library that is there all of it.</param>
/// <param name="Stride">Distance of the frames of a moment, if it is asked for.</param>
/// <param name="Say">Told what is taken.</param>
internal sealed record ForeignModel(string File, string Hash, ModelInput Said, int? Stride, Action<string> Say);

/// <summary>The network of a library: moments → how they look, how things move in them, which concepts they show.
/// </summary>
internal abstract class MomentNetwork : IDisposable
{
    /// <summary>Files that end like this are ONNX models.</summary>
    private const string Onnx = ".onnx";

    private static ImmutableDictionary<string, Func<ForeignModel, MomentNetwork>> s_kinds =
        ImmutableDictionary.Create<string, Func<ForeignModel, MomentNetwork>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes in a kind of model.</summary>
    /// <param name="extension">What its files end with, such as <c>.onnx</c>.</param>
    /// <param name="open">Opens one.</param>
    internal static void Register(string extension, Func<ForeignModel, MomentNetwork> open) =>
        ImmutableInterlocked.AddOrUpdate(ref s_kinds, extension, open, (_, _) => open);

    /// <summary>The network that a library is made by, or to be made by.</summary>
    /// <param name="model">As the user names it; null: the library's, or the weights that come with the
    /// program.</param>
    /// <param name="header">The library's; null: it is new.</param>
    /// <param name="library">The library.</param>
    /// <param name="request">Windows, device and input.</param>
    /// <param name="work">Told what is worth knowing.</param>
    /// <exception cref="BadInputException">There is no such model, or it is another one than the library's.</exception>
    public static MomentNetwork Open(string? model, LibraryHeader? header, string library, NetworkRequest request,
        WorkContext work)
    {
        EncoderOptions options = request.Encoder;
        string file = model ?? (header is null ? PretrainedWeights.Find(PretrainedWeights.World)!
            : Kept(header, library));
        if (IsForeign(file))
        {
            string hash = HashOf(file, options);
            // before it is read: the library knows how its own model takes moments, and no other
            if (header is not null && hash != header.ModelHash) throw Another(model, file, header);
            return Kind(file)(header is null
                ? new(file, hash, request.Input ?? new ModelInput(), options.FrameStride, work.Say)
                : new(file, hash, header.Input ?? new ModelInput(), header.FrameStride, _ => { }));
        }
        if (request.Input?.Said is { } said)
            throw new BadInputException($"‹{said}› is read with an ONNX model alone; leave it out.");
        MomentNetwork network = TrainedMomentNetwork.Of(file, header is null ? options with
        {
            Precision = options.Precision ?? PrecisionChoice.Auto,
        } : options with
        {
            Frames = header.Frames,
            Size = header.Size,
            FrameStride = header.FrameStride,
            Precision = options.Precision ?? header.Precision,
        }, work);
        if (header is null || network.Hash == header.ModelHash) return network;
        network.Dispose();
        throw Another(model, file, header);
    }

    private static bool IsForeign(string file) => !Directory.Exists(file)
        && (Path.GetExtension(file).Equals(Onnx, StringComparison.OrdinalIgnoreCase)
            || s_kinds.ContainsKey(Path.GetExtension(file)));

    private static Func<ForeignModel, MomentNetwork> Kind(string file) => s_kinds.GetValueOrDefault(
        Path.GetExtension(file)) ?? throw new BadInputException($"{file}: this program does not take ONNX models; call "
            + "OnnxModels.Register of VideoConcepts.Search.Onnx first.");

    // What is asked for and not read is refused first.
    private static string HashOf(string file, EncoderOptions options)
    {
        if (!ComputeDevice.IsChoice(options.Device)) ComputeDevice.Choose(options.Device); // says what there is
        if (options.Device is not (ComputeDevice.Default or "cpu"))
            throw new BadInputException($"‹device› {options.Device}: ONNX models are computed on the CPU here; give "
                + "‹device› cpu.");
        if (options.Precision is not null)
            throw new BadInputException($"‹precision› {options.Precision}: an ONNX model computes in the numbers that "
                + "it was written with; leave it out.");
        ReadableFile.Check(file);
        return System.IO.File.Exists(file) ? FileHash.Of(file)
            : throw new BadInputException($"{file}: there is no such file; check the path.");
    }

    private static BadInputException Another(string? model, string file, LibraryHeader header) => new(model is null
        ? $"{file}: this is no longer the model that the library was made by ({header.Model}); give that with "
            + "‹model›, or make the library anew with ‹reindex›."
        : $"{model}: the library was made by another model, {header.Model} ({header.ModelHash[..12]}…); give that, or "
            + "make the library anew with ‹reindex›.");

    /// <summary>Where a library's model is: where it was, or as far from the library as then.</summary>
    internal static string Kept(LibraryHeader header, string library)
    {
        if (header.Checkpoint is not { } kept) return PretrainedWeights.Find(header.Model) ?? header.Model;
        if (System.IO.File.Exists(kept)) return kept;
        if (header.CheckpointBeside is { } beside && Path.Combine(
            Path.GetDirectoryName(Path.GetFullPath(library))!, beside) is var moved && System.IO.File.Exists(moved))
            return Path.GetFullPath(moved);
        throw new BadInputException($"The library's model, {header.Model}, is no longer at {kept}; say with ‹model› "
            + "where it is.");
    }

    /// <summary>The file; null: its weights are random.</summary>
    public abstract string? File { get; }

    /// <summary>SHA-256 of the file.</summary>
    public abstract string Hash { get; }

    /// <summary>What it is called.</summary>
    public abstract string Net { get; }

    /// <summary>Numbers that it computes with.</summary>
    public abstract string Precision { get; }

    /// <summary>How it takes moments, where that had to be said; null: as networks of the program do.</summary>
    public virtual ModelInput? Input => null;

    /// <summary>T, frames of a moment.</summary>
    public abstract int Frames { get; }

    /// <summary>Height and width of what it sees, in pixels.</summary>
    public abstract int Size { get; }

    /// <summary>Distance of the frames that it does best with.</summary>
    public abstract int Stride { get; }

    /// <summary>D, numbers of a feature.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>K, concepts of each kind; 0: it has none.</summary>
    public virtual int Concepts => 0;

    /// <summary>Numbers that tell how a moment looks.</summary>
    public virtual int LookSize => FeatureSize;

    /// <summary>Numbers that tell how things move in it; 0: it does not tell.</summary>
    public abstract int MotionSize { get; }

    /// <summary>Describes moments.</summary>
    /// <param name="moments">The frames of each, (3, H, W).</param>
    /// <param name="size">H = W.</param>
    public abstract DescribedMoments Describe(IReadOnlyList<byte[][]> moments, int size);

    /// <inheritdoc/>
    public abstract void Dispose();
}
