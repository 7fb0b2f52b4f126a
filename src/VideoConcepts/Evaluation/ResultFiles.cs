using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SkiaSharp;
using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>Figures of a classifier on a list.</summary>
/// <param name="Scores">Probabilities.</param>
/// <param name="Top1">Share in [0, 1].</param>
/// <param name="Top5">Share of videos whose class is among the five best.</param>
/// <param name="MeanClass">Mean over the classes that occur.</param>
/// <param name="Confusion">Counts; row = true class.</param>
internal sealed record ClassificationResult(
    VideoScores Scores, double Top1, double Top5, double MeanClass, int[,] Confusion)
{
    public static ClassificationResult Of(VideoScores probabilities)
    {
        int[] labels = probabilities.Labels();
        int[] predictions = Metrics.Predictions(probabilities.Values, probabilities.Classes);
        int[,] confusion = Metrics.Confusion(labels, predictions, probabilities.Classes);
        return new(
            probabilities,
            Metrics.TopK(probabilities.Values, probabilities.Classes, labels, 1),
            Metrics.TopK(probabilities.Values, probabilities.Classes, labels, 5),
            Metrics.MeanClassAccuracy(confusion),
            confusion);
    }

    /// <summary>
    /// The test videos of several splits as one list, such as those of a cross-validation; null where the splits share
    /// videos or have different classes.
    /// </summary>
    public static ClassificationResult? Pooled(IReadOnlyList<ClassificationResult> splits)
    {
        VideoScores[] scores = [.. splits.Select(s => s.Scores)];
        string[] videos = [.. scores.SelectMany(s => s.Videos).Select(v => v.Path)];
        if (videos.Distinct(StringComparer.Ordinal).Count() < videos.Length) return null;
        if (scores.Any(s => s.Classes != scores[0].Classes)) return null;
        return Of(new VideoScores([.. scores.SelectMany(s => s.Values)], scores[0].Classes,
            [.. scores.SelectMany(s => s.Videos)], [.. scores.SelectMany(s => s.Dropped)]));
    }

    /// <summary>The figures by name.</summary>
    public IEnumerable<(string Name, double Value)> Figures => Named(Scores.Classes, Top1, Top5, MeanClass);

    /// <summary>Top-5 is left out where there are no more than five classes: every answer is right.</summary>
    internal static IEnumerable<(string Name, double Value)> Named(int classes, double top1, double top5,
        double meanClass) =>
        [("top-1", top1), .. classes > 5 ? [("top-5", top5)] : ((string, double)[])[], ("mean class", meanClass)];
}

/// <summary>
/// What an evaluation leaves in its folder: result.json, and for classifiers probabilities.csv (path, label, one column
/// per class), confusion.csv and confusion.png, per_class.csv.
/// </summary>
internal sealed class ResultFiles
{
    public const string ResultName = "result.json", ProbabilitiesName = "probabilities.csv";

    private static readonly string[] s_classification = [ProbabilitiesName, "confusion.csv", "per_class.csv",
        "confusion.png"];

    private readonly OutputSet _files;

    private ResultFiles(string folder, OutputSet files) => (Folder, _files) = (folder, files);

    /// <summary>Where the files go.</summary>
    public string Folder { get; }

    /// <summary>The file of results.</summary>
    public string ResultFile => Path.Combine(Folder, ResultName);

    /// <summary>
    /// Looks at what is in a folder before results are written to it; makes the folder, and writes nothing else.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="origin">The command and its sources.</param>
    /// <param name="classifies">Whether there will be the files of a classifier.</param>
    /// <param name="inputs">Files that the command reads.</param>
    /// <param name="force">Whether results of another origin are replaced; null: never, and nothing is said of
    /// it.</param>
    /// <param name="beside">Names of further files.</param>
    /// <exception cref="BadInputException">As <see cref="OutputSet.Claim"/>.</exception>
    public static ResultFiles Claim(string folder, Origin origin, bool classifies, IEnumerable<InputFile> inputs,
        bool? force = false, params IReadOnlyList<string> beside)
    {
        OutputFolder.Open(folder, "‹out›");
        string[] others = [.. classifies ? s_classification : [], .. beside];
        return new ResultFiles(folder, OutputSet.Claim(origin, Path.Combine(folder, ResultName),
            [.. others.Select(name => Path.Combine(folder, name))], inputs, force, IsOfEarlierVersion));
    }

