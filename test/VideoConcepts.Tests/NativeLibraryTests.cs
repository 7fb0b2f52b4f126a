using TorchSharp;

namespace VideoConcepts.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void NativeLibrary_OnThisSystem_LoadsAndComputes()
    {
        using var sum = torch.ones(2, 3).sum();
        sum.ToSingle().ShouldBe(6f);
    }
}
