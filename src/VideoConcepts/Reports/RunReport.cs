using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Reports;

/// <summary>A page of a run and a list of videos; <see cref="EvaluationOptions.Out"/> is the page's file.</summary>
public sealed record RunReportOptions : EvaluationOptions
{
    /// <summary>Videos to show, with or without labels.</summary>
    public string List { get; init; } = "";

    /// <summary>Csv of path,image,x,y,width,height: how much of the map of time cues lies inside; or null.</summary>
    public string? Boxes { get; init; }

    /// <summary>Shows what tells forward from backward.</summary>
    public bool TimeCues { get; init; } = true;

    /// <summary>Compares with the same net with random weights.</summary>
    public bool CompareRandom { get; init; } = true;

    /// <summary>Folder that keeps the features of random weights; null: beside the page.</summary>
    public string? Untrained { get; init; }
}

/// <summary>How well forward is told from backward.</summary>
/// <param name="Accuracy">Share of held-out clips and reversed clips, chance being 0.5.</param>
/// <param name="Clips">Held-out clips.</param>
/// <param name="Boxes">Share of the map inside the boxes and their share of the area, and the clips that have
/// boxes; null without boxes.</param>
public sealed record TimeCueFigures(double Accuracy, int Clips, (double Mass, double Area, int Clips)? Boxes);

/// <summary>What a report wrote.</summary>
/// <param name="Page">The HTML page, which needs no other file.</param>
/// <param name="Figures">The figures in it, as JSON.</param>
/// <param name="TimeCues">What tells forward from backward, or null.</param>
/// <param name="Classes">How often the nearest other videos are of a video's class, or null without labels.</param>
public sealed record WrittenReport(string Page, string Figures, TimeCueFigures? TimeCues, FigureTable? Classes);

