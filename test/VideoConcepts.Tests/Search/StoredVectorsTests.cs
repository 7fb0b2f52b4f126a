using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

public sealed class StoredVectorsTests
{
    private static readonly float[] Numbers = [0, 1, -1, 0.333f, 65504, 1e-4f, -3.14159f];

    [Fact]
    public void Numbers_KeptAsFloat32_AreTheSameBits() =>
        StoredVectors.Numbers(StoredVectors.Bytes(Numbers, false), Numbers.Length, false).ShouldBe(Numbers);

    /// <summary>A half has 11 bits: an error of 2⁻¹¹ of the number at most.</summary>
    [Fact]
    public void Numbers_KeptAsFloat16_AreTheNearestHalves()
    {
        float[] kept = StoredVectors.Numbers(StoredVectors.Bytes(Numbers, true), Numbers.Length, true);
        kept.ShouldBe(Numbers.Select(number => (float)(Half)number));
        foreach ((float number, float half) in Numbers.Zip(kept))
            Math.Abs(number - half).ShouldBeLessThanOrEqualTo(Math.Abs(number) / 2048);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(true, 5)]
    [InlineData(false, 8)]
    public void Numbers_OfMoreOrFewerBytes_AreRefused(bool half, int bytes) =>
        Should.Throw<InvalidDataException>(() => StoredVectors.Numbers(new byte[bytes], 1, half));

    [Fact]
    public void Check_OfValuesThatDifferOnlyInTheirKindsOrPlaces_Differs()
    {
        long[] checks = [RowCheck.Of(1, "2"), RowCheck.Of("1", 2), RowCheck.Of("12"), RowCheck.Of("1", "2"),
            RowCheck.Of(1.0, "2"), RowCheck.Of(null, 1, "2"), RowCheck.Of(1, null, "2"), RowCheck.Of((byte[])[49, 50])];
        checks.Distinct().Count().ShouldBe(checks.Length);
        RowCheck.Of(0.0).ShouldBe(RowCheck.Of(-0.0)); // SQLite keeps no sign of zero
    }
}
