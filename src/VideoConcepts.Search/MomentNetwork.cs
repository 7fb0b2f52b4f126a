using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Search;

/// <summary>What a network says of moments.</summary>
/// <param name="Look">(N, D), unit vectors: the feature of the frame in the middle, as often as there are
/// frames.</param>
/// <param name="Motion">(N, D + K), two unit vectors: the feature of the frame differences, and softmax(scores / 0.05)
/// of the dynamic concepts in them. Without concepts the first alone.</param>
/// <param name="Features">(N, D).</param>
/// <param name="Scores">(N, 4 K).</param>
internal sealed record DescribedMoments(float[] Look, float[] Motion, float[] Features, float[] Scores);

/// <summary>The network of a library: moments → how they look, how things move in them, which concepts they show.
/// </summary>
internal sealed class MomentNetwork : IDisposable
{
    // Of the softmax that makes assignments of scores: the epsilon of the training's balanced assignments.
    private const double Temperature = 0.05;

    private readonly EvaluationSession _session;
    private readonly EvaluatedModel _model;
    private readonly ConceptReading? _concepts;

    private MomentNetwork(EvaluationSession session, EvaluatedModel model)
    {
        (_session, _model) = (session, model);
        if (_model.Model is ConceptModel concepts)
            _concepts = new ConceptReading(concepts, _model.Options.Difference);
    }

    /// <summary>The network of a model.</summary>
    /// <param name="model">A run's folder, a checkpoint, or weights that come with the program.</param>
    /// <param name="options">Windows and device.</param>
    /// <param name="work">Told what is worth knowing.</param>
    /// <exception cref="BadInputException">There is no checkpoint, or it is damaged.</exception>
    public static MomentNetwork Of(string model, EncoderOptions? options = null, WorkContext? work = null)
    {
        var session = new EvaluationSession(new EvaluationOptions(options ?? new EncoderOptions())
        {
            Checkpoint = model,
        }, work);
        return new(session, session.Open());
    }

    /// <summary>The same net with random weights, to compare with.</summary>
    public static MomentNetwork Random(string model, EncoderOptions options, long seed = 1)
    {
        var session = new EvaluationSession(new EvaluationOptions(options) { Checkpoint = model });
        using EvaluatedModel trained = session.Open();
        return new(session, session.Random(trained.Options, seed));
    }

    /// <summary>The network that a library is made by, or to be made by.</summary>
    /// <param name="model">As the user names it; null: the library's, or the weights that come with the
    /// program.</param>
    /// <param name="header">The library's; null: it is new.</param>
    /// <param name="library">The library.</param>
    /// <param name="options">Windows and device.</param>
    /// <param name="work">Told what is worth knowing.</param>
    /// <exception cref="BadInputException">There is no such model, or it is another one than the library's.</exception>
    public static MomentNetwork Open(string? model, LibraryHeader? header, string library, EncoderOptions options,
        WorkContext work)
    {
        if (header is null)
            return Of(model ?? PretrainedWeights.Find(PretrainedWeights.World)!, options with
            {
                Precision = options.Precision ?? PrecisionChoice.Auto,
            }, work);
        string file = model ?? Kept(header, library);
        MomentNetwork network = Of(file, options with
        {
            Frames = header.Frames,
            Size = header.Size,
            FrameStride = header.FrameStride,
            Precision = options.Precision ?? header.Precision,
        }, work);
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

    public TrainOptions Trained => _model.Options;

    /// <summary>The checkpoint; null: its weights are random.</summary>
    public string? File => _model.File;

    public string Hash => _model.Hash;

    public ClipOptions Clips => _session.Clips(_model.Options);

    public string Precision => _model.Options.Precision;

    public int FeatureSize => _model.Model.Backbone.FeatureSize;

    public int Concepts => _model.Model is ConceptModel concepts ? concepts.Options.Concepts : 0;

    public int LookSize => FeatureSize;

    public int MotionSize => FeatureSize + Concepts;

    /// <summary>Describes moments.</summary>
    /// <param name="moments">The frames of each, (3, H, W).</param>
    /// <param name="size">H = W.</param>
    public DescribedMoments Describe(IReadOnlyList<byte[][]> moments, int size)
    {
        using CollectionPause pause = CollectionPause.Begin();
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int frames = moments[0].Length, area = 3 * size * size;
        Tensor pixels = empty([moments.Count, frames, 3, size, size], uint8);
        for (int i = 0; i < moments.Count; i++)
            for (int t = 0; t < frames; t++)
                moments[i][t].CopyTo(pixels.bytes.Slice(((i * frames) + t) * area, area));
        Tensor clips = Normalization.Clips(pixels.to(_session.Device));
        (Tensor scores, Tensor features, Tensor stills, Tensor differences) = Views(clips);
        Tensor look = UnitVectors.Of(stills.to(float32));
        Tensor motion = UnitVectors.Of(differences.to(float32));
        if (Concepts > 0) motion = cat([motion, Assigned(scores.to(float32))], 1);
        return new(Numbers(look), Numbers(motion), Numbers(features), Concepts > 0 ? Numbers(scores) : []);
    }

    // The dynamic concepts that difference views show, as a unit vector of soft assignments (N, K).
    private Tensor Assigned(Tensor scores) => UnitVectors.Of(
        nn.functional.softmax(scores.narrow(1, 3 * Concepts, Concepts) / Temperature, 1));

    private (Tensor Scores, Tensor Clips, Tensor Stills, Tensor Differences) Views(Tensor clips)
    {
        if (_concepts is not null) return _concepts.ScoresAndViews(clips);
        return (empty(0), _model.Features(FeatureViews.Clips, clips),
            _model.Features(FeatureViews.Clips, ClipChanges.Frozen(clips)),
            _model.Features(FeatureViews.Differences, clips));
    }

    public void Dispose() => _model.Dispose();

    private static float[] Numbers(Tensor x)
    {
        float[] numbers = x.to(float32).cpu().contiguous().data<float>().ToArray();
        foreach (float number in numbers)
            if (!float.IsFinite(number)) throw new ArithmeticException(
                "the network's output is not finite; a model that has diverged is to be trained with a smaller "
                + "learning rate.");
        return numbers;
    }
}
