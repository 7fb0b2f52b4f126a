using TorchSharp;
using VideoConcepts;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

ProcessSettings.Apply();

// hang:minutes: rank 1 never comes, and the others wait for it so long. Else
// five steps in float64 on 8 videos that all processes share, for each of the arguments method:sync:file;
// rank 0 writes what came out. concepts-1: with a local contrast of each process for itself.

const int Videos = 8, Frames = 4, Size = 32;
set_num_threads(1);
if (args[0].StartsWith("hang:", StringComparison.Ordinal))
{
    using ICommunicator hanging = Launch.Open("auto",
        double.Parse(args[0][5..], System.Globalization.CultureInfo.InvariantCulture));
    if (hanging.Rank == 1) Thread.Sleep(Timeout.Infinite);
    hanging.Any(true);
    return 0;
}
using ICommunicator ranks = Launch.Open("auto");
foreach (string[] run in args.Select(a => a.Split(':'))) Train(run[0], bool.Parse(run[1]), run[2]);
return 0;

void Train(string method, bool sync, string path)
{
    var batch = new SplitBatch(ranks, sync);
    bool motion = method == "motion"; // with all that is ours for it
    bool concepts = method != "multilevel";
    Backbone backbone = Backbones.Create("r2plus1d-tiny", Precision.Full);
    using IVideoModel model = concepts
        ? new ConceptModel(backbone, new ConceptModelOptions(5, 2, 16, Graph: true, OwnStatistics: motion))
        : new MultiLevelModel(backbone, 6, 16);
    Initialization.Fill(model.Module, 3);
    model.Module.to(float64);
    IObjective objective = concepts
        ? new ConceptObjective((ConceptModel)model, ReferenceQuirks.None, 10, new GraphOptions(0.05, 1), batch,
            new MotionOptions(StaticNegatives: motion, OwnTargets: motion, Balance: motion),
            method == "concepts-1" ? 1 : 0)
        : new MultiLevelObjective((MultiLevelModel)model, 0.05, 1, batch: batch);
    using var optimizer = optim.Adam(model.Module.parameters(), 1e-3, weight_decay: 1e-5);
    model.Module.train();
    Dictionary<string, Tensor> result = [];
    int step = 0;
    foreach (int epoch in (int[])[0, 0, 1, 10, 10])
    {
        using CollectionPause pause = CollectionPause.Begin();
        using DisposeScope scope = NewDisposeScope();
        objective.BeforeStep();
        Tensor views = Own(Views(step, concepts ? 6 : 3));
        LossTerms terms = concepts
            ? ((ConceptObjective)objective).Compute(views, epoch)
            : ((MultiLevelObjective)objective).Compute(views, epoch);
        foreach (var parameter in model.Module.parameters()) parameter.grad = null;
        terms.Total().backward();
        GradientAverage.Apply(model.Module.parameters(), ranks);
        objective.AfterBackward(epoch);
        foreach ((string name, var parameter) in model.Module.named_parameters())
            if (parameter.grad is { } gradient)
                result[$"step{step}.grad.{name}"] = gradient.clone().DetachFromDisposeScope();
        foreach (LossTerm term in terms.Terms)
            result[$"step{step}.loss.{term.Name}"] = term.Value.detach().clone().DetachFromDisposeScope();
        optimizer.step();
        step++;
    }
    foreach ((string name, Tensor value) in model.Module.state_dict()) result[name] = value;
    foreach ((string name, Tensor value) in model.ExtraState) result["beside." + name] = value;
    // What rank 0 has must be what every rank has, to the last bit.
    double differ = 0;
    using (NewDisposeScope())
        foreach (Tensor value in result.Values.Where(t => t.dtype == float64))
        {
            Tensor all = ranks.Gather(value);
            differ = Math.Max(differ, (all - all[0]).abs().max().ToDouble());
        }
    if (ranks.Rank == 0)
        SafeTensors.Write(path, result, new Dictionary<string, string>
        {
            ["differ"] = differ.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
}

// The same on all ranks, whatever their number.
Tensor Views(int step, int views)
{
    var random = RandomStream.For(11, step);
    long[] shape = [Videos, views, 3, Frames, Size, Size];
    var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
    for (int i = 0; i < values.Length; i++) values[i] = random.NextNormal();
    return tensor(values, shape);
}

// Video i·size + rank is this rank's i-th, as the loader deals them.
Tensor Own(Tensor views) => views.unflatten(0, -1, ranks.Size).select(1, ranks.Rank).contiguous();
