using System.Runtime.Versioning;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

public sealed class CudnnBenchmarkTests
{
    [Fact]
    [SupportedOSPlatform("linux")]
    public void Enabled_IsLibtorchsOwnSwitch()
    {
        CudnnBenchmark.Enabled.ShouldBe(false);
        try
        {
            CudnnBenchmark.Enabled = true;
            CudnnBenchmark.Enabled.ShouldBe(true);
        }
        finally
        {
            CudnnBenchmark.Enabled = false;
        }
        CudnnBenchmark.Enabled.ShouldBe(false);
    }
}
