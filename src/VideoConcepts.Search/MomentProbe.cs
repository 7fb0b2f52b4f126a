using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Search;

/// <summary>How well probes rank moments of videos that they have not seen.</summary>
/// <param name="Precision">Mean average precision of the folds. What is not tagged counts as not of the tag.</param>
/// <param name="Chance">Share of the tagged moments.</param>
/// <param name="Videos">That have tagged moments.</param>
internal sealed record HeldOutPrecision(double Precision, double Chance, int Videos);

/// <summary>
/// What else is like some moments: a linear probe, least squares with an L2 penalty in closed form, on the vectors of
/// all moments. Those that are not tagged are its other class, and both classes weigh the same; a moment that was said
/// not to be like them weighs as much as a tagged one. Held out are all moments of a fifth of the videos at a time, and
/// the penalty is the one under which held-out tagged moments stand highest.
/// </summary>
/// <param name="Scores">Of every moment, in the order of their numbers; tagged ones are near 0.5, others near
/// -0.5.</param>
/// <param name="HeldOut">Null: too few videos have tagged moments, or there are too many moments.</param>
internal sealed record MomentProbe(float[] Scores, HeldOutPrecision? HeldOut)
{
    private const int Folds = 5, FewestVideos = 5, MostHeldOut = 200_000;
    private static readonly double[] s_penalties = [1, 0.1, 0.01, 0.001];

    /// <summary>Trains one.</summary>
    /// <param name="matrix">The vectors.</param>
    /// <param name="columns">The part of a row that is read: its first number, and how many.</param>
    /// <param name="videoOf">The video of each moment.</param>
    /// <param name="tagged">Places of the moments that are meant, one or more.</param>
    /// <param name="against">Places of moments that are not meant.</param>
    /// <param name="stop">Stops between two fits.</param>
    public static MomentProbe Train(MomentMatrix matrix, (int First, int Count) columns, int[] videoOf,
        IReadOnlyCollection<int> tagged, IReadOnlyCollection<int> against, CancellationToken stop = default)
    {
        int n = videoOf.Length;
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor x = Rows(matrix, columns, n);
        x -= x.mean([0L], keepdim: true);
        var labels = new float[n];
        var weights = new double[n];
        Array.Fill(weights, 1);
        foreach (int i in against) weights[i] = Math.Max(1, (double)(n - tagged.Count) / tagged.Count);
        foreach (int i in tagged) labels[i] = 1;
        (HeldOutPrecision? heldOut, double penalty) = Choose(x, labels, weights, videoOf, stop);
        return new(Fit(x, labels, weights, _ => true, penalty).data<float>().ToArray(), heldOut);
    }

    private static (HeldOutPrecision?, double) Choose(Tensor x, float[] labels, double[] weights, int[] videoOf,
        CancellationToken stop)
    {
        int[] videos = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] > 0).Select(i => videoOf[i])
            .Distinct()];
        if (videos.Length < FewestVideos || labels.Length > MostHeldOut) return (null, s_penalties[1]);
        // tagged videos are dealt to the folds in turn, so that each has some
        Dictionary<int, int> dealt = videos.Index().ToDictionary(video => video.Item, video => video.Index % Folds);
        int[] fold = [.. videoOf.Select(video => dealt.GetValueOrDefault(video, video % Folds))];
        double best = -1, penalty = s_penalties[0];
        foreach (double tried in s_penalties)
        {
            var precisions = new double[Folds];
            for (int f = 0; f < Folds; f++)
            {
                stop.ThrowIfCancellationRequested();
                using DisposeScope scope = NewDisposeScope();
                float[] scores = Fit(x, labels, weights, i => fold[i] != f, tried).data<float>().ToArray();
                precisions[f] = AveragePrecision(scores, labels, i => fold[i] == f);
            }
            if (precisions.Average() > best) (best, penalty) = (precisions.Average(), tried);
        }
        return (new(best, labels.Average(), videos.Length), penalty);
    }

    private static Tensor Fit(Tensor x, float[] labels, double[] weights, Func<int, bool> isLearned, double penalty)
    {
        int n = labels.Length;
        double[] sums = [0, 0];
        for (int i = 0; i < n; i++) if (isLearned(i)) sums[(int)labels[i]] += weights[i];
        var w = new float[n];
        for (int i = 0; i < n; i++)
            if (isLearned(i)) w[i] = (float)(weights[i] / Math.Max(1e-9, sums[(int)labels[i]]) / 2); // a class: 1/2
        Tensor weight = tensor(w, [n, 1]), y = tensor(labels, [n, 1]) - 0.5f;
        Tensor mean = (x * weight).sum([0L], keepdim: true);
        Tensor centred = x - mean;
        Tensor gram = (centred * weight).t().matmul(centred);
        double scale = gram.trace().ToDouble() / gram.shape[0];
        Tensor system = gram + (eye(gram.shape[0]) * (float)((penalty * scale) + 1e-8));
        return centred.matmul(linalg.solve(system, (centred * weight).t().matmul(y))).flatten();
    }

    private static double AveragePrecision(float[] scores, float[] labels, Func<int, bool> isTested)
    {
        int found = 0, seen = 0;
        double sum = 0;
        foreach (int i in Enumerable.Range(0, scores.Length).Where(isTested).OrderByDescending(i => scores[i]))
        {
            seen++;
            if (labels[i] > 0) sum += (double)++found / seen;
        }
        return sum / Math.Max(1, found);
    }

    private static Tensor Rows(MomentMatrix matrix, (int First, int Count) columns, int n)
    {
        var rows = new float[(long)n * columns.Count];
        int at = 0;
        foreach ((_, _, int count, float[] block) in matrix.Blocks())
            for (int i = 0; i < count && at < rows.Length; i++, at += columns.Count)
                block.AsSpan((i * matrix.Width) + columns.First, columns.Count).CopyTo(rows.AsSpan(at));
        return tensor(rows, [n, columns.Count]);
    }
}
