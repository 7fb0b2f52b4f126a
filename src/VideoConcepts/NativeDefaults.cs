using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace VideoConcepts;

/// <summary>
/// What libtorch reads from the environment when it is loaded, unless the user has chosen.
/// <para>OMP_WAIT_POLICY=PASSIVE: its worker threads spin while they wait for each other. On a machine that does
/// anything else at the same time, our own loader threads included, a spinning thread keeps the core from the one it
/// waits for, and a step takes many times as long. GOMP_SPINCOUNT=10000: a few dozen microseconds they do spin, since
/// the operations of a small network end sooner than a thread that sleeps is woken.</para>
/// <para>THP_MEM_ALLOC_ENABLE=1: large tensors lie in huge pages. Each tensor is new memory from the system, and to
/// hand it out in pages of 4 KB takes longer than the algebra (docs/performance.md).</para>
/// </summary>
internal static partial class NativeDefaults
{
    // The libraries read their environment when they are loaded, and .NET keeps a copy of its own: hence libc.
    public static void Set()
    {
        if (!OperatingSystem.IsLinux()) return;
        _ = SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        _ = SetEnvironment("GOMP_SPINCOUNT", "10000", overwrite: 0);
        _ = SetEnvironment("THP_MEM_ALLOC_ENABLE", "1", overwrite: 0);
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
