using System.Text.RegularExpressions;
using VideoConcepts.Reports;

namespace VideoConcepts.Tests.Reports;

public sealed partial class TermMeaningTests
{
    [Fact]
    public void Terms_OfEveryObjective_AreExplainedInReports()
    {
        string[] terms = [.. ((string[])["ConceptObjective.cs", "MultiLevelObjective.cs"])
            .Select(file => File.ReadAllText(Path.Combine(Sources, "Training", file)))
            .SelectMany(text => Term().Matches(text).Select(m => m.Groups[1].Value)).Distinct()];
        terms.Length.ShouldBeGreaterThan(20);
        terms.Where(term => !ReportParts.TermMeanings.ContainsKey(term)).ShouldBeEmpty();
    }

    private static string Sources
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "VideoConcepts.slnx"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "src", "VideoConcepts");
        }
    }

    [GeneratedRegex(@"(?:new|new LossTerm)\(""(\w+)"", ")]
    private static partial Regex Term();
}
