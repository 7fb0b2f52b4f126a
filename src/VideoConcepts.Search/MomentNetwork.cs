using System.Collections.Immutable;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>What a network says of moments.</summary>
/// <param name="Look">(N, D), unit vectors: the feature of the frame in the middle, as often as there are
/// frames.</param>
/// <param name="Motion">(N, D + K), two unit vectors: the feature of the frame differences, and softmax(scores / 0.05)
/// of the dynamic concepts in them. Without concepts the first alone.</param>
/// <param name="Features">(N, D).</param>
/// <param name="Scores">(N, 4 K).</param>
internal sealed record DescribedMoments(float[] Look, float[] Motion, float[] Features, float[] Scores);

/// <summary>What a network is asked to be opened with.</summary>
/// <param name="Encoder">Windows, precision and device.</param>
/// <param name="Input">What was said of how an ONNX model takes moments; null: nothing.</param>
internal sealed record NetworkRequest(EncoderOptions Encoder, ModelInput? Input = null);

/// <summary>The network of a library: moments → how they look, how things move in them, which concepts they show.
/// </summary>
internal abstract class MomentNetwork : IDisposable
{
    /// <summary>Files that end like this are ONNX models.</summary>
    private const string Onnx = ".onnx";

    private static ImmutableDictionary<string, Func<string, NetworkRequest, WorkContext, MomentNetwork>> s_kinds =
        ImmutableDictionary.Create<string, Func<string, NetworkRequest, WorkContext, MomentNetwork>>(
            StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes in a kind of model.</summary>
    /// <param name="extension">What its files end with, such as <c>.onnx</c>.</param>
    /// <param name="open">Opens one.</param>
    internal static void Register(string extension,
        Func<string, NetworkRequest, WorkContext, MomentNetwork> open) =>
        ImmutableInterlocked.AddOrUpdate(ref s_kinds, extension, open, (_, _) => open);

    /// <summary>The network of a model.</summary>
    /// <param name="model">A run's folder, a checkpoint, weights that come with the program, or a model of a kind that
    /// the program has taken in.</param>
    /// <param name="request">How.</param>
    /// <param name="work">Told what is worth knowing.</param>
    /// <exception cref="BadInputException">There is no such model, it is damaged, or something was asked for that it
    /// has not.</exception>
    public static MomentNetwork Of(string model, NetworkRequest request, WorkContext? work = null)
    {
        string extension = Path.GetExtension(model);
        if (!Directory.Exists(model) && s_kinds.TryGetValue(extension, out var open))
        {
            if (!System.IO.File.Exists(model))
                throw new BadInputException($"{model}: there is no such file; check the path.");
            return open(model, request, work ?? new WorkContext());
        }
        if (extension.Equals(Onnx, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(model))
            throw new BadInputException($"{model}: this program does not take ONNX models; call OnnxModels.Register of "
                + "VideoConcepts.Search.Onnx first.");
        if (request.Input?.Said is { } said)
            throw new BadInputException($"‹{said}› is read with an ONNX model alone; leave it out.");
        return TrainedMomentNetwork.Of(model, request.Encoder, work);
    }

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
        if (header is null)
            return Of(model ?? PretrainedWeights.Find(PretrainedWeights.World)!, request with
            {
                Encoder = options with { Precision = options.Precision ?? PrecisionChoice.Auto },
            }, work);
        string file = model ?? Kept(header, library);
        MomentNetwork network = Of(file, new NetworkRequest(options with
        {
            Frames = header.Frames,
            Size = header.Size,
            FrameStride = header.FrameStride,
            Precision = options.Precision ?? header.Precision,
        }, header.Input), work);
        if (network.Hash == header.ModelHash) return network;
        network.Dispose();
        throw new BadInputException(model is null
            ? $"{file}: this is no longer the model that the library was made by ({header.Model}); give that with "
                + "‹model›, or make the library anew with ‹reindex›."
            : $"{model}: the library was made by another model, {header.Model} ({header.ModelHash[..12]}…); give that, "
                + "or make the library anew with ‹reindex›.");
    }

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

    /// <summary>Refuses numbers that say nothing.</summary>
    /// <exception cref="ArithmeticException">One of them is not finite.</exception>
    protected static float[] Finite(float[] numbers)
    {
        foreach (float number in numbers)
            if (!float.IsFinite(number)) throw new ArithmeticException(
                "the network's output is not finite; a model that has diverged is to be trained with a smaller "
                + "learning rate.");
        return numbers;
    }
}
