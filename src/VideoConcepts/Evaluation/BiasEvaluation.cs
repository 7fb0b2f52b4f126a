using System.Text.Json.Nodes;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Files;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What of a probe's accuracy is left on changed videos.</summary>
public sealed record BiasOptions : FeatureEvaluationOptions
{
    /// <summary>What tells the classes apart.</summary>
    public ProbeClassifier Classifier { get; init; }

    /// <summary>Folders of variants, or NAME=LIST; none: variants are made by masks of what moves.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>With masks: lists whose labels say what the background tells, such as the camera; backgrounds come from
    /// videos with another one.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}

/// <summary>
/// Static bias of a representation: a probe learns from the unchanged training list and is asked of the unchanged test
/// videos and of variants of them.
/// </summary>
public static class BiasEvaluation
{
    private const string Command = "evaluate bias";
    private const int MostShown = 8;
    private const long DrawStream = 1, PairStream = 2; // second keys of the random streams

    /// <summary>Learns from the training list of each split and asks its test list and the variants of that.</summary>
    /// <param name="options">Model, lists and variants.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches and draws.</param>
    /// <returns>A row for each variant, of random weights and of the model: accuracy over the classes, in [0, 1], and
    /// the share that survives with its 95 % interval.</returns>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong.</exception>
    public static EvaluationResult Run(BiasOptions options, WorkContext? work = null, CancellationToken stop = default)
    {
        FeatureViews.Checked(options.View);
        if (options.Groups.Count > 0 && options.Variants.Count > 0)
            throw new BadInputException("‹groups› is not read with ‹bias›; leave one of the two out.");
        var session = new EvaluationSession(options, work);
        EvaluationSplit[] splits =
            [.. session.Splits(options.TrainLists, options.TestLists, options.AllowOverlap, stop)];
        var variants = new IReadOnlyList<BiasVariant>[splits.Length];
        VideoList[] groups = [.. options.Groups.Select(file => session.List(file))];
        for (int i = 0; i < splits.Length; i++)
        {
            variants[i] = options.Variants.Count == 0 ? []
                : BiasVariants(options, splits[i], splits.Length == 1, session);
            splits[i] = splits[i] with
            {
                Further = [.. variants[i].Select(v => ($"bias {v.Name}", v.List.File)),
                    .. groups.Select(list => ("groups", list.File))],
            };
        }
        using EvaluatedModel model = session.Open();
        SplitResults? results = session.Claim(Command, model, splits, false, BiasPicture.FileName);
        return session.ForEachSplit(splits, results, split => new OfSplit(options, session, model, splits, split,
            variants[Array.IndexOf(splits, split)], groups, stop).Measure());
    }

    private static IReadOnlyList<BiasVariant> BiasVariants(BiasOptions options, EvaluationSplit split, bool single,
        EvaluationSession session)
    {
        IReadOnlyList<BiasVariant> found =
            BiasVariant.Of(options.Variants, split.Test, single, file => session.List(file));
        foreach (BiasVariant variant in found) ListRules.Classes(split.Train, variant.List);
        return found;
    }

