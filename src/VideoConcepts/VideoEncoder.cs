using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts;

/// <summary>What an encoder describes of a clip.</summary>
public enum EncoderView
{
    /// <summary>The clip as it is, D numbers.</summary>
    Clips,

    /// <summary>Its frame differences, D numbers: motion where little moves.</summary>
    Differences,

    /// <summary>Both, 2 D numbers.</summary>
    Both,
}

/// <summary>
/// A trained network: videos in, features and concept scores out. Not safe for several threads at once.
/// </summary>
public sealed class VideoEncoder : IDisposable
{
    private readonly EvaluatedModel _model;
    private readonly EvaluationSession _session;

    private VideoEncoder(EvaluationOptions options, WorkContext? work)
    {
        _session = new EvaluationSession(options, work);
        _model = _session.Open();
        Clips = CutFor(_model);
    }

    private VideoEncoder(EvaluationSession session, EvaluatedModel model)
    {
        _session = session;
        _model = model;
        Clips = CutFor(model);
    }

    /// <summary>The encoder of a training run.</summary>
    /// <param name="path">A run's folder, whose newest undamaged checkpoint is taken, or a checkpoint.</param>
    /// <param name="options">Windows and device; null: as trained.</param>
    /// <param name="work">Who is told how longer work goes.</param>
    /// <exception cref="BadInputException">There is no checkpoint, it is damaged, or an option is out of
    /// range.</exception>
    public static VideoEncoder Load(string path, EncoderOptions? options = null, WorkContext? work = null) =>
        new(Evaluation(options) with { Checkpoint = path }, work);

    /// <summary>A net with random weights, for windows of 16 frames of 128 pixels unless the options say otherwise; to
    /// compare a trained one with, see <see cref="Untrained"/>.</summary>
    /// <param name="net">One of <see cref="Backbones.Names"/>.</param>
    /// <param name="seed">Of its weights.</param>
    /// <param name="options">Windows and device.</param>
    /// <param name="work">Who is told how longer work goes.</param>
    /// <exception cref="BadInputException">There is no such net, or an option is out of range.</exception>
    public static VideoEncoder Random(string net, long seed = 1, EncoderOptions? options = null,
        WorkContext? work = null) =>
        new(Evaluation(options) with { Net = net, Seed = seed }, work);

    /// <summary>The same net with random weights and the same windows: what a claim about this one is to be compared
    /// with. The caller disposes it.</summary>
    /// <param name="seed">Of its weights.</param>
    public VideoEncoder Untrained(long seed = 1) => new(_session, _session.Random(_model.Options, seed));

    /// <summary>How it was trained.</summary>
    public TrainOptions Training => _model.Options;

    /// <summary>How it cuts videos into windows.</summary>
    public ClipOptions Clips { get; }

    /// <summary>The network itself, in evaluation mode; it stays the encoder's.</summary>
    public Backbone Backbone => _model.Model.Backbone;

    /// <summary>D, numbers of a clip's feature.</summary>
    public int FeatureSize => Backbone.FeatureSize;

    /// <summary>K, concepts of each kind; 0 of a model without concepts.</summary>
    public int Concepts => _model.Model is ConceptModel concepts ? concepts.Options.Concepts : 0;

    /// <summary>Features of clips that the caller has as pixels.</summary>
    /// <param name="pixels">(N, T, 3, H, W), uint8, RGB; any T, H and W that the network takes.</param>
    /// <param name="view">What is described.</param>
    /// <returns>(N, D) or (N, 2 D), float32, on the encoder's device; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape or the type is another one.</exception>
    public Tensor EmbedClips(Tensor pixels, EncoderView view = EncoderView.Clips)
    {
        if (pixels.dim() != 5 || pixels.shape[2] != 3 || pixels.dtype != uint8)
            throw new ArgumentException($"Clips are (N, T, 3, H, W) of uint8, not ({string.Join(", ", pixels.shape)}) "
                + $"of {pixels.dtype}.", nameof(pixels));
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor clips = Normalization.Clips(pixels.to(_session.Device));
        return _model.Features(Name(view), clips).to(float32).MoveToOuterDisposeScope();
    }

    /// <summary>One feature per video: the mean over its windows of their unit features.</summary>
    /// <param name="videos">A list, with or without labels.</param>
    /// <param name="view">What is described.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="BadInputException">A frame cannot be read, or no video is long enough for a window.</exception>
    public FeatureTable Embed(
        VideoList videos, EncoderView view = EncoderView.Clips, CancellationToken stop = default) =>
        _session.Features(_model, videos, Name(view), "features", null, stop);

    /// <summary>The feature of every window, (windows, D), as the network gives it.</summary>
    /// <param name="videos">A list, with or without labels.</param>
    /// <param name="view">What is described.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="BadInputException">A frame cannot be read, or no video is long enough for a window.</exception>
    public ClipTable EmbedWindows(VideoList videos, EncoderView view = EncoderView.Clips,
        CancellationToken stop = default)
    {
        FeatureExtractor extractor = _session.Extractor(Clips);
        return _session.Track("features", extractor, videos, progress => extractor.ExtractClips(videos.Videos,
            clips => _model.Features(Name(view), clips), progress, stop), table => table.Dropped);
    }

    /// <summary>How strongly each video shows each concept.</summary>
    /// <param name="videos">A list, with or without labels.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="InvalidOperationException">The model has no concepts.</exception>
    /// <exception cref="BadInputException">A frame cannot be read, or no video is long enough for a window.</exception>
    public ConceptScores Score(VideoList videos, CancellationToken stop = default)
    {
        if (_model.Model is not ConceptModel concepts)
            throw new InvalidOperationException($"{_model.Name} has no concepts; they are of method concepts.");
        var reading = new ConceptReading(concepts, _model.Options.Difference);
        FeatureExtractor extractor = _session.Extractor(Clips);
        return new(_session.Track("concept scores", extractor, videos, progress => VideoScores.Of(extractor,
            videos.Videos, reading.Scores, softmaxFirst: false, progress, stop), scores => scores.Dropped),
            reading.Heads);
    }

    /// <summary>Writes the weights of the checkpoint, as it is now, alone, under PyTorch's keys, to a safetensors file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="backboneAlone">Only the backbone's weights, without the prefix <c>backbone.</c>.</param>
    /// <exception cref="InvalidOperationException">The weights are random: there is no checkpoint to
    /// export.</exception>
    /// <exception cref="BadInputException">Something that may not be written over stands there.</exception>
    public void Export(string path, bool backboneAlone = false) => Checkpoint.Export(_model.File
        ?? throw new InvalidOperationException("Random weights are of no checkpoint."), path, backboneAlone);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static EvaluationOptions Evaluation(EncoderOptions? options) =>
        options as EvaluationOptions ?? new EvaluationOptions(options ?? new EncoderOptions());

    private ClipOptions CutFor(EvaluatedModel model)
    {
        try
        {
            return _session.Clips(model.Options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string Name(EncoderView view) => view switch
    {
        EncoderView.Clips => FeatureViews.Clips,
        EncoderView.Differences => FeatureViews.Differences,
        _ => FeatureViews.Both,
    };
}
