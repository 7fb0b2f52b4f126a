using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Models;

namespace VideoConcepts.Evaluation;

/// <summary>Runs whose concepts are compared with those of the one that is evaluated.</summary>
internal sealed class OtherRuns : IDisposable
{
    private readonly List<EvaluatedModel> _models = [];

    /// <param name="session">Opens them.</param>
    /// <param name="first">The model that is evaluated.</param>
    /// <param name="paths">Folders of runs, or checkpoints.</param>
    /// <exception cref="BadInputException">One has no concepts, or is there twice.</exception>
    public OtherRuns(EvaluationSession session, EvaluatedModel first, IReadOnlyList<string> paths)
    {
        try
        {
            foreach (string path in paths)
            {
                EvaluatedModel model = session.Open(path);
                _models.Add(model);
                Concepts(model);
                foreach (EvaluatedModel known in (IEnumerable<EvaluatedModel>)[first, .. _models[..^1]])
                    if (known.Hash == model.Hash)
                        throw new BadInputException(
                            $"‹other_runs› {path}: the same checkpoint as {known.Name}; name each run once.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => _models.Count;

    public IEnumerable<string> Names => _models.Select(m => m.Name);

    public IEnumerable<Source> Sources => _models.Select(m => m.Source with { Role = "other_runs" });

    public IEnumerable<InputFile> Inputs => _models.Select(m => new InputFile("‹other_runs›", m.File!));

    /// <summary>The concept model, as evaluations of concepts need it.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static ConceptModel Concepts(EvaluatedModel model) => model.Model as ConceptModel
        ?? throw new BadInputException($"{model.Name}: a model without concepts; give a run of train ‹method› "
            + "concepts.");

    /// <summary>How stable each head is over all runs.</summary>
    /// <param name="session">Cuts and decodes.</param>
    /// <param name="reading">The heads of the run that is evaluated.</param>
    /// <param name="first">Its scores of the test videos.</param>
    /// <param name="list">The test videos.</param>
    /// <param name="seed">Shuffles videos.</param>
    /// <param name="stop">Stops between batches and draws.</param>
    public IReadOnlyList<ConceptStability> Compare(EvaluationSession session, ConceptReading reading,
        VideoScores first, VideoList list, long seed, CancellationToken stop)
    {
        List<(VideoScores Scores, IReadOnlyList<ConceptHead> Heads)> runs = [(first, reading.Heads)];
        foreach (EvaluatedModel model in _models)
        {
            var of = new ConceptReading(Concepts(model), model.Options.Difference);
            FeatureExtractor extractor = session.Extractor(session.Clips(model.Options));
            runs.Add((session.Track($"test scores, run {runs.Count + 1}", extractor, list, progress =>
                VideoScores.Of(extractor, list.Videos, of.Scores, softmaxFirst: false, progress, stop),
                scores => scores.Dropped), of.Heads));
        }
        IReadOnlyList<VideoEntry> shared = ConceptStability.Shared(runs.Select(run => run.Scores.Videos));
        if (shared.Count < 2)
            throw new BadInputException("‹other_runs›: fewer than two test videos are long enough for all runs; give "
                + "longer videos, or a smaller ‹seq›.");
        return session.Work.Track("stability", reading.Heads.Count, bar => reading.Heads.Select((head, i) =>
        {
            bar(i, $"{head.Kind} {head.Views}");
            RandomStream random = RandomStream.For(seed, head.First);
            return ConceptStability.Of(head,
                [.. runs.Select(run => (Rows(run.Scores, run.Heads[i], shared), run.Heads[i].Concepts))], ref random,
                stop);
        }).ToArray());
    }

    public void Dispose()
    {
        foreach (EvaluatedModel model in _models) model.Dispose();
    }

    private static float[] Rows(VideoScores scores, ConceptHead head, IReadOnlyList<VideoEntry> videos)
    {
        float[] columns = scores.Columns(head.First, head.Concepts);
        Dictionary<string, int> rows = new(StringComparer.Ordinal);
        for (int row = 0; row < scores.Videos.Count; row++) rows.TryAdd(scores.Videos[row].Path, row);
        return [.. videos.SelectMany(video =>
            columns.Skip(rows[video.Path] * head.Concepts).Take(head.Concepts))];
    }
}
