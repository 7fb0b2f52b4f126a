using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

public sealed class ExchangePairsTests
{
    [Fact]
    public void Of_TwoClassesOfEqualSize_PairsEachWithOneOfTheOther()
    {
        int[] lenders = ExchangePairs.Of(10, [(a, b) => a % 2 != b % 2], RandomStream.For(1));
        lenders.Select((lender, i) => lenders[lender] == i && lender % 2 != i % 2).ShouldAllBe(isPair => isPair);
    }

    [Fact]
    public void Of_OneClassLarger_LetsTheRestBorrow()
    {
        // four of class 1, six of class 0: two of these have no partner left
        int[] lenders = ExchangePairs.Of(10, [(a, b) => a < 4 != b < 4], RandomStream.For(1));
        lenders.Select((lender, i) => lender < 4 != i < 4).ShouldAllBe(isOther => isOther);
        lenders.Where((lender, i) => lenders[lender] == i).Count().ShouldBe(8);
    }

    [Fact]
    public void Of_FirstWishOfNobody_TakesTheSecond() =>
        ExchangePairs.Of(2, [(_, _) => false, (_, _) => true], RandomStream.For(1)).ShouldBe([1, 0]);

    [Fact]
    public void Of_NoWishFulfilled_SaysSo() =>
        ExchangePairs.Of(3, [(_, _) => false], RandomStream.For(1)).ShouldBe([-1, -1, -1]);
}
