using TorchSharp;
using VideoConcepts.Losses;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>How the concepts of one head are used, as they are and less what all clips have in common.</summary>
/// <param name="Dead">Concepts that lead for no video.</param>
/// <param name="CentredDead">The same when each concept's mean over the list is taken out of its scores: fewer mean
/// that a part which all clips share decides.</param>
/// <param name="Targets">Entropy of a video's balanced assignment, over ln K: what training asks for.</param>
/// <param name="Predictions">Entropy of what the head predicts, over ln K: 1 if it tells nothing apart.</param>
/// <param name="Information">Adjusted mutual information of the leading concept with each factor.</param>
/// <param name="CentredInformation">The same of the centred scores.</param>
public sealed record HeadDiagnosis(int Dead, int CentredDead, double Targets, double Predictions,
    IReadOnlyList<double> Information, IReadOnlyList<double> CentredInformation);

/// <summary>Why concepts are dead or tell the wrong factor, from a trained model alone.</summary>
internal static class ConceptDiagnosis
{
    /// <param name="scores">Row-major (N, K).</param>
    /// <param name="concepts">K.</param>
    /// <param name="factors">The class of every video, for each factor.</param>
    public static HeadDiagnosis Of(float[] scores, int concepts, IReadOnlyList<IReadOnlyList<int>> factors)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor all = tensor(scores, [scores.Length / concepts, concepts]);
        float[] centred = [.. (all - all.mean([0], keepdim: true)).data<float>()];
        int[] leading = Metrics.Predictions(scores, concepts), rest = Metrics.Predictions(centred, concepts);
        Tensor targets = Sinkhorn.Assign(all), predictions = (all / ConceptAlignment.Temperature).softmax(1);
        return new HeadDiagnosis(Dead(leading), Dead(rest), Entropy(targets), Entropy(predictions),
            [.. factors.Select(labels => ConceptQuality.AdjustedMutualInformation(leading, labels))],
            [.. factors.Select(labels => ConceptQuality.AdjustedMutualInformation(rest, labels))]);

        int Dead(int[] leads) => concepts - leads.Distinct().Count();
        double Entropy(Tensor p) => concepts == 1 ? 1 : (xlogy(p, p).sum(1).mean() / -Math.Log(concepts)).ToDouble();
    }

    /// <summary>
    /// Share of videos whose clip is nearer to the video's own other view than to any other's; chance is 1 / N.
    /// </summary>
    /// <param name="clips">Unit vectors, row-major (N, P).</param>
    /// <param name="others">Those of the other views, in the same order.</param>
    /// <param name="length">P.</param>
    public static double Follows(float[] clips, float[] others, int length)
    {
        using var scope = NewDisposeScope();
        long rows = clips.Length / length;
        Tensor nearest = tensor(clips, [rows, length]).matmul(tensor(others, [rows, length]).t()).argmax(1);
        return nearest.eq(arange(rows, int64)).to(float32).mean().ToDouble();
    }
}
