using System.Runtime.CompilerServices;
using TorchSharp;

namespace VideoConcepts.Tests.Support;

/// <summary>
/// Test classes already run side by side, one per core. Threads within an operation on top of that mostly wait for
/// each other: ten times the processor time where the cores are busy.
/// </summary>
internal static class TestThreads
{
    [ModuleInitializer]
    internal static void UseOnePerTest()
    {
        ProcessSettings.Apply();
        torch.set_num_threads(1);
    }
}
