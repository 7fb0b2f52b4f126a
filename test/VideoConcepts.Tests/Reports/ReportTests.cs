using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Reports;

public sealed class ReportTests : IDisposable
{
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";
    private readonly SampleReport _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void Write_OverAStrangersFile_IsRefusedAndOverAnEarlierPageIsNot()
    {
        using var work = new WorkFolder();
        string mine = work.Write("mine.html", "<html>my page</html>"), page = work["page.html"];
        Should.Throw<BadInputException>(() =>
            Report.Write(new ReportModel { Title = "title" }, mine)).Message.ShouldContain("did not make it");
        File.ReadAllText(mine).ShouldBe("<html>my page</html>");
        Report.Write(new ReportModel { Title = "first" }, page);
        Report.Write(new ReportModel { Title = "second" }, page);
        File.ReadAllText(page).ShouldContain("second");
    }

    [Fact]
    public void ToHtml_SampleRun_IsWellFormedAndHasEverySection()
    {
        XDocument page = Parse(Report.ToHtml(_sample.Model()));
        page.Descendants(Xhtml + "section").Select(s => (string?)s.Attribute("id"))
            .ShouldBe(["results", "training", "neighbours", "static", "dynamic", "run"]);
        page.Descendants(Xhtml + "section").ShouldAllBe(s => s.Descendants(Xhtml + "p").Any());
        page.Descendants(Xhtml + "svg").Count().ShouldBe(8);
        page.Descendants(Xhtml + "img").Count().ShouldBe(4 + (4 * 6) + (6 * 5));
        page.Descendants(Xhtml + "img").ShouldAllBe(i => ((string?)i.Attribute("alt"))!.Length > 0);
    }

    [Fact]
    public void ToHtml_SampleRun_NeedsNothingElse()
    {
        string html = Report.ToHtml(_sample.Model());
        html.Length.ShouldBeLessThan(5_000_000);
        XDocument page = Parse(html);
        page.Descendants(Xhtml + "script").ShouldBeEmpty();
        page.Descendants(Xhtml + "link").ShouldBeEmpty();
        page.Descendants().Attributes().Where(a => a.Name.LocalName is "src" or "href")
            .ShouldAllBe(a => a.Value.StartsWith("data:image/jpeg;base64,") || a.Value.StartsWith('#'));
        Regex.Replace(html, "xmlns=\"[^\"]*\"", "").ShouldNotContain("http");
        html.ShouldNotContain("url(");
        html.ShouldNotContain("@import");
    }

    [Fact]
    public void ToHtml_UserText_IsEscapedEverywhere()
    {
        const string evil = "<script>alert(\"1\")</script> & {0} '\u0001\ud800";
        FilmStrip strip = new([1, 2], 4, 1);
        ReportModel model = new()
        {
            Title = evil,
            Summary = evil,
            Facts = [new(evil, evil)],
            TotalLoss = new LossCurve(evil, [new(0, 1), new(1, 2)]),
            LossTerms = [new LossCurve(evil, [])],
            Results = [new(evil, evil, 0.1, 0.2, 0.3)],
            Verdict = new ReportVerdict(evil, false, [evil]),
            Queries = [new(strip, evil, [new(evil, evil)], [new(strip, evil, [new(evil, evil)], 1)])],
            Concepts = [new(ConceptKind.Static, 0, 0, 0, [new(strip, evil, 1)])],
        };
        string html = Report.ToHtml(model);
        html.ShouldNotContain("<script");
        XDocument page = Parse(html);
        page.Descendants(Xhtml + "title").Single().Value.ShouldContain("<script>alert(\"1\")</script> & {0} '");
        page.Descendants().Attributes("alt").ShouldContain(a => a.Value.Contains("& {0} '"));
    }

    [Fact]
    public void ToHtml_EmptyModel_SaysWhatIsMissing()
    {
        XDocument page = Parse(Report.ToHtml(new ReportModel { Title = "t" }));
        page.Descendants(Xhtml + "section").Count().ShouldBe(6);
        page.Descendants().Count(e => (string?)e.Attribute("class") == "none").ShouldBe(5);
    }

    [Theory]
    [InlineData(0.5, 0.4, "Yes: on 2 of 2")]
    [InlineData(0.5, 0.2, "In part: on 1 of 2")]
    [InlineData(0.3, 0.2, "No: on none of the 2")]
    public void ToHtml_Verdict_IsAsGoodAsTheFigures(double first, double second, string words)
    {
        ReportResult[] results = [new("motion", "R@1", 0.25, 0.3, first), new("motion", "R@5", 0.25, null, second)];
        Report.ToHtml(new ReportModel { Title = "t", Results = results }).ShouldContain(words);
    }

    [Theory]
    [InlineData(0.5, "▲ 20.0 points above untrained")]
    [InlineData(0.25, "▼ 5.0 points below untrained")]
    [InlineData(0.3, "the same as untrained")]
    public void ToHtml_Box_ComparesWithTheBetterOfChanceAndUntrained(double trained, string words) =>
        Report.ToHtml(new ReportModel { Title = "t", Results = [new("motion", "R@1", 0.1, 0.3, trained)] })
            .ShouldContain(words);

