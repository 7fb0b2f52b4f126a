using System.Runtime;

namespace VideoConcepts;

/// <summary>
/// Holds garbage collection back while a step runs. TorchSharp hands the native library a pointer to each number that
/// enters tensor algebra (<c>x * 0.5</c>, every line of an optimizer) and does not keep its owner alive during the
/// call; a collection in just that moment frees the number, and the step fails or computes with another one. It was
/// seen once in some ten thousand steps. Between steps no such call is under way.
/// </summary>
internal readonly struct CollectionPause : IDisposable
{
    // A step allocates about 1 MB beside the tensors. Beyond this size a collection comes all the same.
    private const long Allowance = 32L << 20;

    // The runtime postpones more than the pauses ask for: without this, memory grows by what a step leaves behind.
    private const long CollectEvery = 16L << 20;
    private static readonly Lock Gate = new();
    private static int _steps; // under way in this process
    private static bool _began; // the pause under way, which is not the application's own
    private static long _collectedAt; // bytes allocated in this process up to the last collection

    /// <summary>Whether there are pauses: only where the application asked for it, see <see cref="ProcessSettings"/>.
    /// </summary>
    public static bool IsOn { get; set; }

    /// <summary>Begins a pause, or joins the one under way; ends when the last one is disposed.</summary>
    public static CollectionPause Begin()
    {
        lock (Gate)
        {
            if (_steps++ > 0 || !IsOn || GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) return default;
            long allocated = GC.GetTotalAllocatedBytes();
            if (allocated - _collectedAt > CollectEvery)
            {
                GC.Collect();
                _collectedAt = allocated;
            }
            _began = GC.TryStartNoGCRegion(Allowance);
        }
        return default;
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--_steps > 0 || !_began) return;
            _began = false;
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
    }
}
