using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

public sealed class ClassTitlesTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly List<string> _said = [];

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Beside_FewerLinesThanClasses_HasNumbersForTheRest()
    {
        _work.Write("classes.txt", "\uFEFFwalk\r\n\r\nride a bike\r\n\r\n");
        ClassTitles titles = Beside();
        Enumerable.Range(0, 5).Select(label => titles[label]).ShouldBe(["walk", "1", "ride a bike", "3", "4"]);
        titles[VideoEntry.LargestLabel].ShouldBe("32767");
        Enumerable.Range(0, 4).Select(titles.Names).ShouldBe([true, false, true, false]);
        _said.ShouldBeEmpty();
    }

    [Fact]
    public void Beside_NoFile_HasNumbersAndSaysNothing()
    {
        Beside()[7].ShouldBe("7");
        Directory.CreateDirectory(_work["classes.txt"]); // no file of names either
        Beside()[7].ShouldBe("7");
        _said.ShouldBeEmpty();
    }

    [Fact]
    public void Beside_TwoClassesOfOneName_AreToldApart()
    {
        _work.Write("classes.txt", "walk\nrun\nwalk\n");
        ClassTitles titles = Beside();
        Enumerable.Range(0, 3).Select(label => titles[label]).ShouldBe(["walk (0)", "run", "walk (2)"]);
    }

    [Theory]
    [InlineData(new byte[] { 0x77, 0xff, 0xfe, 0x0a }, "is not UTF-8 text")]
    [InlineData(new byte[] { 0x77, 0x0a, 0x00, 0x0a }, "null character in line 2")]
    public void Beside_BinaryFile_IsNamedInOneLineAndClassesHaveNumbers(byte[] bytes, string why)
    {
        File.WriteAllBytes(_work["classes.txt"], bytes);
        Beside()[0].ShouldBe("0");
        ShouldHaveSaid(why);
    }

    [Fact]
    public void Beside_TooLargeAFile_IsNotRead()
    {
        using (FileStream file = File.Create(_work["classes.txt"])) file.SetLength((4 << 20) + 1);
        Beside()[0].ShouldBe("0");
        ShouldHaveSaid("has more than 4 MB");
    }

    [Theory]
    [InlineData("a\u202Eb\u001b[31m", "a\\u202eb\\u001b[31m")]
    [InlineData("<b>&amp;", "<b>&amp;")] // the page escapes it
    public void Item_TextOfOthers_IsVisible(string name, string shown) => new ClassTitles([name])[0].ShouldBe(shown);

    [Fact]
    public void Item_ALongName_IsCutBetweenCharacters()
    {
        string name = new string('x', 58) + "\U0001F6B2 and more";
        new ClassTitles([name])[0].ShouldBe(new string('x', 58) + "…");
        new ClassTitles([new string('x', 60)])[0].ShouldBe(new string('x', 60));
    }

    private ClassTitles Beside() => ClassTitles.Beside(_work["list.csv"], _said.Add);

    private void ShouldHaveSaid(string why)
    {
        string line = _said.ShouldHaveSingleItem();
        line.ShouldContain(_work["classes.txt"]);
        line.ShouldContain(why);
        line.ShouldEndWith("Classes are shown by their numbers.");
        line.ShouldNotContain("\n");
    }
}
