using System.Globalization;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// How far the gradient of a step is from that of the whole batch if the local contrast compares the videos of a group
/// alone (<c>--local_group</c>), beside how far the gradients of two batches are from each other:
/// local-groups RUN [VIDEOS]. The run's list is read again, relative to where it was trained.
/// </summary>
internal static class LocalGroups
{
    private const int Batches = 4;

    public static void Run(string[] args)
    {
        int videos = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 64;
        string file = Path.Combine(args[0], Checkpoint.FileName);
        (IVideoModel loaded, TrainOptions options) = Checkpoint.Load(file, "full");
        using var model = (ConceptModel)loaded;
        options = options with { LocalFrom = int.MaxValue }; // that term is added here
        var objective = (ConceptObjective)Method.Of(options).Objective(options, model, SplitBatch.None);
        ClipLoader loader = TrainingRun.OpenLoader(options with { TrainBatch = videos, Workers = 1 });
        model.train();
        int[] sizes = [.. Enumerable.Range(0, 4).Select(halved => videos >> halved)];
        var apart = new List<double>[sizes.Length];
        for (int i = 0; i < sizes.Length; i++) apart[i] = [];
        var whole = new List<Tensor>();
        foreach (ClipBatch batch in loader.Epoch(0).Take(Batches))
        {
            (Tensor clips, Tensor stills) = batch.On(CPU);
            Tensor views = Views.OfConcepts(clips, stills, options.ReferenceQuirks, options.Difference);
            for (int i = 0; i < sizes.Length; i++)
            {
                Tensor gradient = Gradient(model, objective, views, sizes[i]);
                if (i == 0) whole.Add(gradient);
                else apart[i].Add(((gradient - whole[^1]).norm() / whole[^1].norm()).ToDouble());
            }
        }
        double[] batches = [.. from a in whole from b in whole where !ReferenceEquals(a, b)
                               select ((a - b).norm() / a.norm()).ToDouble()];
        for (int i = 1; i < sizes.Length; i++)
            Say($"groups of {sizes[i]}: the gradient differs by {apart[i].Average():P1} (most {apart[i].Max():P1})");
        Say($"{Batches} batches of {videos} videos; another batch of {videos}: by {batches.Average():P0}");
    }

    private static Tensor Gradient(ConceptModel model, ConceptObjective objective, Tensor views, int size)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (var parameter in model.parameters()) parameter.grad = null;
        (Tensor queue, int filled) = (model.queue.clone(), model.QueueFilled);
        Tensor rest = objective.Compute(views, 20).Total();
        ConceptOutput own = model.call(views);
        int s = model.Options.Clips, k = model.Options.Concepts;
        Tensor local = Local(own, model, 0, model.prototype.weight!, 0, size)
            + Local(own, model, s, model.prototype_s.weight!.narrow(0, 0, k), 0, size)
            + Local(own, model, 2 * s, model.prototype_d.weight!.narrow(0, k, k), k, size);
        (rest + local).backward();
        using (no_grad()) model.queue.copy_(queue); // the next one has the same targets
        model.QueueFilled = filled;
        return cat([.. model.backbone.parameters().Select(p => p.grad).OfType<Tensor>().Select(g => g.reshape(-1))], 0)
            .clone().MoveToOuterDisposeScope();
    }

    private static Tensor Local(ConceptOutput own, ConceptModel model, int view, Tensor templates, int first, int size)
    {
        int s = model.Options.Clips;
        long videos = own.Maps.shape[0];
        Tensor z = UnitVectors.Of(model.lit.call(own.Maps.narrow(1, view, s).flatten(0, 1), templates)
            .view(videos, s, templates.shape[0], -1));
        Tensor leads = LocalConceptContrast.Leading(own.Scores.narrow(1, view, s)
            .narrow(2, first, templates.shape[0]), strict: false);
        Tensor sum = zeros([]);
        for (long from = 0; from < videos; from += size)
            sum += LocalConceptContrast.Part(z.narrow(0, from, size), z.narrow(0, from, size).detach(),
                leads.narrow(0, from, size), size, sameVideos: true);
        return sum / (LocalConceptContrast.Count(leads) + 1);
    }

    private static void Say(FormattableString line) =>
        Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
