namespace VideoConcepts.Benchmarks;

/// <summary>Rows of three columns, as aligned text or as Markdown; each is also told as soon as it is there.</summary>
internal sealed class GpuTable(string title)
{
    private static readonly string[] Head = ["what", "measured", "how"];
    private readonly List<string> _notes = [];
    private readonly List<string[]> _rows = [];

    public void Note(string text)
    {
        _notes.Add(text);
        Console.Error.WriteLine(text);
    }

    public void Add(string what, string measured, string how)
    {
        _rows.Add([what, measured, how]);
        Console.Error.WriteLine($"… {what}: {measured}");
    }

    public string Text()
    {
        int[] widths = [.. Enumerable.Range(0, 2).Select(c => _rows.Prepend(Head).Max(row => row[c].Length))];
        IEnumerable<string> rows = _rows.Prepend(Head)
            .Select(row => $"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2]}".TrimEnd());
        return string.Join('\n', [title, .. _notes, "", .. rows, ""]);
    }

    public string Markdown()
    {
        string[][] rows = [Head, ["---", "---", "---"], .. _rows];
        IEnumerable<string> lines = rows.Select(row => $"| {string.Join(" | ", row.Select(Escaped))} |");
        return string.Join('\n', [title, .. _notes.SelectMany(note => (string[])["", note]), "", .. lines, ""]);
    }

    private static string Escaped(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal);
}
