using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// What a clip's feature is of: the clip itself, its difference views, which hardly know the scene, or both side by
/// side. Two more are without a network, to compare with: the clip's mean picture, and its mean absolute difference
/// from frame to frame.
/// </summary>
internal static class FeatureViews
{
    /// <summary>Values of <c>--view</c>.</summary>
    public const string Clips = "clips", Differences = "differences", Both = "both",
        MeanImage = "mean-image", DifferenceImage = "difference-image";

    private const int ImageSide = 16;

    internal static IReadOnlyList<string> Names { get; } = [Clips, Differences, Both, MeanImage, DifferenceImage];

    /// <summary>Says what <c>--view</c> is for.</summary>
    public const string Description = "what features are of: clips, differences (how clips change from frame to frame, "
        + "whatever the scene), both side by side, or to compare with, without the network: mean-image or "
        + "difference-image (16×16 grey)";

    /// <summary>False of pictures, which are the same whatever the network.</summary>
    public static bool NeedsNetwork(string view) => view is not (MeanImage or DifferenceImage);

    /// <summary>D, 2 D of both, 256 of pictures.</summary>
    public static int Dimension(Backbone backbone, string view) => NeedsNetwork(view)
        ? (view == Both ? 2 : 1) * backbone.FeatureSize : ImageSide * ImageSide;

    /// <summary>Clips (N, 3, T, H, W), normalised → features (N, D), of both two unit vectors, (N, 2 D).</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="difference">What difference views show, one of <see cref="Models.Differences.Names"/>.</param>
    /// <param name="view">One of the names.</param>
    /// <param name="clips">The clips.</param>
    /// <exception cref="BadInputException">There is no such view.</exception>
    public static Tensor Of(IVideoModel model, string difference, string view, Tensor clips)
    {
        using var scope = NewDisposeScope();
        Tensor features = view switch
        {
            Clips => model.Backbone.call(clips).Feat,
            Differences => Changes(),
            MeanImage => Image(Grey(clips).mean([1])),
            DifferenceImage => Image(Grey(clips).diff(1, 1).abs().mean([1])),
            Both => cat([UnitVectors.Of(model.Backbone.call(clips).Feat), UnitVectors.Of(Changes())], 1),
            _ => throw Unknown(view),
        };
        return features.MoveToOuterDisposeScope();

        static Tensor Grey(Tensor x) => Normalization.Levels(x.to(float32).transpose(1, 2)).mean([2]); // (N, T, H, W)

        static Tensor Image(Tensor pictures) =>
            nn.functional.adaptive_avg_pool2d(pictures.unsqueeze(1), ImageSide).flatten(1);

        Tensor Changes()
        {
            Tensor d = Models.Differences.OfClips(clips, difference);
            return (model is ConceptModel concepts ? concepts.OfDifferences(d) : model.Backbone.call(d)).Feat;
        }
    }

    /// <summary>Refuses what is none.</summary>
    /// <exception cref="BadInputException">There is no such view.</exception>
    public static string Checked(string view) => Names.Contains(view) ? view : throw Unknown(view);

    private static BadInputException Unknown(string view) =>
        new($"‹view› {view}: choose {string.Join(", ", Names)}.");
}
