using System.Globalization;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Evaluation;

/// <summary>Where objects are in the frames: a csv of path,image,x,y,width,height in pixels, image from 1, paths relative to the file.</summary>
public sealed class ObjectBoxes
{
    private readonly Dictionary<(string Folder, int Image), List<CropBox>> _boxes = [];

    /// <param name="path">The file.</param>
    /// <param name="root">What relative paths are relative to; by default the folder of the file.</param>
    /// <exception cref="BadInputException">The file is missing, or a line is not as described.</exception>
    public static ObjectBoxes Read(string path, string? root = null)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such file; check the path.");
        root = Path.GetFullPath(root ?? Path.GetDirectoryName(Path.GetFullPath(path))!);
        var boxes = new ObjectBoxes();
        int line = 1;
        foreach (string row in File.ReadLines(path).Skip(1))
        {
            line++;
            string[] cells = row.Split(',');
            var numbers = new int[5];
            bool good = cells.Length == 6 && Enumerable.Range(0, 5).All(i => int.TryParse(cells[i + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]));
            if (!good || numbers[0] < 1 || numbers[3] < 0 || numbers[4] < 0) throw new BadInputException($"{path}:{line}: not path,image,x,y,width,height: {row}");
            (string Folder, int Image) key = (Path.GetFullPath(cells[0], root), numbers[0]);
            if (!boxes._boxes.TryGetValue(key, out List<CropBox>? list)) boxes._boxes[key] = list = [];
            list.Add(new CropBox(numbers[1], numbers[2], numbers[3], numbers[4]));
        }
        return boxes;
    }

    /// <summary>The boxes of a frame, counted from 0; none if the file names none.</summary>
    public IReadOnlyList<CropBox> Of(string folder, int position) => _boxes.TryGetValue((folder, position + 1), out List<CropBox>? list) ? list : [];

    /// <summary>
    /// What lies inside the boxes: the share of a map's positive mass, and the share of the area.
    /// </summary>
    /// <param name="map">(T, H, W), H = W = <paramref name="size"/>.</param>
    /// <param name="size">Width and height of the map.</param>
    /// <param name="frames">For each of the T frames the boxes, and the square of the frame that the map shows.</param>
    /// <returns>NaN for the mass where nothing is positive.</returns>
    public static (double Mass, double Area) Inside(ReadOnlySpan<float> map, int size, IReadOnlyList<(IReadOnlyList<CropBox> Boxes, CropBox Shown)> frames)
    {
        double inside = 0, all = 0;
        long area = 0;
        for (int t = 0, i = 0; t < frames.Count; t++)
            for (int y = 0; y < size; y++)
                for (int x = 0; x < size; x++, i++)
                {
                    CropBox shown = frames[t].Shown;
                    double px = shown.X + ((x + 0.5) * shown.Width / size), py = shown.Y + ((y + 0.5) * shown.Height / size);
                    bool within = frames[t].Boxes.Any(b => px >= b.X && px < b.X + b.Width && py >= b.Y && py < b.Y + b.Height);
                    double mass = Math.Max(0, map[i]);
                    all += mass;
                    if (!within) continue;
                    area++;
                    inside += mass;
                }
        return (all > 0 ? inside / all : double.NaN, area / (double)map.Length);
    }
}
