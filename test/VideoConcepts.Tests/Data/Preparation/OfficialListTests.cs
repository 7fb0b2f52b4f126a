using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Lists that contradict each other are refused at the start; none is silently taken.</summary>
public sealed class OfficialListTests : IDisposable
{
    private const string Header = "label,youtube_id,time_start,time_end,split\n";

    private readonly WorkFolder _work = new();

    public OfficialListTests() => _work.Write("v/aaaaaaaaaaa_000000_000010.mp4", "x");

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(Dataset.Kinetics400, "train.csv", Header + "kissing,aaaaaaaaaaa,0,10,train\n",
        Header + "zumba,aaaaaaaaaaa,0,10,train\n")]
    [InlineData(Dataset.Ucf101, "classInd.txt", "1 A\n", "1 B\n")]
    [InlineData(Dataset.Hmdb51, "run_test_split1.txt", "aaaaaaaaaaa_000000_000010.avi 1\n",
        "aaaaaaaaaaa_000000_000010.avi 2\n")]
    [InlineData(Dataset.Diving48, "Diving48_V2_train.json", "[]", "[ ]")]
    public void Files_OfOneNameAndDifferentContents_AreRefused(Dataset dataset, string name, string first,
        string second)
    {
        _work.Write($"l/a/{name}", first);
        _work.Write($"l/b/{name}", second);
        Refusal(dataset)
            .ShouldBe($"{_work["l"]}/a/{name} and {_work["l"]}/b/{name} have one name; leave only the one that is "
                + "meant below --lists.");
    }

    [Fact]
    public void Files_OfOneNameAndTheSameContents_CountOnce()
    {
        foreach (string folder in (string[])["a", "b"])
            _work.Write($"l/{folder}/train.csv", Header + "kissing,aaaaaaaaaaa,0,10,train\n");
        Plan(Dataset.Kinetics400).Lists.ShouldAllBe(list => list.Rows.Count == 1);
    }

    [Fact]
    public void Annotations_OfOneSplitTwice_AreRefused()
    {
        _work.Write("l/val.csv", Header + "kissing,aaaaaaaaaaa,0,10,val\n");
        _work.Write("l/validate.csv", Header
            + "kissing,bbbbbbbbbbb,0,10,validate\nkissing,aaaaaaaaaaa,0,10,validate\n");
        Refusal(Dataset.Kinetics400).ShouldBe(
            $"{_work["l"]}/val.csv and {_work["l"]}/validate.csv both name the video aaaaaaaaaaa_000000_000010 of the "
            + "split val; leave only the one that is meant below --lists.");
    }

    [Fact]
    public void Annotations_OfOneSplitInTwoParts_AreTakenTogether()
    {
        _work.Write("v/bbbbbbbbbbb_000000_000010.mp4", "y");
        _work.Write("l/train_1.csv", Header + "kissing,aaaaaaaaaaa,0,10,train\n");
        _work.Write("l/train_2.csv", Header + "kissing,bbbbbbbbbbb,0,10,train\n");
        _work.Write("l/other/train_1.csv", "no,annotations\n1,2\n");
        Plan(Dataset.Kinetics400).Lists[0].Rows.Count.ShouldBe(2);
    }

    [Fact]
    public void Diving48_OfTwoVersions_IsRefused()
    {
        _work.Write("l/Diving48_train.json", "[]");
        _work.Write("l/Diving48_V2_train.json", "[]");
        Refusal(Dataset.Diving48).ShouldContain("both end with _train.json");
    }

    /// <summary>The published index is neither alphabetical nor is a list bound to name its lines in order.</summary>
    [Fact]
    public void Classes_OfUcf101_AreInTheOrderOfTheirIndices()
    {
        _work.Write("v/b.avi", "y");
        _work.Write("l/classInd.txt", "10 Juggling\n2 Zumba\n\n1 Kissing\n"
            + string.Concat(Enumerable.Range(3, 7).Select(i => $"{i} C{i}\n")));
        _work.Write("l/trainlist01.txt", "Juggling/aaaaaaaaaaa_000000_000010.avi 10\nZumba/b.avi 2\n");
        DatasetPlan plan = Plan(Dataset.Ucf101);
        plan.Classes.ShouldBe(["Kissing", "Zumba", .. Enumerable.Range(3, 7).Select(i => $"C{i}"), "Juggling"]);
        plan.Lists.Single(list => list.Labelled).Rows.Select(row => row.Label).ShouldBe([9, 1]);
    }

    [Fact]
    public void Labels_WithLineBreaks_AreOneClassEach()
    {
        _work.Write("v/bbbbbbbbbbb_000000_000010.mp4", "y");
        _work.Write("l/train.csv", Header + "\"a\nb\",aaaaaaaaaaa,0,10,train\na\\nb,bbbbbbbbbbb,0,10,train\n");
        Plan(Dataset.Kinetics400).Classes.ShouldBe([@"a\nb", @"a\nb~2"]);
    }

    private string Refusal(Dataset dataset) => Should.Throw<BadInputException>(() => Plan(dataset)).Shown();

    private DatasetPlan Plan(Dataset dataset) =>
        DatasetPlan.For(new PreparationOptions
        {
            Dataset = dataset,
            Videos = _work["v"],
            Lists = _work["l"],
            Output = _work["o"]
        });
}