/// <summary>One HTML page of a run: its loss curves, nearest neighbours, concepts, cues of time.</summary>
public static class RunReport
{
    /// <summary>Looks at all videos and writes the page and its figures.</summary>
    /// <param name="options">Model, list and page.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong, or a file of others stands
    /// where the page or the figures go.</exception>
    public static WrittenReport Write(RunReportOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        work ??= new WorkContext();
        work.RefuseSeveral("a report");
        var session = new EvaluationSession(options, work);
        string page = options.Out ?? throw new BadInputException("‹out› is missing: name the page.");
        if (Directory.Exists(page))
            throw new BadInputException(
                $"‹out› {page}: is a folder; name a file, such as {Path.Combine(page, "report.html")}.");
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(page))!, "‹out›");
        VideoList videos = session.List(options.List, requireLabels: false);
        ObjectBoxes? boxes = options.Boxes is { } file ? ObjectBoxes.Read(file, options.Root) : null;
        using EvaluatedModel model = session.Open();
        string figures = Path.ChangeExtension(page, ".json");
        if (figures == page)
            throw new BadInputException($"‹out› {page}: the figures get this name; call the page "
                + $"{Path.ChangeExtension(page, ".html")}.");
        InputFile[] read = [.. model.Inputs, new("‹csv_file›", videos.File),
            .. options.Boxes is { } b ? [new InputFile("‹boxes›", b)] : (InputFile[])[]];
        OutputSet results = OutputSet.Claim(new Origin("report",
            [model.Source, .. session.RootSource, Source.File("csv_file", videos.File)]), figures, [page], read,
            options.Force, IsOfEarlierVersion);
        ReportModel report = new Builder(options, session, model, videos, stop).Build(boxes, page);
        results.Write(Figures(options, model, videos, report), [(page, OutputSet.Bytes(Report.ToHtml(report)))]);
        return new(page, figures, report.TimeCues is not { } cues
            ? null
            : new(cues.Accuracy, cues.Clips,
                cues.Inside is { } inside ? (inside.Mass, inside.Area, inside.Clips) : null), Classes(report.Results));
    }

    private static FigureTable? Classes(IReadOnlyList<ReportResult> results)
    {
        if (results.Count == 0) return null;
        var table = new FigureTable("nearest video is of the same class");
        Row(FigureTable.Chance, result => result.Chance);
        Row(FigureTable.RandomWeights, result => result.RandomInitialisation);
        Row(FigureTable.Model, result => result.Trained);
        return table;

        void Row(string name, Func<ReportResult, double?> figure)
        {
            (string, double)[] figures = [.. from result in results
                                             let value = figure(result)
                                             where value is not null
                                             select (result.Measure, value.Value)];
            if (figures.Length > 0) table.Add(name, figures);
        }
    }

    private static bool IsOfEarlierVersion(JsonObject json) =>
        json.ContainsKey("csv_file_sha256") && json.ContainsKey("checkpoint_sha256");

    private static JsonObject Figures(RunReportOptions options, EvaluatedModel model, VideoList videos,
        ReportModel report)
    {
        var json = new JsonObject
        {
            ["command"] = options.Command,
            ["version"] = RunDescription.Version,
            ["checkpoint"] = model.Name,
            ["checkpoint_sha256"] = model.Hash,
            ["csv_file"] = videos.File,
            ["csv_file_sha256"] = FileHash.Of(videos.File),
        };
        foreach (ReportResult result in report.Results)
            json[result.Measure] = new JsonObject
            {
                ["chance"] = result.Chance,
                ["random weights"] = result.RandomInitialisation,
                ["model"] = result.Trained,
            };
        if (report.Verdict is { } verdict)
            json["verdict"] = new JsonObject
            {
                ["text"] = verdict.Text,
                ["good"] = verdict.Good,
                ["details"] = new JsonArray([.. verdict.Details.Select(line => (JsonNode)line)]),
            };
        if (report.TimeCues is not { } cues) return json;
        json["time_cues"] = new JsonObject
        {
            ["accuracy"] = cues.Accuracy,
            ["chance"] = 0.5,
            ["clips"] = cues.Clips,
        };
        if (cues.Inside is { } inside)
            json["map_inside_boxes"] = new JsonObject
            {
                ["mass"] = inside.Mass,
                ["area"] = inside.Area,
                ["clips"] = inside.Clips,
            };
        return json;
    }

    /// <summary>Looks at the videos, and puts the page together.</summary>
    private sealed class Builder(RunReportOptions options, EvaluationSession session, EvaluatedModel model,
        VideoList videos, CancellationToken stop)
    {
        private const int LargestRank = 5;

        private readonly ClipOptions _clips = session.Clips(model.Options);
        private readonly ClassTitles _titles = ClassTitles.Beside(videos.File, session.Work.Say);

        public ReportModel Build(ObjectBoxes? boxes, string page)
        {
            RefuseSingleVideo();
            using var cues = options.TimeCues ? new TimeCueStudy(_clips, boxes, Caption) : null;
            var pass = new ModelPass(model.Model, _clips, session.Extraction, FrameReaders.Create);
            ModelOutputs outputs = session.Work.Track("videos", pass.Windows(videos.Videos, cues),
                bar => pass.Run(videos.Videos, cues, new InlineProgress<long>(n => bar(n, "")), stop));
            FeatureTable features = outputs.Features;
            session.SayDropped(features.Dropped);
            IReadOnlyList<ReportConcept> concepts = outputs.Scores is { } scores
                ? ReportParts.Concepts(scores, _clips, Caption) : [];
            OwnVideo own = Own(features);
            IReadOnlyList<LossCurve> curves = model.File is null ? []
                : ReportParts.Curves(Path.Combine(Path.GetDirectoryName(model.File)!, MetricsLog.FileName));
            string weights = model.File is null ? "with random weights" : $"trained with method {model.Options.Method}";
            return new ReportModel
            {
                Title = "What a model makes of videos",
                Summary = $"{model.Options.Net}, {weights}, shown on {features.Rows} videos of "
                    + $"{Path.GetFileName(videos.File)}{Counted(features)}.{OtherStride()}",
                IsTrained = model.File is not null,
                Facts = [.. Facts()],
                TotalLoss = curves.FirstOrDefault(),
                LossTerms = [.. curves.Skip(1)],
                Results = [.. Results(features, own, options.Untrained ?? Path.ChangeExtension(page, ".untrained"))],
                Verdict = Verdict(features),
                Queries = ReportParts.Queries(features, null, own, Classes, Classes),
                Concepts = concepts,
                TimeCues = outputs.TimeCues,
            };

            FactorClass[] Classes(int row) => features.Videos[row].Label is { } label
                ? [new FactorClass("class", _titles[label], label)] : [];
        }

        private string Caption(VideoEntry video) => ReportParts.Caption(
            video.Label is not { } label ? "" : _titles.Names(label) ? _titles[label] : $"class {_titles[label]}",
            ReportParts.NameOf(video));

        // Frames nearer than any in training show less motion than the network learned from.
        private string OtherStride() => model.File is null
            || (_clips.FrameStride >= model.Options.RateMin && _clips.FrameStride <= model.Options.Rate) ? ""
            : string.Create(CultureInfo.InvariantCulture, $" The frames of a clip are {_clips.FrameStride} apart here; "
                + $"in training they were {model.Options.RateMin} to {model.Options.Rate} apart (--stride).");

        private static string Counted(FeatureTable features)
        {
            int classes = features.Videos.Select(video => video.Label).OfType<int>().Distinct().Count();
            return classes switch { 0 => "", 1 => ", all of one class", _ => $", of {classes} classes" };
        }

        /// <summary>What a video does not find: itself and its copies.</summary>
        private OwnVideo Own(FeatureTable features)
        {
            VideoContents contents = session.Work.Compare(stop, features.Videos);
            return IsMeasured(features) ? session.Work.OwnVideos(features, features, contents, LargestRank)
                : OwnVideo.Of(features.Videos, features.Videos, contents);
        }

        // of one class, every answer is right
        private static bool IsMeasured(FeatureTable features) => features.Videos.All(v => v.Label is not null)
            && features.Labels().Distinct().Count() > 1;

        private ReportVerdict? Verdict(FeatureTable features) =>
            model.File is null || model.Model is not ConceptModel ? null : ReportParts.Verdict(
                session.Work.Track("what was learned", LearningVerdict.Clips(model.Options, features.Videos), bar =>
                    LearningVerdict.OfRun(model.File, model.Model, features.Videos,
                        new InlineProgress<long>(n => bar(n, "")), stop)));

        private void RefuseSingleVideo()
        {
            int kept = videos.Videos.Count(video => !EvaluationClips.IsDropped(video.Shots, _clips));
            if (kept == 1)
                throw new BadInputException($"{videos.File}: fewer than two videos are long enough for windows of "
                    + $"{_clips.Frames} frames, {_clips.FrameStride} apart.");
        }

        /// <summary>How often the nearest other videos are of a video's class, where the list has labels.</summary>
        private IEnumerable<ReportResult> Results(FeatureTable features, OwnVideo own, string kept)
        {
            if (!IsMeasured(features)) yield break;
            int[] labels = features.Labels();
            double[] Recall(FeatureTable table) => [.. Retrieval.Recall(
                Retrieval.Search([table], [table], LargestRank, own), labels, labels)
                .Select(r => r.Value)];
            double[]? before = null;
            if (options.CompareRandom && model.File is not null)
            {
                using EvaluatedModel random = session.Random(model.Options);
                before = Recall(session.Features(random, videos, FeatureViews.Clips, "untrained features", kept, stop));
            }
            double[] after = Recall(features);
            int[] ranks = [.. Retrieval.Cutoffs(own.Searched).Where(k => k <= LargestRank)];
            for (int i = 0; i < ranks.Length; i++)
                yield return new ReportResult("class", $"R@{ranks[i]}", Chance.Recall(labels, labels, ranks[i], own),
                    before?[i], after[i]);
        }

        private IEnumerable<ReportFact> Facts()
        {
            if (options.Command is { } command) yield return new("command", command);
            yield return new("weights", model.Name);
            if (model.Hash.Length > 0) yield return new("their SHA-256", model.Hash);
            yield return new("clips",
                $"{_clips.Frames} frames of {_clips.Size}×{_clips.Size}, {_clips.FrameStride} apart");
            foreach ((string name, string value) in RunDescription.Facts()) yield return new(name, value);
        }
    }
}
