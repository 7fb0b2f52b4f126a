using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Search;

/// <summary>
/// Lays moments out in a plane so that alike ones are near each other: t-SNE (van der Maaten and Hinton 2008) of some
/// of them, begun from their principal components; each other one is placed among the three of those that it is most
/// like.
/// </summary>
internal sealed class MomentMap
{
    /// <summary>Most moments that are laid out together; the time grows with the square.</summary>
    internal const int MostEmbedded = 3000;

    private const int Rounds = 500, Exaggerated = 150, Searched = 50, Nearest = 3;
    private const double Perplexity = 30, Exaggeration = 12, Radius = 100;

    /// <summary>Lays out a library.</summary>
    /// <param name="library">Which.</param>
    /// <param name="motion">How much motion counts, 0 to 1, as in a search.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="stop">Stops between rounds.</param>
    /// <param name="most">Most moments that are laid out together.</param>
    /// <returns>x and y, within ±100, of each moment in the order of their numbers; the same for the same
    /// library.</returns>
    public static MapLayout Of(MomentLibrary library, double motion, Action<double>? progress = null,
        CancellationToken stop = default, int most = MostEmbedded)
    {
        long version = library.Store.Version;
        MomentPairs pairs = MomentPairs.Load(library, Slider.At(motion, library.Header.Concepts > 0), stop);
        int count = checked((int)pairs.Count);
        var random = RandomStream.For(count, most);
        int[] chosen = count <= most ? [.. Enumerable.Range(0, count)]
            : [.. random.NextPermutation(count).Take(most).Order()];
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor embedded = Rows(pairs, chosen);
        float[] plane = Embed(embedded, round => progress?.Invoke(0.9 * round / Rounds), stop);
        float[] places = count == chosen.Length ? plane : Place(pairs, chosen, embedded, plane, random, progress, stop);
        return new(version, chosen.Length, places);
    }

    /// <summary>t-SNE of rows (N, D) by their Euclidean distances → x and y of each, within ±100.</summary>
    internal static float[] Embed(Tensor rows, Action<int> progress, CancellationToken stop)
    {
        int n = (int)rows.shape[0];
        if (n < 4) return [.. Enumerable.Range(0, 2 * n).Select(i => i % 2 == 0 ? i * 10f : 0)];
        using Tensor likeness = Likeness(Distances(rows), Math.Min(Perplexity, (n - 1) / 3.0), stop);
        Tensor others = 1 - eye(n); // none is its own neighbour
        Tensor y = Components(rows), step = zeros_like(y), gains = ones_like(y);
        double rate = Math.Max(n / Exaggeration / 4, 50);
        for (int round = 0; round < Rounds; round++)
        {
            stop.ThrowIfCancellationRequested();
            using DisposeScope inner = NewDisposeScope();
            double exaggeration = round < Exaggerated ? Exaggeration : 1, momentum = round < Exaggerated ? 0.5 : 0.8;
            Tensor near = others / (1 + Distances(y));
            Tensor pull = ((likeness * exaggeration) - (near / near.sum())) * near;
            Tensor gradient = 4 * ((pull.sum(1, keepdim: true) * y) - pull.matmul(y));
            Tensor turned = gradient.mul(step).lt(0); // it goes on in the direction of the step
            Tensor grown = where(turned, gains + 0.2, (gains * 0.8).clamp_min(0.01));
            Tensor next = (step * momentum) - (rate * grown * gradient);
            Tensor moved = y + next;
            moved -= moved.mean([0L], keepdim: true);
            (Tensor, Tensor, Tensor) old = (y, step, gains);
            (y, step, gains) = (moved.DetachFromDisposeScope(), next.DetachFromDisposeScope(),
                grown.DetachFromDisposeScope());
            old.Item1.Dispose();
            old.Item2.Dispose();
            old.Item3.Dispose();
            progress(round + 1);
        }
        float[] places = (y * (Radius / y.abs().max().clamp_min(1e-12))).contiguous().data<float>().ToArray();
        y.Dispose();
        step.Dispose();
        gains.Dispose();
        return places;
    }

    // Squared distances (N, N).
    private static Tensor Distances(Tensor rows)
    {
        Tensor squares = rows.pow(2).sum(1, keepdim: true);
        return (squares + squares.t() - (2 * rows.matmul(rows.t()))).clamp_min(0);
    }

