using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Search;

/// <summary>A network of the program, trained or random.</summary>
internal sealed class TrainedMomentNetwork : MomentNetwork
{
    // Of the softmax that makes assignments of scores: the epsilon of the training's balanced assignments.
    private const double Temperature = 0.05;

    private readonly EvaluationSession _session;
    private readonly EvaluatedModel _model;
    private readonly ConceptReading? _concepts;

    private TrainedMomentNetwork(EvaluationSession session, EvaluatedModel model)
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
    public static TrainedMomentNetwork Of(string model, EncoderOptions? options = null,
        WorkContext? work = null)
    {
        var session = new EvaluationSession(new EvaluationOptions(options ?? new EncoderOptions())
        {
            Checkpoint = model,
        }, work);
        return new(session, session.Open());
    }

    /// <summary>The same net with random weights, to compare with.</summary>
    public static TrainedMomentNetwork Random(string model, EncoderOptions options, long seed = 1)
    {
        var session = new EvaluationSession(new EvaluationOptions(options) { Checkpoint = model });
        using EvaluatedModel trained = session.Open();
        return new(session, session.Random(trained.Options, seed));
    }

    public override string? File => _model.File;

    public override string Hash => _model.Hash;

    public override string Net => _model.Options.Net;

    public override string Precision => _model.Options.Precision;

    public override int Frames => _session.Clips(_model.Options).Frames;

    public override int Size => _session.Clips(_model.Options).Size;

    /// <summary>The middle of those that it was trained with.</summary>
    public override int Stride => _model.Options.MiddleRate;

    public override int FeatureSize => _model.Model.Backbone.FeatureSize;

    public override int Concepts => _model.Model is ConceptModel concepts ? concepts.Options.Concepts : 0;

    public override int MotionSize => FeatureSize + Concepts;

    public override DescribedMoments Describe(IReadOnlyList<byte[][]> moments, int size)
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

    public override void Dispose() => _model.Dispose();

    private static float[] Numbers(Tensor x) =>
        Finite(x.to(float32).cpu().contiguous().data<float>().ToArray());

    /// <summary>Refuses numbers that say nothing.</summary>
    /// <exception cref="ArithmeticException">One of them is not finite.</exception>
    private static float[] Finite(float[] numbers)
    {
        foreach (float number in numbers)
            if (!float.IsFinite(number)) throw new ArithmeticException(
                "the network's output is not finite; a model that has diverged is to be trained with a smaller "
                + "learning rate.");
        return numbers;
    }
}
