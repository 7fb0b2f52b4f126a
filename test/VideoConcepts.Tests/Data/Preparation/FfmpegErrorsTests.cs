using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class FfmpegErrorsTests
{
    private readonly FfmpegErrors _errors = new(
        [
            " V..... = Video", " A..... = Audio", " ------",
            " VFS..D h264   H.264", " A....D aac  AAC", " S..... mov_text  3GPP",
        ]);

    [Fact]
    public void Reason_OfAMatroskaThatEndsEarly_IsThatLine() =>
        _errors.Reason(["[matroska,webm @ 0x55e7cd7f68c0] [error] File ended prematurely"])
            .ShouldBe("matroska,webm: File ended prematurely");

    [Fact]
    public void Reason_FollowedByItsConsequences_IsTheCause() =>
        _errors.Reason(
            [
                "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5581] [error] moov atom not found",
                "[error] file:/a.mp4: Invalid data found when processing input",
                "[fatal] Conversion failed!",
            ])
            .ShouldBe("mov,mp4,m4a,3gp,3g2,mj2: moov atom not found");

    [Fact]
    public void Reason_OfSeveral_IsTheLast() =>
        _errors.Reason(["[h264 @ 0x1] [error] first", "[NULL @ 0x2] [error] second"]).ShouldBe("second");

    [Fact]
    public void Reason_WithConsequencesAlone_IsOneOfThem() =>
        _errors.Reason(["[fatal] Conversion failed!"]).ShouldBe("Conversion failed!");

    [Theory]
    [InlineData("[aac @ 0x5581] [error] Input buffer exhausted before END element found")]
    [InlineData("[mov_text @ 0x5581] [error] anything")]
    [InlineData("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5581] [error] Referenced QT chapter track not found")]
    [InlineData("[swscaler @ 0x1] [swscaler @ 0x2] [warning] deprecated pixel format used")]
    [InlineData("")]
    public void Reason_OfWhatDoesNotTouchThePictures_IsNull(string line) => _errors.Reason([line]).ShouldBeNull();

    [Fact]
    public void Reason_OfAVideoDecoder_Counts() =>
        _errors.Reason(["[h264 @ 0x5581] [error] mmco: unref short failure"])
            .ShouldBe("h264: mmco: unref short failure");
}
