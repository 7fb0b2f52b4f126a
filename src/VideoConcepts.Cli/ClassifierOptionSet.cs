using System.CommandLine;
using VideoConcepts.Evaluation;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>Every number of a preset's training, as options that override it.</summary>
internal sealed class ClassifierOptionSet
{
    private readonly Option<double?> _lr, _backboneRate, _weightDecay, _dropout, _momentum;
    private readonly Option<int?> _epoch, _batch;
    private readonly Option<string?> _decay;

    public ClassifierOptionSet(Command command, string prefix = "")
    {
        Option<T> Add<T>(string name, string description, string help)
        {
            string[] aliases = name.Contains('_') ? [name.Replace('_', '-')] : [];
            var option = new Option<T>(name, aliases)
            {
                Description = prefix + description + " (default: the preset's)",
                HelpName = help,
            };
            command.Options.Add(option);
            return option;
        }
        _epoch = Add<int?>("--epoch", "epochs to train", "n");
        _decay = Add<string?>("--lr_decay", "epochs at which the learning rate falls to a tenth, e.g. 60,80", "n,n…");
        _lr = Add<double?>("--lr", "learning rate of the head", "number");
        _backboneRate = Add<double?>("--backbone_rate", "share of it with which the backbone learns", "number");
        _weightDecay = Add<double?>("--weight_decay", "weight decay, added to the gradient", "number");
        _dropout = Add<double?>("--dropout", "dropout before the linear layer", "number");
        _momentum = Add<double?>("--momentum", "momentum of SGD; 0 and above choose SGD", "number");
        _batch = Add<int?>("--train_batch", "clips per step", "n");
        HeldOut = new Option<double>("--held_out", "--held-out")
        {
            Description = prefix + "share of the training list on which the best epoch is chosen, instead of trained "
                + "on; 0: the last epoch is taken",
            DefaultValueFactory = _ => new FineTuneOptions().HeldOut,
            HelpName = "number",
        };
        Labels = new Option<double>("--labels")
        {
            Description = prefix + "share of the training list whose labels are used, of each class alike",
            DefaultValueFactory = _ => new FineTuneOptions().Labels,
            HelpName = "number",
        };
        EvalEvery = new Option<int>("--eval_every", "--eval-every")
        {
            Description = prefix + "epochs between two looks at the held-out part",
            DefaultValueFactory = _ => new FineTuneOptions().EvalEvery,
            HelpName = "n",
        };
        Threads = new Option<int>("--threads")
        {
            Description = "threads that compute (0: one per core)",
            HelpName = "n",
        };
        foreach (Option option in (Option[])[HeldOut, Labels, EvalEvery, Threads]) command.Options.Add(option);
    }

    public Option<double> HeldOut { get; }

    public Option<double> Labels { get; }

    public Option<int> EvalEvery { get; }

    public Option<int> Threads { get; }

    /// <summary>An option that is not read is refused.</summary>
    /// <exception cref="BadInputException">One of these is given.</exception>
    public void RefuseAll(ParseResult parsed, string without)
    {
        foreach (Option option in (Option[])[_epoch, _decay, _lr, _backboneRate, _weightDecay, _dropout, _momentum,
            _batch, HeldOut, Labels, EvalEvery, Threads])
            if (parsed.GetResult(option) is { Implicit: false })
                throw new BadInputException($"{option.Name} is not read without {without}; give both or none.");
    }

    public ClassifierTraining Read(ParseResult parsed, ClassifierTraining preset)
    {
        int[]? decay = null;
        if (parsed.GetValue(_decay) is { } text)
            decay =
            [
                .. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(t => int.TryParse(t, out int e)
                    ? e
                    : throw new BadInputException($"--lr_decay {text}: give a list of whole numbers, such as 60,80.")),
            ];
        int epochs = parsed.GetValue(_epoch) ?? preset.Epoch;
        // Fewer epochs than the preset's: its decays move along.
        decay ??= epochs == preset.Epoch
            ? [.. preset.LrDecay]
            : [.. preset.LrDecay.Select(e => (int)Math.Round(e * (double)epochs / preset.Epoch))];
        return preset with
        {
            Lr = parsed.GetValue(_lr) ?? preset.Lr,
            BackboneRate = parsed.GetValue(_backboneRate) ?? preset.BackboneRate,
            WeightDecay = parsed.GetValue(_weightDecay) ?? preset.WeightDecay,
            Epoch = epochs,
            LrDecay = decay,
            TrainBatch = parsed.GetValue(_batch) ?? preset.TrainBatch,
            Dropout = parsed.GetValue(_dropout) ?? preset.Dropout,
            Momentum = parsed.GetValue(_momentum) ?? preset.Momentum,
        };
    }
}