    [Fact]
    public void ToHtml_OfARunWithoutLabels_SaysWhatTheRunSaysOfItself()
    {
        string html = Report.ToHtml(new ReportModel
        {
            Title = "t",
            Verdict = new ReportVerdict("look and motion were learned", true, ["I_vs is 40 %", "frozen 80 %"]),
        });
        html.ShouldContain("<p class=\"verdict\">Without labels: look and motion were learned.</p>");
        Parse(html).Descendants(Xhtml + "li").Select(li => li.Value).ShouldBe(["I_vs is 40 %", "frozen 80 %"]);
    }

    [Fact]
    public void ToHtml_Neighbour_IsMarkedBySignAndWord()
    {
        FilmStrip strip = new([1, 2], 4, 1);
        ReportNeighbour neighbour = new(strip, "b", [new("shape", "disc"), new("motion", "left")], 0.9);
        var query = new ReportQuery(strip, "a", [new("shape", "disc"), new("motion", "right")], [neighbour]);
        string html = Report.ToHtml(new ReportModel { Title = "t", Queries = [query] });
        html.ShouldContain("✓ shape: disc");
        html.ShouldContain("✗ motion: left");
        html.ShouldContain("1 in shape, 0 in motion");
    }

    [Fact]
    public void ToHtml_NeighbourOfAnotherClassOfTheSameName_IsWrong()
    {
        FilmStrip strip = new([1, 2], 4, 1);
        ReportNeighbour neighbour = new(strip, "b", [new("class", "walk", 1)], 0.9);
        string html = Report.ToHtml(new ReportModel
        {
            Title = "t",
            Queries = [new ReportQuery(strip, "a", [new("class", "walk", 0)], [neighbour])],
        });
        html.ShouldContain("✗ class: walk");
        html.ShouldNotContain("✓ class: walk");
        Parse(html).Descendants(Xhtml + "section").Single(s => (string?)s.Attribute("id") == "neighbours").Value
            .ShouldContain("Of the 1 neighbours shown, 0 have the query's class.");
    }

    [Fact]
    public void ToHtml_OfRandomWeights_DoesNotCallThemTrained()
    {
        ReportResult[] results = [new("class", "R@1", 0.25, null, 0.5)];
        XElement section = Parse(Report.ToHtml(new ReportModel { Title = "t", IsTrained = false, Results = results }))
            .Descendants(Xhtml + "section").First();
        section.Element(Xhtml + "h2")!.Value.ShouldBe("Before training");
        section.Value.ShouldContain("The weights are random");
        section.Descendants().Select(e => e.Value).ShouldNotContain("trained");
        section.Descendants(Xhtml + "dt").Select(e => e.Value).ShouldBe(["chance", "untrained"]);
    }

    [Fact]
    public void ToHtml_Strips_ScrollInTheirOwnBoxesAndLinksLeadToSections()
    {
        XDocument page = Parse(Report.ToHtml(_sample.Model()));
        page.Descendants(Xhtml + "img").ShouldAllBe(i => (string?)i.Parent!.Attribute("class") == "strip");
        page.Descendants(Xhtml + "style").Single().Value.ShouldContain(".strip { overflow-x: auto;");
        page.Descendants(Xhtml + "a").Select(a => ((string?)a.Attribute("href"))!.TrimStart('#'))
            .ShouldBe(page.Descendants(Xhtml + "section").Select(s => (string?)s.Attribute("id")));
    }

    [Fact]
    public void ToHtml_StrangeCurves_AreStillDrawn()
    {
        LossCurve[] curves =
        [
            new("one", [new(5, 2)]), new("flat", [new(0, 3), new(9, 3)]), new("zero", [new(0, 0), new(1, 0)]),
            new("gaps", [new(0, 1), new(1, double.NaN), new(2, double.PositiveInfinity), new(3, 2)]),
            new("long", [.. Enumerable.Range(0, 100_000).Select(i => new CurvePoint(i, Math.Sin(i)))]),
        ];
        string html = Report.ToHtml(new ReportModel { Title = "t", LossTerms = curves });
        Parse(html).Descendants(Xhtml + "svg").Count().ShouldBe(5);
        html.ShouldNotContain("NaN");
        html.Length.ShouldBeLessThan(60_000);
    }

    [Theory]
    [InlineData(0, 1, new[] { 0, 0.5, 1 })]
    [InlineData(11.2, 28.4, new double[] { 10, 20, 30 })]
    [InlineData(-2.7, -1.6, new[] { -3, -2.5, -2, -1.5 })]
    public void Ticks_Range_AreRoundAndEncloseIt(double low, double high, double[] expected) =>
        LossChart.Ticks(low, high).ShouldBe(expected, 1e-9);

    [Fact]
    public void Write_NewFolder_MakesIt()
    {
        using var work = new WorkFolder();
        string path = work["a/report.html"];
        Report.Write(new ReportModel { Title = "title" }, path);
        File.ReadAllText(path).ShouldStartWith("<!DOCTYPE html>");
    }

    private static XDocument Parse(string html)
    {
        using var reader = XmlReader.Create(
            new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
