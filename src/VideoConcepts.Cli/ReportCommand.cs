using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Reports;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>report: a run and a list of videos → one HTML page, and the figures in it as JSON.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var command = new Command("report", "Write one HTML page of a run: its loss curves, nearest neighbours, concepts, and where clips tell forward from backward.");
        var inputs = new EvaluationInputs(command, keeps: true);
        var list = new Option<string>("--csv_file", "--csv-file") { Description = "videos to show, with or without labels", Required = true, HelpName = "file" };
        var boxes = new Option<string?>("--boxes") { Description = "csv of path,image,x,y,width,height: says how much of the map of time cues lies inside", HelpName = "file" };
        var noCues = new Option<bool>("--no-time-cues", "--no_time_cues") { Description = "leave out what tells forward from backward" };
        var output = new Option<string>("--out") { Description = "the page; the figures go beside it as .json", DefaultValueFactory = _ => "report.html", HelpName = "file" };
        Option<bool> noRandom = EvaluationInputs.NoRandom();
        foreach (Option option in (Option[])[list, boxes, noCues, noRandom, output]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            inputs.RefuseUntrained(parsed, noRandom, ofNet: false);
            string page = parsed.GetRequiredValue(output);
            if (Directory.Exists(page)) throw new BadInputException($"--out {page}: is a folder; name a file, such as {Path.Combine(page, "report.html")}.");
            OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(page))!, "--out");
            VideoList videos = inputs.List(parsed, parsed.GetRequiredValue(list), requireLabels: false);
            ObjectBoxes? places = parsed.GetValue(boxes) is { } file ? ObjectBoxes.Read(file, inputs.Root(parsed))
                : null;
            using EvaluatedModel model = inputs.Open(parsed);
            string figures = Path.ChangeExtension(page, ".json");
            if (figures == page)
                throw new BadInputException(
                    $"--out {page}: the figures get this name; call the page {Path.ChangeExtension(page, ".html")}.");
            InputFile[] read = [.. model.Inputs, new("--csv_file", videos.File), .. parsed.GetValue(boxes) is { } b
                ? [new InputFile("--boxes", b)] : (InputFile[])[]];
            OutputSet results = OutputSet.Claim(new Origin("report",
                [model.Source, .. inputs.RootSource(parsed), Source.File("csv_file", videos.File)]), figures, [page],
                read, inputs.Force(parsed), IsOfEarlierVersion);
            ReportModel report = Build(parsed, inputs, model, videos, places, !parsed.GetValue(noCues),
                !parsed.GetValue(noRandom), Path.ChangeExtension(page, ".untrained"), stop);
            results.Write(Figures(model, videos, report), [(page, OutputSet.Bytes(Report.ToHtml(report)))]);
            if (report.TimeCues is { } cues) Show(cues);
            Screen.Print(page);
            Screen.Print(figures);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static bool IsOfEarlierVersion(JsonObject json) => json.ContainsKey("csv_file_sha256")
        && json.ContainsKey("checkpoint_sha256");

    private static ReportModel Build(ParseResult parsed, EvaluationInputs inputs, EvaluatedModel model,
        VideoList videos, ObjectBoxes? boxes, bool withCues, bool withRandom, string kept, CancellationToken stop)
    {
        ClipOptions clips = inputs.Clips(parsed, model.Options);
        RefuseSingleVideo(videos, clips);
        using var cues = withCues ? new TimeCueStudy(clips, boxes) : null;
        var pass = new ModelPass(model.Model, clips, inputs.Extraction(parsed), FrameReaders.Create);
        ModelOutputs outputs = Screen.Track("videos", pass.Windows(videos.Videos, cues),
            bar => pass.Run(videos.Videos, cues, new InlineProgress<long>(n => bar(n, "")), stop));
        FeatureTable features = outputs.Features;
        foreach (VideoEntry video in features.Dropped) Screen.Say($"left out, too short: {video.Origin}");
        FactorClass[] Classes(int row) => features.Videos[row].Label is { } label ? [new FactorClass("class", label.ToString(CultureInfo.InvariantCulture))] : [];
        IReadOnlyList<ReportConcept> concepts = outputs.Scores is { } scores
            ? ReportParts.Concepts(scores, clips, v => v.Label is { } label ? $"class {label}" : "") : [];
        IReadOnlyList<LossCurve> curves = model.File is null ? []
            : ReportParts.Curves(Path.Combine(Path.GetDirectoryName(model.File)!, MetricsLog.FileName));
        return new ReportModel
        {
            Title = "What a model makes of videos",
            Summary = $"{model.Options.Net}, {(model.File is null ? "with random weights" : $"trained with --method {model.Options.Method}")}, shown on {features.Rows} videos of {Path.GetFileName(videos.File)}.",
            Facts = [.. Facts(model, clips)],
            TotalLoss = curves.FirstOrDefault(),
            LossTerms = [.. curves.Skip(1)],
            Results = [.. Results(parsed, inputs, model, videos, features, withRandom, kept, stop)],
            Verdict = model.File is null || model.Model is not ConceptModel ? null : ReportParts.Verdict(
                Screen.Track("what was learned", LearningVerdict.Clips(model.Options, features.Videos), bar =>
                    LearningVerdict.OfRun(model.File, model.Model, features.Videos,
                        new InlineProgress<long>(n => bar(n, "")), stop))),
            Queries = ReportParts.Queries(features, null, Classes, Classes),
            Concepts = concepts,
            TimeCues = outputs.TimeCues,
        };
    }

    private static void RefuseSingleVideo(VideoList videos, ClipOptions clips)
    {
        int kept = videos.Videos.Count(video => !EvaluationClips.IsDropped(video.Shots, clips));
        if (kept == 1)
            throw new BadInputException($"{videos.File}: fewer than two videos are long enough for windows of "
                + $"{clips.Frames} frames, {clips.FrameStride} apart.");
    }

    /// <summary>How often the nearest other videos are of a video's class, where the list has labels.</summary>
    private static IEnumerable<ReportResult> Results(ParseResult parsed, EvaluationInputs inputs, EvaluatedModel model,
        VideoList videos, FeatureTable features, bool withRandom, string kept, CancellationToken stop)
    {
        if (features.Videos.Any(v => v.Label is null)) yield break;
        int[] labels = features.Labels();
        if (labels.Distinct().Count() < 2) yield break; // of one class, every answer is right
        OwnVideo own = ListComparison.OwnVideos(features, features, ListComparison.Of(stop, features.Videos));
        double[] Recall(FeatureTable table) =>
            [.. Retrieval.Recall(Retrieval.Search([table], [table], Retrieval.ReportedRanks.Max(), own), labels, labels)
                .Select(r => r.Value)];
        double[]? before = null;
        if (withRandom && model.File is not null)
        {
            using EvaluatedModel random = inputs.Random(parsed, model.Options);
            before = Recall(inputs.Features(parsed, random, videos, "untrained features", kept, stop));
        }
        double[] after = Recall(features);
        int[] ranks = [.. Retrieval.Ranks(own.Searched).Take(2)];
        for (int i = 0; i < ranks.Length; i++)
            yield return new ReportResult("class", $"R@{ranks[i]}", Chance.Recall(labels, labels, ranks[i], own),
                before?[i], after[i]);
    }

    private static IEnumerable<ReportFact> Facts(EvaluatedModel model, ClipOptions clips)
    {
        yield return new("command", "videoconcepts " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)));
        yield return new("weights", model.Name);
        if (model.Hash.Length > 0) yield return new("their SHA-256", model.Hash);
        yield return new("clips", $"{clips.Frames} frames of {clips.Size}×{clips.Size}, {clips.FrameStride} apart");
        foreach ((string name, string value) in RunDescription.Facts()) yield return new(name, value);
    }

    private static JsonObject Figures(EvaluatedModel model, VideoList videos, ReportModel report)
    {
        var json = new JsonObject
        {
            ["command"] = "videoconcepts " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)),
            ["version"] = RunDescription.Version,
            ["checkpoint"] = model.Name,
            ["checkpoint_sha256"] = model.Hash,
            ["csv_file"] = videos.File,
            ["csv_file_sha256"] = FileHash.Of(videos.File),
        };
        foreach (ReportResult result in report.Results)
            json[result.Measure] = new JsonObject { ["chance"] = result.Chance, ["random weights"] = result.RandomInitialisation, ["model"] = result.Trained };
        if (report.Verdict is { } verdict)
            json["verdict"] = new JsonObject
            {
                ["text"] = verdict.Text,
                ["good"] = verdict.Good,
                ["details"] = new JsonArray([.. verdict.Details.Select(line => (JsonNode)line)]),
            };
        if (report.TimeCues is not { } cues) return json;
        json["time_cues"] = new JsonObject { ["accuracy"] = cues.Accuracy, ["chance"] = 0.5, ["clips"] = cues.Clips };
        if (cues.Inside is { } inside) json["map_inside_boxes"] = new JsonObject { ["mass"] = inside.Mass, ["area"] = inside.Area, ["clips"] = inside.Clips };
        return json;
    }

    private static void Show(ReportTimeCues cues)
    {
        Screen.Print(string.Create(CultureInfo.InvariantCulture,
            $"forward or backward: {100 * cues.Accuracy:F1} % of {2 * cues.Clips} held-out clips and reversed clips "
            + $"(chance 50 %)"));
        if (cues.Inside is { Area: 0 })
            Screen.Print(
                "map of time cues: no box lies in a frame of these clips; check the paths and numbers in --boxes");
        else if (cues.Inside is { } inside)
            Screen.Print(string.Create(CultureInfo.InvariantCulture,
                $"map of time cues: {100 * inside.Mass:F1} % inside the boxes, which are {100 * inside.Area:F1} % of "
                + $"the area ({inside.Clips} clips)"));
    }
}
