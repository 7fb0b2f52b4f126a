using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class FigureTableTests
{
    [Fact]
    public void Mean_OfSplitsWithOtherFigures_IsOfThoseThatAllHave()
    {
        FigureTable five = Of(("top-1", 0.2), ("mean class", 0.4)),
            six = Of(("top-1", 0.4), ("top-5", 1), ("mean class", 0.6));
        foreach (FigureTable[] splits in (FigureTable[][])[[five, six], [six, five]])
            FigureTable.Mean(splits).Json()["model"]!.ToJsonString().ShouldBe("""{"top-1":0.3,"mean class":0.5}""");
        FigureTable.Mean([six, six]).Json()["model"]!["top-5"]!.GetValue<double>().ShouldBe(1);
    }

    private static FigureTable Of(params (string, double)[] figures)
    {
        var table = new FigureTable("classifier");
        table.Add("model", figures);
        return table;
    }
}
