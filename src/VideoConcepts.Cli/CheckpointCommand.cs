using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Onnx;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Cli;

/// <summary>What is in a checkpoint, and its weights for other programs.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var checkpoint = new Command("checkpoint",
            "Look into checkpoints, take weights out of them, and take in those of other programs.");
        checkpoint.Subcommands.Add(CreateShow());
        checkpoint.Subcommands.Add(CreateExport());
        checkpoint.Subcommands.Add(CreateImport());
        return checkpoint;
    }

    private static Command CreateShow()
    {
        var path = new Option<string>("--checkpoint")
        {
            Description = "a run's folder, or a checkpoint in it",
            Required = true,
            HelpName = "path",
        };
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("show", "Which run saved it, where that run stands, and what is in it.")
        {
            path, json,
        };
        command.SetAction(parsed =>
        {
            JsonObject facts = Describe(parsed.GetRequiredValue(path));
            if (parsed.GetValue(json))
                Screen.PrintLines(facts.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            else foreach ((string name, JsonNode? value) in facts)
                Screen.Print($"{name.Replace('_', ' '),-16} {value}");
            return ExitStatus.Done;
        });
        return command;
    }

    private static Command CreateExport()
    {
        var path = new Option<string>("--checkpoint")
        {
            Description = "a run's folder, or a checkpoint in it",
            Required = true,
            HelpName = "path",
        };
        var to = new Option<string?>("--to") { Description = "safetensors file to write", HelpName = "file" };
        var onnx = new Option<string?>("--onnx")
        {
            Description = "instead of it: ONNX file to write, pixels in, features and concept scores out",
            HelpName = "file",
        };
        var view = new Option<string?>("--view")
        {
            Description = "of --onnx: what is described, clips, differences (how they change from frame to frame) or "
                + "both (default)",
            HelpName = "text",
        };
        Option<bool> force = OverwriteOption.Create();
        var backbone = new Option<bool>("--backbone")
        {
            Description = "the backbone alone, its keys without the prefix backbone.",
        };
        var strip = new Option<bool>("--strip")
        {
            Description = "a checkpoint without the state of its run, a third of the size, to evaluate and to start "
                + "from",
        };
        var command = new Command("export",
            "Write the weights, under PyTorch's keys, to a safetensors file, or the network to an ONNX file.")
        {
            path, to, onnx, view, backbone, strip, force,
        };
        command.SetAction(parsed =>
        {
            string from = parsed.GetRequiredValue(path);
            (string? weights, string? network) = (parsed.GetValue(to), parsed.GetValue(onnx));
            if ((weights ?? network) is not { } file || (weights is not null && network is not null))
                throw new BadInputException("give --to, a safetensors file to write, or --onnx, an ONNX file.");
            if (Directory.Exists(file))
                throw new BadInputException(
                    $"{(network is null ? "--to" : "--onnx")} {file}: this is a folder; name a file.");
            bool stripped = parsed.GetValue(strip), part = parsed.GetValue(backbone);
            if (stripped && part)
                throw new BadInputException("--strip keeps the whole model, --backbone takes a part of it; give one.");
            if (network is not null && (stripped || part))
                throw new BadInputException($"{(part ? "--backbone" : "--strip")} is of --to; leave it out.");
            if (network is null && parsed.GetValue(view) is not null)
                throw new BadInputException("--view is of --onnx; leave it out.");
            if (network is not null)
                OnnxExport.Write(from, network, View(parsed.GetValue(view)), parsed.GetValue(force));
            else if (stripped) Checkpoint.Strip(from, file, parsed.GetValue(force));
            else Checkpoint.Export(from, file, part, parsed.GetValue(force));
            Screen.Print(file);
            return ExitStatus.Done;
        });
        return command;
    }

    private static EncoderView View(string? name) => name switch
    {
        null or FeatureViews.Both => EncoderView.Both,
        FeatureViews.Clips => EncoderView.Clips,
        FeatureViews.Differences => EncoderView.Differences,
        _ => throw new BadInputException($"--view {name}: choose clips, differences or both."),
    };

    private static Command CreateImport()
    {
        TrainOptions defaults = new();
        var from = new Option<string>("--from")
        {
            Description = "safetensors file, or PyTorch file (.pth, .pt) that holds a state_dict",
            Required = true,
            HelpName = "file",
        };
        var to = new Option<string>("--to")
        {
            Description = "checkpoint to write",
            Required = true,
            HelpName = "file",
        };
        var net = new Option<string>("--net")
        {
            Description = $"backbone that the weights are of: {string.Join(", ", Backbones.Names)}",
            DefaultValueFactory = _ => defaults.Net,
            HelpName = "text",
        };
        var concept = new Option<int>("--concept")
        {
            Description = "concepts of each kind",
            DefaultValueFactory = _ => defaults.Concept,
            HelpName = "n",
        };
        var seq = new Option<int>("--seq")
        {
            Description = "frames per clip, for evaluation",
            DefaultValueFactory = _ => defaults.Seq,
            HelpName = "n",
        };
        var size = new Option<int>("--img_dim", "--img-dim")
        {
            Description = "height and width of clips in pixels, for evaluation",
            DefaultValueFactory = _ => defaults.ImgDim,
            HelpName = "n",
        };
        Option<bool> force = OverwriteOption.Create();
        var command = new Command("import",
            "Make a checkpoint of another program's weights. Keys may begin with module., backbone. or encoder_q.0.; "
            + "parts that the file has not are fresh.") { from, to, net, concept, seq, size, force };
        command.SetAction(parsed =>
        {
            string source = parsed.GetRequiredValue(from), target = parsed.GetRequiredValue(to);
            if (Directory.Exists(target)) throw new BadInputException($"--to {target}: this is a folder; name a file.");
            TrainOptions options = (defaults with
            {
                CsvFile = $"imported from {Path.GetFileName(source)}",
                Net = parsed.GetRequiredValue(net),
                Concept = parsed.GetValue(concept),
                Seq = parsed.GetValue(seq),
                ImgDim = parsed.GetValue(size),
            }).Validated();
            KeyReport report = Checkpoint.Import(source, target, options, parsed.GetValue(force));
            foreach (string line in report.Lines()) Screen.Say(line);
            Screen.Print(target);
            return ExitStatus.Done;
        });
        return command;
    }

    private static JsonObject Describe(string path)
    {
        string file = Directory.Exists(path)
            ? RunFolder.Newest(path, damaged => Screen.Say($"passed over: {damaged}"))
                ?? Path.Combine(path, Checkpoint.FileName)
            : path;
        SafeTensors.Verify(file);
        CheckpointFacts facts = Checkpoint.Describe(file);
        TrainOptions options = facts.Options;
        var json = new JsonObject { ["file"] = file, ["bytes"] = new FileInfo(file).Length };
        if (facts.Run is { } run)
        {
            json["version"] = run.Version;
            json["epochs_done"] = run.Position.Epoch;
            json["batches_of_next"] = run.Position.Batch;
            json["steps_done"] = run.Position.Step;
        }
        json["net"] = options.Net;
        json["concept"] = options.Concept;
        json["clips"] = string.Create(CultureInfo.InvariantCulture,
            $"{options.Sample} of {options.Seq} frames of {options.ImgDim}×{options.ImgDim}");
        json["csv_file"] = options.CsvFile;
        if (facts.Run is not null) json["csv_sha256"] = facts.Run.ListHash;
        json["seed"] = options.Seed;
        json["queue"] = $"{facts.QueueFilled} of {options.Queue} rows filled";
        json["tensors"] = facts.Weights.Count;
        json["parameters"] = facts.Weights.Where(w => !IsBuffer(w.Key)).Sum(w => w.Value);
        if (facts.Run is not null) json["adam_moments"] = facts.Run.AdamSteps.Count;
        json["checksum"] = "good";
        return json;
    }

    private static bool IsBuffer(string key) => key == "queue" || key.Split('.')[^1] is "running_mean" or "running_var"
        or "num_batches_tracked" or BatchNorm.DifferenceMean or BatchNorm.DifferenceVariance;
}
