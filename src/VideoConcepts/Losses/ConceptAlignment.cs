using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// Views that should agree on their concepts predict each other's balanced assignment. Source: docs/method.md.
/// </summary>
public static class ConceptAlignment
{
    /// <summary>Cosines are divided by it before the softmax.</summary>
    public const double Temperature = 0.1;

    /// <summary>
    /// scores (B, P, C): the agreeing views and the columns of one kind; queue (Q, P, C): past scores of the same
    /// views, or null. Mean over the partners of a view, then over the views.
    /// </summary>
    public static Tensor Loss(Tensor scores, Tensor? queue) => Predict(scores, Targets(scores, queue));

    /// <summary>
    /// Every view predicts the targets (B, P, C) of its partners, as <see cref="Targets"/> gives them.
    /// </summary>
    /// <param name="scores">(B, P, C).</param>
    /// <param name="targets">(B, P, C).</param>
    /// <param name="pupils">The first so many views only learn: nobody predicts their targets.</param>
    public static Tensor Predict(Tensor scores, Tensor targets, int pupils = 0)
    {
        using var scope = NewDisposeScope();
        long b = scores.shape[0], p = scores.shape[1], teachers = p - pupils;
        Tensor logs = nn.functional.log_softmax(scores / Temperature, -1);
        Tensor taught = targets.narrow(1, pupils, teachers), sum = taught.sum(1, keepdim: true);
        // A teacher predicts its partners' targets, a pupil those of all teachers.
        Tensor agreement = ((sum - taught) * logs.narrow(1, pupils, teachers)).sum() / (teachers - 1);
        if (pupils > 0) agreement = agreement + ((sum * logs.narrow(1, 0, pupils)).sum() / teachers);
        return (-agreement / (b * p)).MoveToOuterDisposeScope();
    }

    /// <summary>One Sinkhorn per view over this batch and the queue; the rows of the batch, (B, P, C).</summary>
    public static Tensor Targets(Tensor scores, Tensor? queue)
    {
        using var scope = NewDisposeScope();
        Tensor all = queue is null ? scores : cat([scores, queue], 0);
        return stack([.. Enumerable.Range(0, (int)scores.shape[1]).Select(i =>
            Sinkhorn.Assign(all.select(1, i)).narrow(0, 0, scores.shape[0]))], 1).MoveToOuterDisposeScope();
    }
}
