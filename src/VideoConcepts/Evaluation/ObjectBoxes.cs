using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Where objects are in the frames: a csv of path,image,x,y,width,height in pixels, image from 1, paths relative to the
/// file; in any order, with other columns between, if a header row names them.
/// </summary>
internal sealed class ObjectBoxes
{
    private static readonly CsvColumn[] Columns =
    [
        new("where the frames are", true, "path", "dir", "directory", "folder", "video", "name", "file"),
        new("the number of the frame", true, "image", "frame", "imageid", "frameid", "frameindex"),
        new("the left edge", true, "x", "left"),
        new("the upper edge", true, "y", "top"),
        new("the width", true, "width", "w"),
        new("the height", true, "height", "h"),
    ];

    private readonly Dictionary<(string Folder, int Image), List<CropBox>> _boxes = [];

    /// <param name="path">The file.</param>
    /// <param name="root">What relative paths are relative to; by default the folder of the file.</param>
    /// <exception cref="BadInputException">The file is missing or holds no box, or a line is not as
    /// described.</exception>
    public static ObjectBoxes Read(string path, string? root = null)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such file; check the path.");
        root = Path.GetFullPath(root ?? Path.GetDirectoryName(Path.GetFullPath(path))!);
        var boxes = new ObjectBoxes();
        int[]? places = null;
        int fields = Columns.Length;
        try
        {
            ReadableFile.Check(path);
            using var text = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            using var csv = new CsvParser(text,
                new CsvConfiguration(CultureInfo.InvariantCulture)
                {
                    HasHeaderRecord = false,
                    TrimOptions = TrimOptions.Trim,
                    BadDataFound = null
                });
            while (csv.Read())
            {
                if (csv.Record is not { Length: > 1 } and not [{ Length: > 0 }]) continue;
                string line = $"{path}:{csv.RawRow}";
                if (places is null && Header(csv.Record!, line) is { } named) (places, fields)
                    = (named, csv.Record!.Length);
                else boxes.Add(csv.Record!, fields, places ??= [0, 1, 2, 3, 4, 5], root, line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new BadInputException(
                $"{path}: the file cannot be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); it must be text "
                + "in UTF-8.", e);
        }
        return boxes._boxes.Count > 0 ? boxes
            : throw new BadInputException($"{path}: there is no box in it; each row is path,image,x,y,width,height.");
    }

    private static int[]? Header(string[] row, string line)
    {
        try
        {
            return HeaderColumns.Find(row, Columns);
        }
        catch (FormatException e)
        {
            throw new BadInputException(
                $"{line}: {e.Message}, or leave the header row out: each row is path,image,x,y,width,height.", e);
        }
    }

    private void Add(string[] row, int fields, int[] places, string root, string line)
    {
        var numbers = new int[5];
        bool good = row.Length == fields
            && Enumerable.Range(0, 5).All(i => int.TryParse(row[places[i + 1]], NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out numbers[i]));
        if (!good || row[places[0]].Length == 0 || numbers[0] < 1 || numbers[3] < 0 || numbers[4] < 0)
            throw new BadInputException(
                $"{line}: not path,image,x,y,width,height in whole pixels, image from 1: "
                + $"{VisibleText.Of(string.Join(',', row))}");
        (string Folder, int Image) key = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(row[places[0]], root)),
            numbers[0]);
        if (!_boxes.TryGetValue(key, out List<CropBox>? list)) _boxes[key] = list = [];
        list.Add(new CropBox(numbers[1], numbers[2], numbers[3], numbers[4]));
    }

    /// <summary>The boxes of a frame, counted from 0; none if the file names none.</summary>
    public IReadOnlyList<CropBox> Of(string folder, int position) =>
        _boxes.TryGetValue((folder, position + 1), out List<CropBox>? list) ? list : [];

    /// <summary>
    /// What lies inside the boxes: the share of a map's positive mass, and the share of the area.
    /// </summary>
    /// <param name="map">(T, H, W), H = W = <paramref name="size"/>.</param>
    /// <param name="size">Width and height of the map.</param>
    /// <param name="frames">For each of the T frames the boxes, and the square of the frame that the map shows.</param>
    /// <returns>NaN for the mass where nothing is positive.</returns>
    public static (double Mass, double Area) Inside(ReadOnlySpan<float> map, int size,
        IReadOnlyList<(IReadOnlyList<CropBox> Boxes, CropBox Shown)> frames)
    {
        double inside = 0, all = 0;
        long area = 0;
        for (int t = 0, i = 0; t < frames.Count; t++)
            for (int y = 0; y < size; y++)
                for (int x = 0; x < size; x++, i++)
                {
                    CropBox shown = frames[t].Shown;
                    double px = shown.X + ((x + 0.5) * shown.Width / size);
                    double py = shown.Y + ((y + 0.5) * shown.Height / size);
                    bool within = frames[t].Boxes.Any(b =>
                        px >= b.X && px < b.X + b.Width && py >= b.Y && py < b.Y + b.Height);
                    double mass = Math.Max(0, map[i]);
                    all += mass;
                    if (!within) continue;
                    area++;
                    inside += mass;
                }
        return (all > 0 ? inside / all : double.NaN, area / (double)map.Length);
    }
}
