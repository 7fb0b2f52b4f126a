using System.Globalization;

namespace VideoConcepts.Tests.Support;

/// <summary>
/// The most memory that some work takes, native tensors too: what the kernel counts as resident, and as reserved where
/// that is beyond all that the process reserved before. For the collection <see cref="SerialTests"/> only.
/// </summary>
internal static class PeakMemory
{
    /// <returns>Bytes above what the process had before.</returns>
    public static long Of(Action work)
    {
        SkipElsewhereAttribute.SkipUnlessLinux();
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak begins anew
        (long resident, long reserved, long mostReserved) = (Bytes("VmRSS"), Bytes("VmSize"), Bytes("VmPeak"));
        work();
        long beyond = Bytes("VmPeak") > mostReserved ? Bytes("VmPeak") - reserved : 0;
        return Math.Max(Bytes("VmHWM") - resident, beyond);
    }

    private static long Bytes(string name)
    {
        string line = File.ReadLines("/proc/self/status")
            .First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture) << 10;
    }
}
