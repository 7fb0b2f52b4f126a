using System.Text.RegularExpressions;
using VideoConcepts.Reports;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Reports;

public sealed partial class TermMeaningTests
{
    [Fact]
    public void Terms_OfEveryObjective_AreExplainedInReports()
    {
        string[] terms = [.. ((string[])["ConceptObjective.cs", "MultiLevelObjective.cs"])
            .Select(file => File.ReadAllText(Path.Combine(Repository.Root, "src", "VideoConcepts", "Training", file)))
            .SelectMany(text => Term().Matches(text).Select(m => m.Groups[1].Value)).Distinct()];
        terms.ShouldContain("graph_low");
        terms.Length.ShouldBe(25);
        terms.Where(term => !ReportParts.TermMeanings.ContainsKey(term)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"(?:new|new LossTerm|Watched|^ +)\(""(\w+)"", ", RegexOptions.Multiline)]
    private static partial Regex Term();
}
