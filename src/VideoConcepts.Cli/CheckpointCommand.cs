using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>What is in a checkpoint, and its weights for other programs.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var checkpoint = new Command("checkpoint", "Look into checkpoints, and take weights out of them.");
        checkpoint.Subcommands.Add(CreateShow());
        checkpoint.Subcommands.Add(CreateExport());
        return checkpoint;
    }

    private static Command CreateShow()
    {
        var path = new Option<string>("--checkpoint") { Description = "a run's folder, or a checkpoint in it", Required = true, HelpName = "path" };
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("show", "Which run saved it, where that run stands, and what is in it.") { path, json };
        command.SetAction(parsed =>
        {
            JsonObject facts = Describe(parsed.GetRequiredValue(path));
            if (parsed.GetValue(json)) Console.Out.WriteLine(facts.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            else foreach ((string name, JsonNode? value) in facts) Console.Out.WriteLine($"{name.Replace('_', ' '),-16} {value}");
            return ExitStatus.Done;
        });
        return command;
    }

    private static Command CreateExport()
    {
        var path = new Option<string>("--checkpoint") { Description = "a run's folder, or a checkpoint in it", Required = true, HelpName = "path" };
        var to = new Option<string>("--to") { Description = "safetensors file to write", Required = true, HelpName = "file" };
        var backbone = new Option<bool>("--backbone") { Description = "the backbone alone, its keys without the prefix backbone." };
        var command = new Command("export", "Write the weights, under PyTorch's keys, to a safetensors file.") { path, to, backbone };
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(to);
            if (Directory.Exists(file)) throw new BadInputException($"--to {file}: this is a folder; name a file.");
            OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(file))!, "--to");
            (ConceptModel model, TrainOptions options) = Checkpoint.Load(parsed.GetRequiredValue(path));
            using (model)
                SafeTensors.Write(file, (parsed.GetValue(backbone) ? model.backbone.state_dict() : model.state_dict()).AsEnumerable(), new Dictionary<string, string> { ["net"] = options.Net });
            Console.Out.WriteLine(file);
            return ExitStatus.Done;
        });
        return command;
    }

    private static JsonObject Describe(string path)
    {
        string file = Directory.Exists(path) ? RunFolder.Newest(path, damaged => Screen.Say($"passed over: {damaged}")) ?? Path.Combine(path, Checkpoint.FileName) : path;
        SafeTensors.Verify(file);
        (TrainOptions options, RunState run) = Checkpoint.ReadRun(file);
        (ConceptModel model, _) = Checkpoint.Load(file);
        using (model)
            return new JsonObject
            {
                ["file"] = file,
                ["bytes"] = new FileInfo(file).Length,
                ["version"] = run.Version,
                ["epochs_done"] = run.Position.Epoch,
                ["batches_of_next"] = run.Position.Batch,
                ["steps_done"] = run.Position.Step,
                ["net"] = options.Net,
                ["concept"] = options.Concept,
                ["clips"] = string.Create(CultureInfo.InvariantCulture, $"{options.Sample} of {options.Seq} frames of {options.ImgDim}×{options.ImgDim}"),
                ["csv_file"] = options.CsvFile,
                ["csv_sha256"] = run.ListHash,
                ["seed"] = options.Seed,
                ["queue"] = $"{model.QueueFilled} of {options.Queue} rows filled",
                ["tensors"] = model.state_dict().Count,
                ["parameters"] = model.parameters().Sum(p => p.numel()),
                ["adam_moments"] = run.AdamSteps.Count,
                ["checksum"] = "good",
            };
    }
}
