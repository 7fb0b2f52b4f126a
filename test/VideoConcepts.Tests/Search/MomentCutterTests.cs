using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

[Properties(Replay = "20261127,21", MaxTest = 300)]
public sealed class MomentCutterTests
{
    private static readonly Gen<(int Length, int Step, int Count)> Cases =
        from length in Gen.Choose(2, 9)
        from step in Gen.Choose(1, length)
        from count in Gen.Choose(0, 40)
        select (length, step, count);

    [Property]
    public Property Windows_OfAnyVideo_AreThoseOfThePlainDefinition() => Prop.ForAll(Cases.ToArbitrary(), c =>
        Cut(c.Length, c.Step, c.Count).ShouldBe(Defined(c.Length, c.Step, c.Count)));

    [Property]
    public Property Windows_OfTwoFramesOrMore_HoldEachFrame() => Prop.ForAll(Cases.ToArbitrary(), c =>
        Cut(c.Length, c.Step, c.Count).SelectMany(window => window).Distinct().Order()
            .ShouldBe(c.Count < 2 ? [] : Enumerable.Range(0, c.Count)));

    [Fact]
    public void Windows_OfAShortVideo_ArePaddedInFront() => Cut(4, 2, 2).ShouldBe([[0, 0, 0, 1]]);

    private static List<int[]> Cut(int length, int step, int count)
    {
        var cutter = new MomentCutter<int>(length, step);
        List<int[]> windows = [.. Enumerable.Range(0, count).Select(cutter.Add).OfType<int[]>()];
        if (cutter.End() is { } last) windows.Add(last);
        return windows;
    }

    // Starts 0, step, 2 step ... while the window fits; one more that ends with the last frame, if none does.
    private static List<int[]> Defined(int length, int step, int count)
    {
        if (count < 2) return [];
        if (count < length) return [[.. Enumerable.Repeat(0, length - count), .. Enumerable.Range(0, count)]];
        List<int> starts = [];
        for (int start = 0; start + length <= count; start += step) starts.Add(start);
        if (starts[^1] + length < count) starts.Add(count - length);
        return [.. starts.Select(start => Enumerable.Range(start, length).ToArray())];
    }
}
