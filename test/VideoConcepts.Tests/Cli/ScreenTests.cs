using System.Text.RegularExpressions;
using VideoConcepts.Cli;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Text of others goes to the terminal through one place, which shows it and does not obey it.</summary>
[Collection(nameof(SerialTests))]
public sealed partial class ScreenTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Sources_OfTheCommandLine_PrintThroughScreenAlone()
    {
        string folder = Path.Combine(Repository.Root, "src", "VideoConcepts.Cli");
        string[] files = Directory.GetFiles(folder, "*.cs");
        files.Length.ShouldBeGreaterThan(20);
        files.Where(file => Path.GetFileName(file) is not ("Screen.cs" or "ScreenBar.cs" or "TextTable.cs"))
            .SelectMany(file => File.ReadLines(file).Where(line => Direct().IsMatch(line))
                .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no\u001b[31m\nlist.csv", "no\\u001b[31m\\nlist.csv")]
    [InlineData("[red]list[/].csv", "[red]list[/].csv")]
    public void Error_ThatNamesAFile_ShowsItInOneLine(string name, string shown)
    {
        CommandRun run = CommandRun.Of("validate", "--csv_file", _work[name]);
        run.Status.ShouldBe(2);
        run.ErrorLines.Length.ShouldBe(1, run.Error);
        run.Error.ShouldContain(_work[shown]);
    }

    [Fact]
    public void Table_OfForeignText_ShowsItAsItIs()
    {
        CommandRun run = Capture(() =>
        {
            var table = new TextTable(["[list]"], ["a\tb"]);
            table.AddRow("[red]x[/]\u001b[2J", "[");
            Screen.Print(table);
        });
        foreach (string text in (string[])["[list]", "a\\tb", "[red]x[/]\\u001b[2J"]) run.Output.ShouldContain(text);
    }

    private static CommandRun Capture(Action print)
    {
        TextWriter before = Console.Out;
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            print();
        }
        finally
        {
            Console.SetOut(before);
        }
        return new CommandRun(0, output.ToString(), "");
    }

    [GeneratedRegex(@"\bConsole\.(Out|Error|Write|SetOut|SetError|OpenStandard)|using Spectre")]
    private static partial Regex Direct();
}
