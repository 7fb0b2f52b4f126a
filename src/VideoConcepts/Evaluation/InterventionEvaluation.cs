using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>What moves the concepts of a model: motion, look, both or neither.</summary>
public sealed record InterventionOptions : EvaluationOptions
{
    /// <summary>Lists of the videos to change; several name the same videos, each with the labels of one factor.
    /// Without labels there are no deletion curves.</summary>
    public IReadOnlyList<string> TestLists { get; init; } = [];

    /// <summary>Row n of this list is the video of row n with another motion; null: there are no such videos.</summary>
    public string? OtherMotion { get; init; }

    /// <summary>Likewise with another appearance.</summary>
    public string? OtherAppearance { get; init; }
}

/// <summary>What interventions found.</summary>
/// <param name="Heads">What moves the concepts of each head.</param>
/// <param name="Concepts">The same, concept by concept.</param>
/// <param name="Curves">Retrieval after concepts were taken away; empty without labels.</param>
/// <param name="Videos">Videos that were changed.</param>
/// <param name="ResultFile">The file of results, or null.</param>
public sealed record InterventionResult(IReadOnlyList<HeadInterventions> Heads,
    IReadOnlyList<ConceptInterventions> Concepts, IReadOnlyList<DeletionCurve> Curves, int Videos, string? ResultFile);

/// <summary>
/// Changes videos and looks which scores of concepts follow: a concept is static or dynamic by what moves it, not by
/// the half of the vector that it stands in.
/// </summary>
public static class InterventionEvaluation
{
    private const int FewestVideos = 3;

    /// <summary>Freezes, reverses, shuffles and recolours each window, takes in counterparts, and measures.</summary>
    /// <param name="options">Model and lists.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong, or the model has no
    /// concepts.</exception>
    public static InterventionResult Run(InterventionOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        if (options.TestLists.Count == 0)
            throw new BadInputException("‹test_csv› is missing: name the list of the videos to change.");
        var session = new EvaluationSession(options, work);
        VideoList[] lists = [.. options.TestLists
            .Select(file => session.List(file, requireLabels: options.TestLists.Count > 1))];
        (Intervention What, VideoList List)[] counterparts =
            [.. Counterpart(session, Intervention.OtherMotion, options.OtherMotion, lists[0]),
                .. Counterpart(session, Intervention.OtherAppearance, options.OtherAppearance, lists[0])];
        bool isLabelled = lists[0].Videos[0].Label is not null;
        string[] names = ListNames.Factors(ListNames.Of([.. lists.Select(list => list.File)]));
        foreach (VideoList list in lists.Skip(1)) _ = FactorEvaluation.Classes(lists[0].Videos, list);
        using EvaluatedModel model = session.Open();
        (string Role, string File)[] files = [.. lists.Select(list => ("test_csv", list.File)),
            .. counterparts.Select(c => (c.What.Name, c.List.File))];
        if (model.Model is not ConceptModel concepts)
            throw new BadInputException($"{model.Name}: a model without concepts; give a run of train ‹method› "
                + "concepts.");
        ResultFiles? results = session.Claim("evaluate interventions",
            [model.Source, .. files.Select(f => Source.File(f.Role, f.File))], classifies: false,
            [.. model.Inputs, .. files.Select(f => new InputFile($"‹{f.Role}›", f.File))],
            InterventionFiles.Names(isLabelled));
        return new OfModel(options, session, model, concepts, isLabelled ? [.. names.Zip(lists)] : [], stop)
            .Measure(lists[0], counterparts, results);
    }

    private static IEnumerable<(Intervention, VideoList)> Counterpart(EvaluationSession session, Intervention what,
        string? file, VideoList of)
    {
        if (file is null) return [];
        VideoList list = session.List(file, requireLabels: false);
        if (list.Videos.Count != of.Videos.Count)
            throw new BadInputException($"‹{what.Name}› {file}: {list.Videos.Count} videos, but {of.File} has "
                + $"{of.Videos.Count}; row n must be the counterpart of row n.");
        foreach ((VideoEntry video, VideoEntry counterpart) in of.Videos.Zip(list.Videos))
            if (video.Path == counterpart.Path)
                throw new BadInputException($"{counterpart.Origin}: this is the video of {video.Origin} itself; "
                    + $"‹{what.Name}› takes videos in which something else was changed.");
        return [(what, list)];
    }

