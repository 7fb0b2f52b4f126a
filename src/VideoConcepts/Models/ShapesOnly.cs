using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// While it lives, modules that this thread builds have shapes and types but no numbers, and take no memory for them:
/// what a model would be can be compared with a file before there is one. Every module of this program makes its
/// tensors on <see cref="Device"/>.
/// </summary>
internal sealed class ShapesOnly : IDisposable
{
    private static readonly Device Nowhere = new(DeviceType.META);

    [ThreadStatic]
    private static ShapesOnly? s_now;

    private readonly ShapesOnly? _before = s_now;

    public ShapesOnly() => s_now = this;

    /// <summary>Where new weights lie; null for the CPU, as ever.</summary>
    public static Device? Device => s_now is null ? null : Nowhere;

    public void Dispose() => s_now = _before;
}
