using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>evaluate test: a trained classifier on a list, with one, five or ten views.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test", "Test a classifier that finetune or probe --end-to-end trained: centre, five-crop or ten-crop.");
        var inputs = new EvaluationInputs(command, spread: true, random: false);
        Option<string?> test = EvaluationInputs.TestLists(), output = EvaluationInputs.Output("folder for result.json, probabilities, confusion matrix and per-class accuracy");
        test.Required = true;
        test.Description = "labelled list to test on";
        var views = new Option<int>("--views") { Description = "1 (centre), 5 (corners and middle, squares of 7/8 of the shorter side) or 10 (with mirror images)", DefaultValueFactory = _ => 1, HelpName = "n" };
        Option<bool> overlap = EvaluationInputs.AllowOverlap();
        overlap.Description = "test even on videos that it was trained on";
        foreach (Option option in (Option[])[test, views, overlap, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, stop) =>
        {
            int count = parsed.GetValue(views);
            _ = TestViews.Of(count);
            using EvaluatedModel model = inputs.Open(parsed, best: true);
            VideoList list = inputs.List(parsed, parsed.GetValue(test)!,
                acrossCuts: inputs.AcrossCuts(parsed, model.Options));
            if (model.Model is not Classifier classifier) throw new BadInputException($"{model.Name}: not a classifier; train one from it with evaluate finetune or evaluate probe --end-to-end.");
            ResultFiles? results = inputs.Claim(parsed, output, "evaluate test",
                [model.Source, Source.File("test_csv", list.File)], classifies: true,
                [.. model.Inputs, new InputFile("--test_csv", list.File)]);
            (ClipOptions clips, bool meanOfLogits) = inputs.TestClips(parsed, model.Options);
            int classes = ListRules.Classes(list, null, model.Options.Classifier!.Classes);
            if (!parsed.GetValue(overlap)) ListComparison.RefuseTrained(model.File!, list, stop);
            ClassificationResult result = ClassifierTest.Run(classifier, list, clips, count, meanOfLogits,
                inputs.Batch(parsed), inputs.Workers(parsed), stop, inputs.Ranks);
            var table = new FigureTable(count == 1 ? "centre crop" : $"{count} crops");
            table.Add(EvaluateCommand.Chance, Chance.Classification(classes));
            table.Add(EvaluateCommand.Model, result.Figures);
            table.Show();
            if (results is null) return;
            JsonObject json = inputs.Describe(parsed, model, new Split("", list, list), result.Scores.Dropped, clips);
            json.Remove("train_csv");
            json.Remove("train_csv_sha256");
            if (!inputs.NamesPreset(parsed)) json.Remove("preset"); // the classifier's own numbers hold
            json["views"] = count;
            json["figures"] = table.Json();
            results.Write(json, result);
            Screen.Print(Path.Combine(results.Folder, ResultFiles.ResultName));
        });
        return command;
    }
}
