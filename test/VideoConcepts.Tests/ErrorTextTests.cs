using System.Runtime.InteropServices;
using TorchSharp;

namespace VideoConcepts.Tests;

public sealed class ErrorTextTests
{
    [Theory]
    [InlineData(
        "expected a tensor\nException raised from check at x.cpp:1 (most recent call first):\n"
        + "frame #0: a + 0x1\nframe #1: b",
        "expected a tensor")]
    [InlineData("[enforce fail] can't allocate 5 bytes. Error code 12\nframe #0: c10::Throw()\n",
        "[enforce fail] can't allocate 5 bytes. Error code 12")]
    [InlineData("two\nlines\r\n", "two lines")]
    [InlineData("Exception raised from nothing", "Exception raised from nothing")]
    public void Of_AnError_IsOneLineWithoutTheNativeStack(string message, string expected) =>
        ErrorText.Of(new ExternalException(message)).ShouldBe(expected);

    [Fact]
    public void Of_AnErrorOfLibtorch_IsItsFirstLine()
    {
        using torch.Tensor a = torch.ones(2, 3), b = torch.ones(4, 5);
        Exception error = Should.Throw<ExternalException>(() => a.add(b));
        string text = ErrorText.Of(error);
        text.ShouldContain("The size of tensor a (3) must match the size of tensor b (5)");
        text.ShouldNotContain("frame #");
        text.ShouldNotContain("raised from");
        text.ShouldNotContain("\n");
    }
}