    /// <summary>One split.</summary>
    private sealed class OfSplit(BiasOptions options, EvaluationSession session, EvaluatedModel model,
        IReadOnlyList<EvaluationSplit> splits, EvaluationSplit split, IReadOnlyList<BiasVariant> variants,
        IReadOnlyList<VideoList> groups, CancellationToken stop)
    {
        private readonly FeatureProbe _probe = new(options.Classifier, options.Seed, session, splits, split, stop);
        private readonly ClipOptions _clips = session.Clips(model.Options);
        private readonly int _classes = ListRules.Classes(split.Train, split.Test);
        private byte[]? _picture;

        public Measurement Measure()
        {
            var table = new FigureTable(_probe.Name);
            table.Add(FigureTable.Chance, Row(1.0 / _classes));
            using EvaluatedModel? untrained =
                options.CompareRandom && model.File is not null && FeatureViews.NeedsNetwork(options.View)
                    ? session.Random(model.Options) : null;
            EvaluatedModel[] models = untrained is null ? [model] : [untrained, model];
            int[] rows = [.. Enumerable.Range(0, split.Test.Videos.Count).Where(row => AllLists().All(list =>
                !EvaluationClips.IsDropped(VideoSelection.Shots(list.Videos, row), _clips)))];
            if (rows.Length == 0)
                throw new BadInputException($"{split.Test.File}: no video is long enough: nothing to evaluate.");
            VideoEntry[] dropped = [.. Enumerable.Range(0, split.Test.Videos.Count).Except(rows)
                .Select(row => split.Test.Videos[row])];
            var tested = new VideoSelection(split.Test.Videos, rows);
            FeatureTable[][] features = variants.Count > 0 ? [.. models.Select(of => Listed(of, rows))]
                : Masked(models, tested);
            string[] names = variants.Count > 0 ? [BiasVariant.Unchanged, .. variants.Select(v => v.Name)]
                : [.. MaskedFeatures.Names];
            IReadOnlyList<VideoEntry> droppedToLearn = [];
            JsonObject top1 = [];
            for (int i = 0; i < models.Length; i++)
            {
                string name = models[i].File is null ? FigureTable.RandomWeights : FigureTable.Model;
                FeatureTable train = session.Features(models[i], split.Train, options.View, "train features",
                    EvaluationSession.Kept(options), stop);
                droppedToLearn = train.Dropped;
                top1[name] = Add(table, name, names, Answers(models[i], train, features[i]));
            }
            JsonObject json = session.Describe(model, split, [.. droppedToLearn, .. dropped]);
            json["view"] = options.View;
            json["probe"] = _probe.Settings();
            json["variants"] = variants.Count == 0 ? "masks of what moves" : new JsonArray([.. variants.Select(v =>
                (JsonNode)new JsonObject
                {
                    ["name"] = v.Name,
                    ["csv"] = v.List.File,
                    ["csv_sha256"] = FileHash.Of(v.List.File),
                })]);
            if (groups.Count > 0) json["groups"] = string.Join(',', groups.Select(list => list.File));
            json["videos"] = rows.Length;
            json["draws"] = BiasFigures.Draws;
            json["top1"] = top1;
            _picture ??= Sheet(rows);
            return new(table, json) { Pictures = [(BiasPicture.FileName, _picture)] };
        }

        private IEnumerable<VideoList> AllLists() => variants.Select(v => v.List).Prepend(split.Test);

        /// <summary>Of the unchanged videos and of each variant, the videos that all lists are long enough for.
        /// </summary>
        private FeatureTable[] Listed(EvaluatedModel of, int[] rows) =>
        [
            .. AllLists().Select((list, i) =>
            {
                FeatureTable all = session.Features(of, list, options.View,
                    i == 0 ? "test features" : $"{variants[i - 1].Name} features", EvaluationSession.Kept(options),
                    stop);
                HashSet<int> wanted = [.. rows.Select(row => list.Videos[row].Line)];
                int[] kept = [.. Enumerable.Range(0, all.Rows).Where(row => wanted.Contains(all.Videos[row].Line))];
                return new FeatureTable([.. kept.SelectMany(row => all.Row(row).ToArray())], all.Dimension,
                    [.. kept.Select(row => all.Videos[row])], []);
            }),
        ];

        private FeatureTable[][] Masked(EvaluatedModel[] models, VideoSelection tested)
        {
            int shown = Math.Min(MostShown, tested.Count);
            var masked = new MaskedFeatures(_clips, session.Extraction, session.Communicator, options.Seed)
            {
                ShownRows = [.. Enumerable.Range(0, shown).Select(i => (int)((long)i * tested.Count / shown))],
            };
            FeatureTable[][] features = session.Work.Track("test features", tested.Count, bar => masked.Extract(tested,
                Lenders(tested), [.. models.Select(of => NetworkOf(of))],
                FeatureViews.Dimension(model.Model.Backbone, options.View), new InlineProgress<long>(n => bar(n, "")),
                stop));
            _picture = BiasPicture.Draw(MaskedFeatures.Shown, masked.Pictures, _clips.Size);
            return features;
        }

        private Func<Tensor, Tensor> NetworkOf(EvaluatedModel of) => clips => of.Features(options.View, clips);

        /// <summary>Of another class and another group, or at least of another class.</summary>
        private int[] Lenders(VideoSelection tested)
        {
            int[] labels = [.. tested.Select(video => video.Label!.Value)];
            Dictionary<string, int> known = [];
            foreach (VideoEntry video in groups.SelectMany(list => list.Videos))
                known[video.Path] = video.Label!.Value;
            int[] group = groups.Count == 0 ? labels
                : [.. tested.Select(video => known.TryGetValue(video.Path, out int of) ? of
                    : throw new BadInputException($"{video.Origin}: the video is in no list of ‹groups›; name a "
                        + "list that has a label for each test video."))];
            int[] lenders = ExchangePairs.Of(tested.Count, [(a, b) => labels[a] != labels[b] && group[a] != group[b],
                (a, b) => labels[a] != labels[b]], RandomStream.For(options.Seed, PairStream));
            return !lenders.Contains(-1) ? lenders : throw new BadInputException(
                $"{split.Test.File}: all videos are of one class, and none can lend its background to another class.");
        }

        /// <summary>Class and answer of each video, unchanged and of each variant.</summary>
        private (int[] Labels, int[] Answers)[] Answers(EvaluatedModel of, FeatureTable train, FeatureTable[] tested)
        {
            var all = new FeatureTable([.. tested.SelectMany(table => table.Values)], train.Dimension,
                [.. tested.SelectMany(table => table.Videos)], []);
            LinearProbeResult found = _probe.Run(of.Name, train, all);
            int[] answers = Metrics.Predictions(found.Probabilities, found.Confusion.GetLength(0));
            int count = tested[0].Rows;
            return [.. tested.Select((table, i) => (table.Labels(), answers[(i * count)..((i + 1) * count)]))];
        }

        /// <summary>The rows of a model; what results say of top-1.</summary>
        private JsonObject Add(FigureTable table, string model, string[] names, (int[] Labels, int[] Answers)[] of)
        {
            BiasFigures[] figures = session.Work.Track("bootstrap", 1, _ => BiasFigures.Of(_classes, of[0], of[1..],
                RandomStream.For(options.Seed, DrawStream), stop));
            int[] all = [.. Enumerable.Range(0, of[0].Labels.Length)];
            table.Add($"{model}, {names[0]}", Row(BiasFigures.MeanAccuracy(_classes, of[0], all)));
            for (int v = 1; v < names.Length; v++)
                table.Add($"{model}, {names[v]}", Row(figures[v - 1].Accuracy, figures[v - 1]));
            int moving = Array.IndexOf(names, BiasVariant.Scuba), frozen = Array.IndexOf(names, BiasVariant.Scufo);
            if (moving > 0 && frozen > 0)
                table.Add($"{model}, scuba right and scufo wrong",
                    Row(BiasFigures.Contrasted(_classes, of[moving], of[frozen])));
            JsonObject top1 = [];
            for (int v = 0; v < names.Length; v++)
                top1[names[v]] = FigureText.Rounded(
                    of[v].Labels.Zip(of[v].Answers).Count(pair => pair.First == pair.Second) / (double)all.Length, 6);
            return top1;
        }

        private static IEnumerable<(string, double?)> Row(double accuracy, BiasFigures? figures = null) =>
            [("accuracy", accuracy), ("survives", figures?.Survives), ("low", figures?.Low), ("high", figures?.High)];

        /// <summary>The middle frames of some videos and their variants.</summary>
        private byte[] Sheet(int[] rows)
        {
            int shown = Math.Min(MostShown, rows.Length);
            VideoList[] lists = [.. AllLists()];
            using IFrameReader reader = FrameReaders.Create();
            FrameImage decoded = new(), small = new();
            return BiasPicture.Draw([BiasVariant.Unchanged, .. variants.Select(v => v.Name)],
                [.. Enumerable.Range(0, shown).Select(i => rows[(int)((long)i * rows.Length / shown)]).Select(row =>
                    lists.Select(list => Middle(list.Videos[row])).ToArray())], _clips.Size);

            byte[] Middle(VideoEntry video)
            {
                reader.Read(video, video.FrameCount / 2, decoded);
                WindowReader.Shrink(decoded, TestView.Centre, _clips.Size, small);
                var planes = new byte[small.Pixels.Length];
                WindowReader.Planes(small, planes);
                return planes;
            }
        }
    }
}
