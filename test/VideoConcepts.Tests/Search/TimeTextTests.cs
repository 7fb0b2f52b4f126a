using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData(0, "0:00.0")]
    [InlineData(59.96, "1:00.0")]
    [InlineData(83.25, "1:23.3")]
    [InlineData(3599.99, "1:00:00.0")]
    [InlineData(36_005.5, "10:00:05.5")]
    public void Of_Seconds_IsWrittenAsPlayersDo(double seconds, string text) => TimeText.Of(seconds).ShouldBe(text);

    [Theory]
    [InlineData("12.5", 12.5)]
    [InlineData("0:12.5", 12.5)]
    [InlineData("90", 90)]
    [InlineData("1:30", 90)]
    [InlineData("1:02:03.5", 3723.5)]
    public void TryParse_TimesOfPeople_AreRead(string text, double seconds)
    {
        TimeText.TryParse(text, out double read).ShouldBeTrue();
        read.ShouldBe(seconds, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1:60")]
    [InlineData("1.5:00")]
    [InlineData("1:2:3:4")]
    [InlineData("nan")]
    [InlineData("1e3")]
    public void TryParse_WhatIsNoTime_IsRefused(string text) => TimeText.TryParse(text, out _).ShouldBeFalse();
}