    // P of the distances: of each row a Gaussian of the width that gives its neighbours the perplexity, made symmetric.
    private static Tensor Likeness(Tensor distances, double perplexity, CancellationToken stop)
    {
        using DisposeScope scope = NewDisposeScope();
        int n = (int)distances.shape[0];
        double wanted = Math.Log(perplexity);
        Tensor others = 1 - eye(n);
        Tensor apart = distances - (distances + (eye(n) * 1e9)).min(1, keepdim: true).values; // of the nearest 0
        Tensor low = zeros(n, 1), high = full([n, 1], float.PositiveInfinity), beta = ones(n, 1);
        Tensor p = apart;
        for (int i = 0; i < Searched; i++)
        {
            stop.ThrowIfCancellationRequested();
            p = exp(-beta * apart) * others;
            Tensor sum = p.sum(1, keepdim: true).clamp_min(1e-30);
            Tensor entropy = log(sum) + (beta * (apart * p).sum(1, keepdim: true) / sum);
            Tensor tooWide = entropy.gt(wanted);
            (low, high) = (where(tooWide, beta, low), where(tooWide, high, beta));
            beta = where(isinf(high), beta * 2, (low + high) / 2);
            p = p / sum;
        }
        Tensor both = p + p.t();
        return (both / both.sum()).clamp_min(1e-12).MoveToOuterDisposeScope();
    }

    // The first two principal components, small: rounds begin from the same place each time.
    private static Tensor Components(Tensor rows)
    {
        Tensor centred = rows - rows.mean([0L], keepdim: true);
        (_, Tensor vectors) = linalg.eigh(centred.t().matmul(centred).to(float64));
        Tensor axes = vectors.narrow(1, vectors.shape[1] - 2, 2).flip(1).to(float32);
        axes *= axes.sum(0, keepdim: true).sign(); // of the two directions of an axis always the same
        Tensor y = centred.matmul(axes);
        return (y * (1e-4 / y.select(1, 0).std().clamp_min(1e-12))).DetachFromDisposeScope();
    }

    private static float[] Place(MomentPairs pairs, int[] chosen, Tensor embedded, float[] plane, RandomStream random,
        Action<double>? progress, CancellationToken stop)
    {
        var places = new float[2 * pairs.Count];
        HashSet<int> there = [.. chosen];
        for (int i = 0; i < chosen.Length; i++)
            (places[2 * chosen[i]], places[(2 * chosen[i]) + 1]) = (plane[2 * i], plane[(2 * i) + 1]);
        int[][] rest = [.. Enumerable.Range(0, (int)pairs.Count).Where(i => !there.Contains(i)).Chunk(2048)];
        for (int part = 0; part < rest.Length; part++)
        {
            stop.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            (Tensor similar, Tensor near) = Rows(pairs, rest[part]).matmul(embedded.t()).topk(Nearest, 1);
            float[] weights = (similar * 20).softmax(1).contiguous().data<float>().ToArray();
            long[] ids = near.contiguous().data<long>().ToArray();
            for (int i = 0; i < rest[part].Length; i++)
            {
                double x = 0, y = 0;
                for (int k = 0; k < Nearest; k++)
                {
                    int at = (i * Nearest) + k;
                    x += weights[at] * plane[2 * ids[at]];
                    y += weights[at] * plane[(2 * ids[at]) + 1];
                }
                // what is alike would lie in one point
                places[2 * rest[part][i]] = (float)(x + (0.3 * random.NextNormal()));
                places[(2 * rest[part][i]) + 1] = (float)(y + (0.3 * random.NextNormal()));
            }
            progress?.Invoke(0.9 + (0.1 * (part + 1) / rest.Length));
        }
        return places;
    }

    private static Tensor Rows(MomentPairs pairs, int[] wanted)
    {
        var rows = new List<float[]>(wanted.Length);
        int video = 0, first = 0;
        foreach (int i in wanted)
        {
            while (i - first >= pairs.Videos[video].Count) first += pairs.Videos[video++].Count;
            rows.Add(pairs.Row(video, i - first));
        }
        return tensor(rows.SelectMany(row => row).ToArray(), [wanted.Length, rows[0].Length]);
    }
}
