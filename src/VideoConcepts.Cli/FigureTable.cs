using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>Named figures in [0, 1] of chance, random weights and the model: a table on the console, an object in JSON.</summary>
internal sealed class FigureTable(string title)
{
    private readonly List<(string Name, IReadOnlyList<(string Name, double? Value)> Figures)> _rows = [];

    public void Add(string name, IEnumerable<(string Name, double Value)> figures) => _rows.Add((name, [.. figures.Select(f => (f.Name, (double?)f.Value))]));

    /// <summary>The rows of several splits: their mean, and the deviation of the splits as n - 1 has it.</summary>
    public static FigureTable Mean(IReadOnlyList<FigureTable> tables)
    {
        var mean = new FigureTable($"mean of {tables.Count} splits");
        foreach ((string name, IReadOnlyList<(string Name, double? Value)> figures) in tables[0]._rows)
        {
            double[][] values = [.. tables.Select(t => t._rows.First(r => r.Name == name).Figures.Select(f => f.Value ?? 0).ToArray())];
            mean.Add(name, figures.Select((f, i) => (f.Name, values.Average(v => v[i]))));
            mean.Add(name + " ±", figures.Select((f, i) => (f.Name, Math.Sqrt(values.Sum(v => Math.Pow(v[i] - values.Average(w => w[i]), 2)) / Math.Max(1, values.Length - 1)))));
        }
        return mean;
    }

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
            foreach ((string figure, double? value) in figures) row[figure] = value is { } v ? FigureText.Rounded(v, 6) : null;
            json[name] = row;
        }
        return json;
    }
}
