using VideoConcepts.Data;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>Class scores of videos, probabilities or logits.</summary>
/// <param name="Values">Row-major (N, C).</param>
/// <param name="Classes">C.</param>
/// <param name="Videos">The N videos.</param>
/// <param name="Dropped">Videos that were too short.</param>
internal sealed record VideoScores(
    float[] Values, int Classes, IReadOnlyList<VideoEntry> Videos, IReadOnlyList<VideoEntry> Dropped)
{
    /// <summary>The class of every row.</summary>
    /// <exception cref="BadInputException">A row of the list has no label.</exception>
    public int[] Labels() => new FeatureTable(Values, Classes, Videos, Dropped).Labels();

    /// <summary>Per video the mean over its windows of the network's outputs.</summary>
    /// <param name="extractor">Cuts and decodes.</param>
    /// <param name="videos">The list.</param>
    /// <param name="network">Clips → logits (N, C).</param>
    /// <param name="softmaxFirst">Mean of probabilities (coclr) instead of logits (10clip).</param>
    /// <param name="progress">Told the number of clips done.</param>
    /// <param name="stop">Stops between batches.</param>
    public static VideoScores Of(FeatureExtractor extractor, IReadOnlyList<VideoEntry> videos,
        Func<Tensor, Tensor> network, bool softmaxFirst,
        IProgress<long>? progress = null, CancellationToken stop = default) =>
        OfViews(extractor, videos, network, softmaxFirst, progress, stop)[0];

    /// <summary>The same of each view, all from one pass over the videos.</summary>
    /// <param name="extractor">Cuts and decodes.</param>
    /// <param name="videos">The list.</param>
    /// <param name="network">Clips → logits (N, C).</param>
    /// <param name="softmaxFirst">Mean of probabilities (coclr) instead of logits (10clip).</param>
    /// <param name="progress">Told the number of clips done, each counted once.</param>
    /// <param name="stop">Stops between batches.</param>
    public static IReadOnlyList<VideoScores> OfViews(FeatureExtractor extractor, IReadOnlyList<VideoEntry> videos,
        Func<Tensor, Tensor> network, bool softmaxFirst, IProgress<long>? progress = null,
        CancellationToken stop = default)
    {
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) = extractor.Split(videos);
        VideoMeans[] views = [.. Enumerable.Range(0, extractor.Views).Select(_ => new VideoMeans(kept, unit: false))];
        extractor.Visit(kept, clips => softmaxFirst ? network(clips).softmax(1) : network(clips), (row, _, output) =>
        {
            int classes = output.Length / views.Length;
            for (int v = 0; v < views.Length; v++) views[v].Add(row, output.Slice(v * classes, classes));
        }, 0, progress, stop);
        foreach (VideoMeans view in views) view.Finish();
        return [.. views.Select(view => new VideoScores(view.Values, view.Dimension, kept, dropped))];
    }

    /// <summary>The mean of several scores of the same videos: views of a test, or two streams.</summary>
    /// <exception cref="BadInputException">They are not of the same videos, labels and classes.</exception>
    public static VideoScores Mean(IReadOnlyList<VideoScores> all)
    {
        foreach (VideoScores other in all)
        {
            if (other.Classes != all[0].Classes
                || !other.Videos.Select(v => v.Path).SequenceEqual(all[0].Videos.Select(v => v.Path)))
                throw new BadInputException(
                    "the results are of different videos or classes; merge results of the same list.");
            for (int row = 0; row < other.Videos.Count; row++)
                if (other.Videos[row].Label != all[0].Videos[row].Label)
                    throw new BadInputException(
                        $"{other.Videos[row].Origin}: label {other.Videos[row].Label}, but {all[0].Videos[row].Origin} "
                        + $"has {all[0].Videos[row].Label} for the same video; merge results of the same list.");
        }
        var mean = new float[all[0].Values.Length];
        for (int i = 0; i < mean.Length; i++) mean[i] = all.Average(s => s.Values[i]);
        return all[0] with { Values = mean };
    }

    /// <summary>Some of the columns, row-major (N, <paramref name="count"/>).</summary>
    public float[] Columns(int from, int count)
    {
        var values = new float[Videos.Count * count];
        for (int row = 0; row < Videos.Count; row++)
            Values.AsSpan((row * Classes) + from, count).CopyTo(values.AsSpan(row * count));
        return values;
    }

    /// <summary>Rows as probabilities.</summary>
    public VideoScores Softmax()
    {
        var result = new float[Values.Length];
        for (int row = 0; row < Videos.Count; row++)
        {
            ReadOnlySpan<float> x = Values.AsSpan(row * Classes, Classes);
            double largest = double.NegativeInfinity, sum = 0;
            foreach (float logit in x) largest = Math.Max(largest, logit);
            for (int c = 0; c < Classes; c++) sum += Math.Exp(x[c] - largest);
            for (int c = 0; c < Classes; c++) result[(row * Classes) + c] = (float)(Math.Exp(x[c] - largest) / sum);
        }
        return this with { Values = result };
    }
}