    private sealed class OfModel(InterventionOptions options, EvaluationSession session, EvaluatedModel model,
        ConceptModel concepts, IReadOnlyList<(string Name, VideoList List)> factors, CancellationToken stop)
    {
        private readonly ConceptReading _reading = new(concepts, model.Options.Difference);

        public InterventionResult Measure(VideoList test, (Intervention What, VideoList List)[] counterparts,
            ResultFiles? results)
        {
            FeatureExtractor extractor = session.Extractor(session.Clips(model.Options));
            IReadOnlyList<VideoEntry>[] kept = Kept(extractor, [test, .. counterparts.Select(c => c.List)],
                out IReadOnlyList<VideoEntry> dropped);
            OwnVideo? searched = factors.Count == 0 ? null : Searched(kept[0]);
            int columns = _reading.Heads.Sum(h => h.Concepts);
            VideoScores all = Scores(extractor, "changed clips", kept[0], Changed);
            VideoScores own = all with { Values = all.Columns(0, columns), Classes = columns };
            List<(Intervention What, float[] Scores)> changed = [.. Intervention.OfClips
                .Select((what, i) => (what, all.Columns((i + 1) * columns, columns)))];
            foreach (((Intervention what, _), int i) in counterparts.Select((c, i) => (c, i)))
                changed.Add((what, Scores(extractor, what.Name.Replace('_', ' '), kept[i + 1],
                    (clips, _) => _reading.Scores(clips)).Values));
            RandomStream random = RandomStream.For(options.Seed, 3);
            InterventionShares shares = session.Work.Track("how sure", InterventionShares.Draws, bar =>
                InterventionShares.Of(own.Values, changed, columns, ref random,
                    new InlineProgress<long>(n => bar(n, "")), stop));
            ConceptInterventions[] found = [.. _reading.Heads.SelectMany(head => OfHead(head, own, shares))];
            HeadInterventions[] heads = [.. _reading.Heads.Select(h => HeadInterventions.Of(h, found, shares))];
            InterventionFiles files = searched is null ? new(heads, found, [], [])
                : Deleted(heads, found, own, searched, ref random);
            results?.Write(files.Json(Describe(test, counterparts, dropped)), null, files.Files());
            return new(heads, found, files.Curves, own.Videos.Count, results?.ResultFile);
        }

        /// <summary>The rows of all lists whose videos are long enough in each.</summary>
        private IReadOnlyList<VideoEntry>[] Kept(FeatureExtractor extractor, VideoList[] lists,
            out IReadOnlyList<VideoEntry> dropped)
        {
            int tooShort = EvaluationClips.LongestDropped(extractor.Clips);
            bool IsKept(int row) => lists.All(l => VideoSelection.Shots(l.Videos, row).Longest > tooShort);
            (IReadOnlyList<VideoEntry> kept, dropped) = VideoSelection.Divide(lists[0].Videos, IsKept);
            session.SayDropped(dropped);
            if (kept.Count < FewestVideos)
                throw new BadInputException($"{lists[0].File}: {kept.Count} of {lists[0].Videos.Count} videos have "
                    + $"more than {tooShort} frames, in all lists; give at least {FewestVideos}.");
            return [kept, .. lists.Skip(1).Select(list => VideoSelection.Divide(list.Videos, IsKept).Wanted)];
        }

        private OwnVideo Searched(IReadOnlyList<VideoEntry> videos)
        {
            var rows = new FeatureTable([], 0, videos, []);
            return session.Work.OwnVideos(rows, rows, session.Work.Compare(stop, videos), largest: 1);
        }

        private VideoScores Scores(FeatureExtractor extractor, string part, IReadOnlyList<VideoEntry> videos,
            FeatureExtractor.WindowNetwork network) =>
            session.Work.Track(part, extractor.CountWindows(videos), bar =>
            {
                var means = new VideoMeans(videos, unit: false);
                extractor.Visit(videos, network, (row, _, output) => means.Add(row, output),
                    new InlineProgress<long>(n => bar(n, "")), stop);
                means.Finish();
                return new VideoScores(means.Values, means.Dimension, videos, []);
            });

        // (N, 5·4K): scores of the clips as they are, and after each of Intervention.OfClips
        private Tensor Changed(Tensor clips, IReadOnlyList<(int Row, int Start)> windows)
        {
            using var scope = NewDisposeScope();
            int[][] orders = [.. windows.Select(window =>
            {
                RandomStream random = RandomStream.For(options.Seed, 1, window.Row, window.Start);
                return ClipChanges.DrawOrder(ref random, (int)clips.shape[2]);
            })];
            Recolouring[] colours = [.. windows.Select(window =>
            {
                RandomStream random = RandomStream.For(options.Seed, 2, window.Row);
                return Recolouring.Draw(ref random);
            })];
            return cat([_reading.Scores(clips), _reading.Scores(ClipChanges.Frozen(clips)),
                _reading.Scores(ClipChanges.Reversed(clips)), _reading.Scores(ClipChanges.Reordered(clips, orders)),
                _reading.Scores(ClipChanges.Recoloured(clips, colours))], 1).MoveToOuterDisposeScope();
        }

        private static IEnumerable<ConceptInterventions> OfHead(ConceptHead head, VideoScores own,
            InterventionShares shares)
        {
            float[] scores = own.Columns(head.First, head.Concepts);
            HashSet<int> leading = [.. Metrics.Predictions(ConceptLeads.Standardised(scores, scores, head.Concepts),
                head.Concepts)];
            return Enumerable.Range(0, head.Concepts).Select(c => ConceptInterventions.Of(head, c,
                isDead: !leading.Contains(c) || !shares.Varies(head.First + c), shares.OfColumn(head.First + c)));
        }

        /// <summary>Takes away concepts of the head of clips, which knows both kinds.</summary>
        private InterventionFiles Deleted(HeadInterventions[] heads, ConceptInterventions[] found, VideoScores own,
            OwnVideo searched, ref RandomStream random)
        {
            ConceptInterventions[] ofClips = [.. found.Where(c => c.Head.Views == ConceptReading.Clips)];
            float[] scores = own.Columns(0, ofClips.Length);
            (string Name, int[] Labels)[] labels = [.. factors
                .Select(f => (f.Name, FactorEvaluation.Classes(own.Videos, f.List)))];
            var study = new DeletionStudy(new FeatureTable(ConceptLeads.Standardised(scores, scores, ofClips.Length),
                ofClips.Length, own.Videos, []), ofClips.Length, searched, labels);
            RandomStream draws = random;
            IReadOnlyList<DeletionCurve> curves = session.Work.Track("take concepts away", study.Searches, bar =>
                study.Run([.. ofClips.Select(c => c.Motion.Share)], [.. ofClips.Select(c => c.Look.Share)], ref draws,
                    new InlineProgress<long>(n => bar(n, "")), stop));
            return new(heads, found, curves, [.. labels.Select(f => (f.Name,
                Chance.Recall(f.Labels, f.Labels, 1, searched)))]);
        }

        private JsonObject Describe(VideoList test, (Intervention What, VideoList List)[] counterparts,
            IReadOnlyList<VideoEntry> dropped)
        {
            JsonObject json = session.Describe(model, new EvaluationSplit("", test, test), dropped);
            foreach (string key in (string[])["split", "train_csv", "train_csv_sha256"]) json.Remove(key);
            foreach ((Intervention what, VideoList list) in counterparts)
            {
                json[what.Name] = list.File;
                json[$"{what.Name}_sha256"] = FileHash.Of(list.File);
            }
            return json;
        }
    }
}