    // They kept the command line, the version or the names of the splits, and always the figures or the two kinds of
    // concepts.
    private static bool IsOfEarlierVersion(JsonObject json) =>
        !json.ContainsKey(Origin.Key)
            && (json["figures"] is JsonObject || (json["static"] is JsonObject && json["dynamic"] is JsonObject))
        && (json.ContainsKey("version") || json.ContainsKey("splits"));

    /// <summary>Writes result.json and, of a classifier, its files, and those beside.</summary>
    public void Write(JsonObject result, ClassificationResult? classification = null,
        params IEnumerable<(string Name, byte[] Bytes)> beside) =>
        _files.Write(result, [.. (classification is null ? [] : s_classification.Zip(Contents(classification)))
            .Concat(beside).Select(file => (Path.Combine(Folder, file.Item1), file.Item2))]);

    /// <summary>In the order of the names.</summary>
    private static byte[][] Contents(ClassificationResult result)
    {
        int classes = result.Scores.Classes;
        StringBuilder confusion = new StringBuilder("true\\predicted")
            .AppendJoin("", Enumerable.Range(0, classes).Select(c => $",{c}"))
            .Append('\n');
        var perClass = new StringBuilder("class,videos,right,accuracy\n");
        for (int c = 0; c < classes; c++)
        {
            int[] row = [.. Enumerable.Range(0, classes).Select(p => result.Confusion[c, p])];
            confusion.Append(c).AppendJoin("", row.Select(n => $",{n}")).Append('\n');
            int total = row.Sum();
            string accuracy = total > 0
                ? (row[c] / (double)total).ToString("F4", CultureInfo.InvariantCulture)
                : "";
            perClass.Append(CultureInfo.InvariantCulture, $"{c},{total},{row[c]},{accuracy}\n");
        }
        using SKData picture = ConfusionPicture.Draw(result.Confusion);
        return [OutputSet.Bytes(Probabilities(result.Scores)), OutputSet.Bytes(confusion.ToString()),
            OutputSet.Bytes(perClass.ToString()), picture.ToArray()];
    }

    /// <summary>The probabilities.csv that a path names: the file, or the one in a folder.</summary>
    public static string ProbabilitiesOf(string path) => Directory.Exists(path) ? Path.Combine(path, ProbabilitiesName)
        : path;

    /// <summary>Reads probabilities.csv back.</summary>
    /// <exception cref="BadInputException">Missing or malformed; the message names the line.</exception>
    public static VideoScores ReadProbabilities(string path)
    {
        path = ProbabilitiesOf(path);
        if (!File.Exists(path))
            throw new BadInputException(
                $"{path}: there is no such file; give a folder that evaluate wrote, or its {ProbabilitiesName}.");
        ReadableFile.Check(path);
        var configuration = new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null,
            MissingFieldFound = null,
        };
        using var csv = new CsvHelper.CsvReader(new StreamReader(path), configuration);
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord!.Length < 3)
            throw new BadInputException(
                $"{path}: not a {ProbabilitiesName}: path, label and one column per class belong in it.");
        int classes = csv.HeaderRecord.Length - 2;
        List<VideoEntry> videos = [];
        List<float> values = [];
        while (csv.Read())
        {
            int line = csv.Parser.RawRow;
            if (!int.TryParse(csv.GetField(1), CultureInfo.InvariantCulture, out int label) || label < 0)
                throw new BadInputException($"{path}:{line}: \"{csv.GetField(1)}\" is not a label.");
            if (label >= classes)
                throw new BadInputException(
                    $"{path}:{line}: label {label} is out of range, there are columns for the classes 0 to "
                    + $"{classes - 1}.");
            videos.Add(new VideoEntry(csv.GetField(0)!, 0, label, path, line));
            for (int c = 0; c < classes; c++)
                values.Add(float.TryParse(csv.GetField(2 + c), CultureInfo.InvariantCulture, out float p)
                    ? p
                    : throw new BadInputException($"{path}:{line}: \"{csv.GetField(2 + c)}\" is not a number."));
        }
        return videos.Count > 0
            ? new VideoScores([.. values], classes, videos, [])
            : throw new BadInputException($"{path}: there is no video in it.");
    }

    private static string Probabilities(VideoScores scores)
    {
        StringBuilder text = new StringBuilder("path,label")
            .AppendJoin("", Enumerable.Range(0, scores.Classes).Select(c => $",p{c}"))
            .Append('\n');
        for (int row = 0; row < scores.Videos.Count; row++)
        {
            text.Append('"').Append(scores.Videos[row].Path.Replace("\"", "\"\"")).Append("\",")
                .Append(scores.Videos[row].Label);
            foreach (float p in scores.Values.AsSpan(row * scores.Classes, scores.Classes))
                text.Append(CultureInfo.InvariantCulture, $",{p:G7}");
            text.Append('\n');
        }
        return text.ToString();
    }
}

