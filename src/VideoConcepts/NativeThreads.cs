using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VideoConcepts;

/// <summary>
/// libtorch's worker threads spin while they wait for each other. On a machine that does anything else at the same
/// time, our own loader threads included, a spinning thread keeps the core from the one it waits for, and a step
/// takes many times as long. Unless the user has chosen, they sleep instead.
/// </summary>
internal static partial class NativeThreads
{
    // The OpenMP library reads its environment when it is loaded, and .NET keeps a copy of its own: hence libc.
#pragma warning disable CA2255 // a library may not do this lightly; here it must come before libtorch is loaded
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void SleepWhileWaiting()
    {
        if (OperatingSystem.IsLinux()) _ = SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
