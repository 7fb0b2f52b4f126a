using System.Text.Json.Nodes;

namespace VideoConcepts.Evaluation;

/// <summary>A row of figures by name, such as (top-1, 0.83); shares in [0, 1], null where one does not exist.</summary>
public sealed record FigureRow(string Name, IReadOnlyList<(string Name, double? Value)> Figures);

/// <summary>Figures of chance, of random weights and of the model: what was measured is the last row.</summary>
/// <param name="title">What was done.</param>
public sealed class FigureTable(string title)
{
    internal const string Chance = "chance", RandomWeights = "random weights", Model = "model";

    private readonly List<FigureRow> _rows = [];

    /// <summary>What was done, such as "linear probe".</summary>
    public string Title { get; } = title;

    /// <summary>The rows, what is compared with first.</summary>
    public IReadOnlyList<FigureRow> Rows => _rows;

    /// <summary>A figure of a row by their names.</summary>
    /// <exception cref="KeyNotFoundException">There is no such row, or it has no such figure.</exception>
    public double this[string row, string figure] =>
        _rows.FirstOrDefault(r => r.Name == row)?.Figures.FirstOrDefault(f => f.Name == figure).Value
        ?? throw new KeyNotFoundException($"{Title}: there is no {figure} of {row}.");

    internal void Add(string name, IEnumerable<(string Name, double Value)> figures) =>
        Add(name, figures.Select(f => (f.Name, (double?)f.Value)));

    internal void Add(string name, IEnumerable<(string Name, double? Value)> figures) =>
        _rows.Add(new FigureRow(name, [.. figures]));

    /// <summary>
    /// The rows of several splits: their mean, and the deviation of the splits as n - 1 has it; of the figures that all
    /// splits have.
    /// </summary>
    internal static FigureTable Mean(IReadOnlyList<FigureTable> tables)
    {
        var mean = new FigureTable($"mean of {tables.Count} splits");
        foreach (FigureRow row in tables[0]._rows)
        {
            // By name: a small split has no R@50, one of five classes no top-5.
            (string Name, double[] Values)[] figures =
            [
                .. from figure in row.Figures
                   let values = tables.Select(t => t._rows.First(r => r.Name == row.Name).Figures.FirstOrDefault(f =>
                       f.Name == figure.Name).Value).ToArray()
                   where values.All(value => value is not null)
                   select (figure.Name, values.Select(value => value!.Value).ToArray()),
            ];
            mean.Add(row.Name, figures.Select(f => (f.Name, f.Values.Average())));
            mean.Add(row.Name + " ±", figures.Select(f => (f.Name, Deviation(f.Values))));
        }
        return mean;
    }

    /// <summary>As results keep it: row, figure, value.</summary>
    internal JsonObject Json()
    {
        JsonObject json = [];
        foreach (FigureRow row in _rows)
        {
            JsonObject figures = [];
            foreach ((string figure, double? value) in row.Figures)
                figures[figure] = value is { } v ? FigureText.Rounded(v, 6) : null;
            json[row.Name] = figures;
        }
        return json;
    }

    private static double Deviation(double[] values) =>
        Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / Math.Max(1, values.Length - 1));
}
