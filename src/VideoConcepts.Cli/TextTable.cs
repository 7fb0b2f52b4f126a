using Spectre.Console;

namespace VideoConcepts.Cli;

/// <summary>A table of plain text: nothing in its titles and cells is markup.</summary>
internal sealed class TextTable
{
    /// <param name="left">Titles of the columns on the left.</param>
    /// <param name="right">Titles of those after them, whose cells stand at the right, such as figures.</param>
    public TextTable(IEnumerable<string> left, IEnumerable<string> right)
    {
        foreach (string title in left) Shown.AddColumn(new TableColumn(Screen.Cell(title)));
        foreach (string title in right) Shown.AddColumn(new TableColumn(Screen.Cell(title)).RightAligned());
    }

    internal Table Shown { get; } = new Table().Border(TableBorder.Rounded);

    public TextTable AddColumn(string title)
    {
        Shown.AddColumn(new TableColumn(Screen.Cell(title)));
        return this;
    }

    public void AddRow(params string[] cells) => Shown.AddRow([.. cells.Select(Screen.Cell)]);
}