/// <summary>A confusion matrix as a picture: rows are true classes, darker is a larger share of the row.</summary>
internal static class ConfusionPicture
{
    private const int Margin = 44, MostLabels = 40;

    /// <summary>Nearly white of 0, dark blue of 1.</summary>
    public static SKColor Shade(double share) =>
        new((byte)(247 - (share * 239)), (byte)(251 - (share * 203)), (byte)(255 - (share * 148)));

    /// <summary>PNG. Cells shrink with the number of classes; up to 40 classes are numbered.</summary>
    public static SKData Draw(int[,] confusion)
    {
        int classes = confusion.GetLength(0);
        int cell = Math.Clamp(640 / classes, 4, 40);
        int side = (cell * classes) + (2 * Margin);
        using var surface = SKSurface.Create(new SKImageInfo(side, side));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using var fill = new SKPaint();
        using var ink = new SKPaint { Color = new SKColor(0x33, 0x33, 0x33), IsAntialias = true };
        using var font = new SKFont(SKTypeface.Default, Math.Min(13, cell * 0.6f));
        using var title = new SKFont(SKTypeface.Default, 14);
        for (int row = 0; row < classes; row++)
        {
            int total = 0;
            for (int c = 0; c < classes; c++) total += confusion[row, c];
            for (int c = 0; c < classes; c++)
            {
                double share = total > 0 ? confusion[row, c] / (double)total : 0;
                fill.Color = Shade(share);
                canvas.DrawRect(Margin + (c * cell), Margin + (row * cell), cell - 1, cell - 1, fill);
                if (cell < 24 || confusion[row, c] == 0) continue;
                using var number = new SKPaint
                {
                    Color = share > 0.5 ? SKColors.White : new SKColor(0x33, 0x33, 0x33),
                    IsAntialias = true,
                };
                canvas.DrawText(
                    confusion[row, c].ToString(CultureInfo.InvariantCulture),
                    Margin + (c * cell) + (cell / 2f),
                    Margin + (row * cell) + (cell * 0.62f),
                    SKTextAlign.Center, font, number);
            }
            if (classes > MostLabels) continue;
            string name = row.ToString(CultureInfo.InvariantCulture);
            canvas.DrawText(name, Margin - 6, Margin + (row * cell) + (cell * 0.65f), SKTextAlign.Right, font, ink);
            canvas.DrawText(name, Margin + (row * cell) + (cell / 2f), Margin - 6, SKTextAlign.Center, font, ink);
        }
        canvas.DrawText("predicted class", side / 2f, 18, SKTextAlign.Center, title, ink);
        canvas.RotateDegrees(-90, 18, side / 2f);
        canvas.DrawText("true class", 18, side / 2f, SKTextAlign.Center, title, ink);
        using SKImage image = surface.Snapshot();
        return image.Encode(SKEncodedImageFormat.Png, 100);
    }
}
