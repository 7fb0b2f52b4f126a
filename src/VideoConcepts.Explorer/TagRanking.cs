using TorchSharp;
using VideoConcepts.Search;
using static TorchSharp.torch;

namespace VideoConcepts.Explorer;

/// <summary>
/// What else is like the moments of a tag: a linear probe, least squares with an L2 penalty in closed form, on the
/// vectors of the moments; those that are not tagged are its other class, both classes weigh the same, and moments that
/// were said not to be like it weigh as much as tagged ones. Held out are all moments of some videos at a time.
/// </summary>
internal static class TagRanking
{
    private const int Folds = 5, FewestVideos = 5, MostHeldOut = 200_000;
    private static readonly double[] s_penalties = [1, 0.1, 0.01, 0.001];

    public static RankAnswer Of(Request request, RankRequest asked, CancellationToken stop)
    {
        string tag = TagApi.Name(asked.Tag, 100, required: true)!;
        int[] positives = [.. request.Tags.MomentsOf(tag)];
        if (positives.Length == 0) throw new RefusedException(404, $"No moment has the tag {tag}.");
        int[] negatives = [.. (asked.Not ?? []).Select(request.Place).Except(positives)];
        LibraryView view = request.View;
        int n = view.Moments.Length;
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor x = Rows(view, asked.Part ?? "both");
        x -= x.mean([0L], keepdim: true);
        var labels = new float[n];
        var weights = new double[n];
        Array.Fill(weights, 1);
        foreach (int i in negatives) weights[i] = Math.Max(1, (double)(n - positives.Length) / positives.Length);
        foreach (int i in positives) labels[i] = 1;
        (HoldOut? heldOut, double penalty) = Choose(view, x, labels, weights, positives, stop);
        float[] scores = Fit(x, labels, weights, _ => true, penalty).data<float>().ToArray();
        HashSet<int> known = [.. positives, .. negatives];
        int top = Math.Clamp(asked.Top ?? 36, 1, 200);
        var seen = new HashSet<(int, int)>();
        var best = Enumerable.Range(0, n).Where(i => !known.Contains(i)).OrderByDescending(i => scores[i])
            // not all of one place
            .Where(i => seen.Add((view.VideoOf[i], (int)(view.Moments[i].Start / 2)))).Take(top);
        return new(positives.Length, heldOut,
            [.. best.Select(i => new RankedAnswer(request.Moment(i), scores[i]))]);
    }

    // The penalty under which held-out tagged moments stand highest.
    private static (HoldOut?, double) Choose(LibraryView view, Tensor x, float[] labels, double[] weights,
        int[] positives, CancellationToken stop)
    {
        int[] videos = [.. positives.Select(i => view.VideoOf[i]).Distinct()];
        if (videos.Length < FewestVideos || labels.Length > MostHeldOut) return (null, s_penalties[1]);
        // tagged videos are dealt to the folds in turn, so that each has some
        var fold = new int[view.Videos.Length];
        for (int i = 0; i < fold.Length; i++) fold[i] = i % Folds;
        for (int i = 0; i < videos.Length; i++) fold[videos[i]] = i % Folds;
        double best = -1, penalty = s_penalties[0];
        foreach (double tried in s_penalties)
        {
            var scores = new float[labels.Length];
            for (int f = 0; f < Folds; f++)
            {
                stop.ThrowIfCancellationRequested();
                using DisposeScope scope = NewDisposeScope();
                float[] some = Fit(x, labels, weights, i => fold[view.VideoOf[i]] != f, tried).data<float>().ToArray();
                for (int i = 0; i < some.Length; i++) if (fold[view.VideoOf[i]] == f) scores[i] = some[i];
            }
            double precision = Enumerable.Range(0, Folds)
                .Select(f => AveragePrecision(scores, labels, i => fold[view.VideoOf[i]] == f))
                .OfType<double>().Average();
            if (precision > best) (best, penalty) = (precision, tried);
        }
        return (new(best, (double)positives.Length / labels.Length, videos.Length), penalty);
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

    private static double? AveragePrecision(float[] scores, float[] labels, Func<int, bool> isTested)
    {
        int found = 0, seen = 0;
        double sum = 0;
        foreach (int i in Enumerable.Range(0, scores.Length).Where(isTested).OrderByDescending(i => scores[i]))
        {
            seen++;
            if (labels[i] > 0) sum += (double)++found / seen;
        }
        return found == 0 ? null : sum / found;
    }

    private static Tensor Rows(LibraryView view, string part)
    {
        (int from, int size) = part switch
        {
            "static" => (0, view.Header.LookSize),
            "dynamic" => (view.Header.LookSize, view.Header.MotionSize),
            "both" => (0, view.Header.LookSize + view.Header.MotionSize),
            _ => throw new RefusedException(400, "A probe reads static, dynamic or both."),
        };
        MomentMatrix matrix = view.Matrix;
        var rows = new float[(long)view.Moments.Length * size];
        int at = 0;
        foreach ((_, _, int count, float[] block) in matrix.Blocks())
            for (int i = 0; i < count && at < rows.Length; i++, at += size)
                block.AsSpan((i * matrix.Width) + from, size).CopyTo(rows.AsSpan(at));
        return tensor(rows, [view.Moments.Length, size]);
    }
}
