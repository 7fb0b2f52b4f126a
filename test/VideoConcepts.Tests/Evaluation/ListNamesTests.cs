using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ListNamesTests
{
    [Theory]
    [InlineData("a.csv", "")]
    [InlineData("x/a.csv,x/b.csv", "a,b")]
    [InlineData("s1/train.csv,s2/train.csv", "s1-train,s2-train")]
    [InlineData("s1/a/train.csv,s2/a/train.csv,other.csv", "s1-a-train,s2-a-train,other")]
    [InlineData("s1/train.csv,s1/train.csv", "*~2")]
    [InlineData("x/..csv,x/b.csv", "..csv,b")]
    public void Of_Lists_AreDifferentAndShort(string files, string names)
    {
        string[] found = ListNames.Of(files.Split(','));
        found.Distinct().Count().ShouldBe(found.Length);
        if (names.StartsWith('*')) found[^1].ShouldEndWith(names[1..]);
        else found.ShouldBe(names.Split(','));
        foreach (string name in found) name.ShouldNotContain('/');
    }
}
