using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>Named figures in [0, 1] of chance, random weights and the model: a table on the console, an object in JSON.</summary>
internal sealed class FigureTable(string title)
{
    private readonly List<(string Name, IReadOnlyList<(string Name, double? Value)> Figures)> _rows = [];

    public void Add(string name, IEnumerable<(string Name, double Value)> figures) => _rows.Add((name, [.. figures.Select(f => (f.Name, (double?)f.Value))]));

    /// <summary>Name of the last row: what was measured, after what it is compared with.</summary>
    public string Last => _rows[^1].Name;

    /// <summary>
    /// The rows of several splits: their mean, and the deviation of the splits as n - 1 has it; of the figures that all
    /// splits have.
    /// </summary>
    public static FigureTable Mean(IReadOnlyList<FigureTable> tables)
    {
        var mean = new FigureTable($"mean of {tables.Count} splits");
        foreach ((string row, IReadOnlyList<(string Name, double? Value)> first) in tables[0]._rows)
        {
            // By name: a small split has no R@50, one of five classes no top-5.
            (string Name, double[] Values)[] figures =
            [
                .. from figure in first
                   let values = tables.Select(t => t._rows.First(r => r.Name == row).Figures.FirstOrDefault(f =>
                       f.Name == figure.Name).Value).ToArray()
                   where values.All(value => value is not null)
                   select (figure.Name, values.Select(value => value!.Value).ToArray()),
            ];
            mean.Add(row, figures.Select(f => (f.Name, f.Values.Average())));
            mean.Add(row + " ±", figures.Select(f => (f.Name, Deviation(f.Values))));
        }
        return mean;
    }

    private static double Deviation(double[] values) =>
        Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / Math.Max(1, values.Length - 1));

    public void Show()
    {
        var table = new TextTable([title], _rows[^1].Figures.Select(f => f.Name));
        foreach ((string name, IReadOnlyList<(string Name, double? Value)> figures) in _rows)
            table.AddRow([name, .. figures.Select(f => f.Value is { } v ? FigureText.Percent(v) : "")]);
        Screen.Print(table);
    }

    public JsonObject Json()
    {
        JsonObject json = [];
        foreach ((string name, IReadOnlyList<(string Name, double? Value)> figures) in _rows)
        {
            JsonObject row = [];
            foreach ((string figure, double? value) in figures) row[figure] = value is { } v ? FigureText.Rounded(v, 6)
                : null;
            json[name] = row;
        }
        return json;
    }
}
